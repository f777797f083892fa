package dev.userservice.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.userservice.LogLines;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.MockWebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The revisions that begin with {@code initialize}: every line gets the answer it deserves, at its time. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SessionTest {

    private static final String INVALID_REQUEST = Edge.error("1", -32600, "Invalid request");
    private static final String INVALID_PARAMS = Edge.error("1", -32602, "Invalid params");
    private static final String NO_METHOD = Edge.error("1", -32601, "Method not found");
    private static final String CALL = Edge.request("1", "tools/call", Edge.GET_USER);

    private final Edge edge = new Edge();
    private final LogLines log = new LogLines(Session.class);

    @AfterEach
    void close() {
        log.close();
        edge.close();
    }

    @Test
    void answersAPingBeforeInitialize() {
        assertEquals(List.of(Edge.pong("1")), edge.says(Edge.ping("1")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tools/list", "nope", "logging/setLevel"})
    void refusesEverythingElseBeforeInitialize(String method) {
        assertEquals(List.of(INVALID_REQUEST), edge.says(Edge.request("1", method, "{}")));
        assertEquals(List.of(), log.lines());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{\"name\":\"get_user\"} | -32600 | Invalid request", "[] | -32602 | Invalid params"})
    void executesNoCallBeforeInitialize(String params, int code, String message) {
        assertEquals(List.of(Edge.error("1", code, message)), edge.says(Edge.request("1", "tools/call", params)));
        assertEquals(List.of("WARN a tools/call before initialize was not executed"), log.lines());
        assertEquals(List.of(), edge.recorded());
    }

    @Test
    void initializes() {
        assertEquals(List.of(Edge.INITIALIZED), edge.says(Edge.INITIALIZE));
    }

    @ParameterizedTest
    @CsvSource({"2024-11-05, 2024-11-05", "2025-06-18, 2025-06-18", "2026-07-28, 2025-11-25", "x, 2025-11-25"})
    void agreesOnAVersion(String asked, String agreed) {
        assertEquals(
                List.of(Edge.INITIALIZED.replace("2025-11-25", agreed)),
                edge.says(Edge.INITIALIZE.replace("2025-11-25", asked)));
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                                    | no version",
                "{\"protocolVersion\":20251125}                        | a version that is no string",
                "{\"protocolVersion\":\"2025-11-25\",\"clientInfo\":[]} | a client that is no object",
                "{\"protocolVersion\":\"2025-11-25\",\"clientInfo\":null} | a client that is null",
                "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":\"x\"} | capabilities that are no object",
                "[]                                                    | no object"
            })
    void refusesToInitializeWithout(String params, String reason) {
        assertEquals(List.of(INVALID_PARAMS), edge.says(Edge.request("1", "initialize", params)), reason);
        assertEquals(
                List.of(INVALID_REQUEST), edge.says(Edge.request("1", "tools/list", "{}")), "still not initialized");
    }

    @Test
    void initializesAClientThatDoesNotSayItsName() {
        String params = "{\"protocolVersion\":\"2025-11-25\",\"clientInfo\":{},\"capabilities\":{}}";
        assertEquals(List.of(Edge.INITIALIZED), edge.says(Edge.request("\"init\"", "initialize", params)));
        edge.says(Edge.request("1", "tools/call", "{\"name\":\"x\"}"));
        assertEquals(List.of(" x unknown_tool"), edge.recorded());
    }

    @Test
    void initializesOnce() {
        assertEquals(
                List.of(INVALID_REQUEST),
                edge.initialized().says(Edge.request("1", "initialize", "{\"protocolVersion\":\"x\"}")));
        assertEquals(List.of(INVALID_REQUEST), edge.says(Edge.request("1", "initialize", "{}")));
    }

    @Test
    void initializesUnderAnyIdAgain() {
        assertEquals(List.of(INVALID_PARAMS), edge.says(Edge.request("1", "initialize", "{}")));
        assertEquals(List.of(Edge.INITIALIZED), edge.says(Edge.INITIALIZE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"cursor\":null}"})
    void listsTheTools(String params) {
        String answer =
                edge.initialized().says(Edge.request("1", "tools/list", params)).get(0);
        assertEquals(
                Edge.parsed("{\"tools\":" + edge.card().tools() + "}"),
                Edge.parsed(answer).get("result"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\"", "\"x\"", "1", "false", "{}"})
    void knowsNoCursor(String cursor) {
        assertEquals(
                List.of(INVALID_PARAMS),
                edge.initialized().says(Edge.request("1", "tools/list", "{\"cursor\":" + cursor + "}")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nope", "logging/setLevel", "resources/list", "notifications/initialized"})
    void hasNoOtherMethod(String method) {
        assertEquals(List.of(NO_METHOD), edge.initialized().says(Edge.request("1", method, "{}")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ping", "tools/list", "nope", "initialize"})
    void refusesParametersThatAreNoObject(String method) {
        assertEquals(List.of(INVALID_PARAMS), edge.initialized().says(Edge.request("1", method, "[]")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]                                      | Invalid params | old  invalid_params",
                "{}                                      | Invalid params | old  invalid_params",
                "{\"name\":7}                            | Invalid params | old  invalid_params",
                "{\"name\":\"get_user\",\"arguments\":[]} | Invalid params | old get_user invalid_params",
                "{\"name\":\"drop_users\"}               | Unknown tool   | old drop_users unknown_tool"
            })
    void recordsWhatIsNoCallOfATool(String params, String message, String recorded) {
        assertEquals(
                List.of(Edge.error("1", -32602, message)),
                edge.initialized().says(Edge.request("1", "tools/call", params)));
        assertEquals(List.of(recorded.replace("old/1", "old").replace("old", "old/1")), edge.recorded());
    }

    @Test
    void answersARefusedCallByAResult() {
        JsonNode result = Edge.parsed(edge.initialized()
                        .says(Edge.request("1", "tools/call", "{\"name\":\"get_user\"}"))
                        .get(0))
                .get("result");
        assertEquals(
                "Error: Missing argument: user_id.",
                result.at("/content/0/text").textValue());
        assertFalse(result.has("resultType"));
        assertEquals(List.of("old/1 get_user invalid_input"), edge.recorded());
    }

    @Test
    void answersACallOnceItIsRecorded() throws Exception {
        try (MockWebServer api = new MockWebServer()) {
            api.enqueue(new MockResponse().setBody("{\"id\":7,\"name\":\"Ada\"}"));
            try (Edge served = new Edge("http://127.0.0.1:" + api.getPort())) {
                assertEquals(List.of(), served.initialized().says(CALL));
                served.time().advance(Edge.TURN);
                assertEquals(
                        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"content\":[{\"type\":\"text\",\"text\":"
                                + "\"{\\\"id\\\":\\\"7\\\",\\\"name\\\":\\\"Ada\\\"}\"}],"
                                + "\"structuredContent\":{\"id\":\"7\",\"name\":\"Ada\"},\"isError\":false}}",
                        served.wire().next());
                assertEquals(List.of("old/1 get_user ok"), served.recorded());
            }
        }
    }

    @Test
    void answersAPingWhileCallsWait() {
        edge.initialized().holdRecords();
        edge.says(CALL);
        edge.says(Edge.request("2", "tools/call", "{\"name\":\"get_user\"}"));
        assertEquals(List.of(Edge.pong("3")), edge.says(Edge.ping("3")));
    }

    @Test
    void executesNoCallUnderAnIdStillInFlight() {
        edge.initialized().says(CALL);
        assertEquals(List.of(INVALID_REQUEST), edge.says(Edge.request("1", "tools/call", "{\"name\":\"get_user\"}")));
        assertEquals(List.of("WARN a tools/call under an id still in flight was not executed"), log.lines());
        assertEquals(List.of(INVALID_REQUEST), edge.says(Edge.ping("1")));
        assertEquals(1, log.lines().size(), "a ping is no call");
        assertEquals(List.of(), edge.recorded());
        edge.says(Edge.cancellation("1"));
        assertEquals(List.of("old/1 get_user cancelled"), edge.recorded());
        assertEquals(List.of(Edge.pong("1")), edge.says(Edge.ping("1")), "free again");
    }

    @Test
    void answersNothingAfterACancellation() {
        edge.initialized().says(CALL);
        assertEquals(List.of(), edge.says(Edge.cancellation("\"1\"")), "another id");
        assertEquals(List.of(), edge.says("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\"}"), "no id");
        assertEquals(List.of(), edge.recorded());
        assertEquals(List.of(), edge.says(Edge.cancellation("1")));
        assertEquals(List.of("old/1 get_user cancelled"), edge.recorded());
        edge.time().advance(Edge.TURN);
        assertEquals(List.of(), edge.wire().sent());
        edge.ledger().awaitQuiet();
    }

    @Test
    void recordsACallOnceThatIsCancelledWhileAllAre() throws Exception {
        edge.initialized().holdRecords();
        edge.says(CALL);
        edge.session().stop();
        Thread end = new Thread(() -> edge.tools().close(Duration.ZERO));
        end.start();
        edge.says(Edge.cancellation("1"));
        while (end.isAlive()) {
            edge.record();
            Thread.onSpinWait();
        }
        assertEquals(List.of("old/1 get_user cancelled"), edge.recorded());
        assertEquals(List.of(), edge.wire().sent());
        edge.ledger().awaitQuiet();
    }

    @Test
    void executesNoCallWithoutAnId() {
        edge.initialized().says("{\"jsonrpc\":\"2.0\",\"method\":\"tools/call\",\"params\":" + Edge.GET_USER + "}");
        assertEquals(List.of("WARN a tools/call without an id was not executed"), log.lines());
        assertEquals(List.of(), edge.recorded());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{\"jsonrpc\":\"2.0\",\"id\":9,\"result\":{}}",
                "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}",
                "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/roots/list_changed\"}",
                "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":5}}"
            })
    void ignoresWhatAsksForNothing(String line) {
        assertEquals(List.of(), edge.initialized().says(line));
        assertEquals(List.of(), log.lines());
    }

    @Test
    void tellsWhatIsWrongWithALine() {
        assertEquals(
                List.of("{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32700,\"message\":\"Parse error\"}}"),
                edge.says("nope"));
        assertEquals(List.of(INVALID_REQUEST), edge.says("{\"id\":1}"));
    }

    @Test
    void answersARequestThatCannotBeHandledByAnInternalError() {
        ScheduledThreadPoolExecutor stopped = new ScheduledThreadPoolExecutor(1);
        stopped.shutdown();
        Session session = edge.session(edge.tools("http://127.0.0.1:1", stopped));
        edge.says(session, Edge.INITIALIZE);
        edge.wire().sent();
        edge.says(session, CALL);
        assertEquals(
                List.of(Edge.error("1", -32603, "Internal error")), edge.wire().sent());
        assertEquals(List.of("ERROR a request could not be handled (RejectedExecutionException)"), log.lines());
    }

    @Test
    void acceptsNothingMoreOnceItIsStopped() {
        edge.initialized().session().stop();
        assertEquals(List.of(), edge.says(Edge.ping("1")));
        assertEquals(List.of(), edge.says(CALL));
        assertEquals(List.of(), edge.says("nope"));
        edge.ledger().awaitQuiet();
        edge.tools().close(Duration.ZERO);
        assertEquals(List.of(), edge.recorded());
    }

    @Test
    void stopsOnlyBetweenTwoLines() throws Exception {
        CountDownLatch dealing = new CountDownLatch(1);
        Thread stop = new Thread(edge.session()::stop);
        edge.wire().beforeEach(() -> {
            dealing.countDown();
            while (stop.getState() != Thread.State.BLOCKED) {
                assertNotEquals(Thread.State.TERMINATED, stop.getState(), "stopped in the middle of a line");
                Thread.onSpinWait();
            }
        });
        Thread reader = new Thread(() -> edge.says(edge.session(), Edge.ping("1")));
        reader.start();
        dealing.await();
        stop.start();
        reader.join();
        stop.join();
        assertEquals(List.of(Edge.pong("1")), edge.wire().sent());
    }

    @Test
    void tellsWhenTheTransportReadsNoMore() {
        edge.session().close();
        assertEquals(1, edge.closings());
        assertTrue(edge.wire().isClosed());
    }

    @Test
    void waitsForRoomBeforeItDealsWithALine() throws Exception {
        edge.ledger().open("\"all\"", Ledger.MAX_BYTES);
        Thread reader = new Thread(() -> edge.says(edge.session(), Edge.ping("1")));
        reader.start();
        while (reader.getState() != Thread.State.WAITING) {
            assertTrue(reader.isAlive());
            Thread.onSpinWait();
        }
        edge.session().stop(); // needs the lock that nobody may hold while waiting
        edge.ledger().release();
        reader.join();
        assertEquals(List.of(), edge.wire().sent());
    }

    @Test
    void refusesACallForWhichThereIsNoRoom() {
        Ledger.Entry all = edge.ledger().open("\"all\"", 0).orElseThrow();
        assertTrue(edge.ledger().reserve(all, Ledger.MAX_BYTES - Ledger.SPARE_BYTES - 100_000));
        edge.initialized();
        JsonNode error = Edge.parsed(edge.says(Edge.request("1", "tools/call", Edge.LIST_USERS))
                        .get(0))
                .at("/result/_meta")
                .path("dev.userservice/error");
        assertEquals("{\"code\":\"rate_limited\",\"retryable\":true,\"retry_after_seconds\":2}", error.toString());
        assertEquals(List.of("old/1 list_users_by_department rate_limited"), edge.recorded());
        assertEquals(List.of(), edge.says(CALL), "there is for a shorter answer");
    }
}
