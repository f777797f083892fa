package dev.userservice.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.Layouts;
import dev.userservice.ManualTime;
import dev.userservice.UserApiFactory;
import dev.userservice.audit.AuditChain;
import dev.userservice.audit.AuditLog;
import dev.userservice.call.ApiRequest;
import dev.userservice.limit.DisclosureBudget;
import dev.userservice.limit.RateLimiter;
import dev.userservice.model.Call;
import dev.userservice.model.Json;
import dev.userservice.model.Outcome;
import dev.userservice.sanitize.TextCleaner;
import dev.userservice.tools.CallRequest.Admission;
import dev.userservice.validate.Arguments;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.MockWebServer;
import okhttp3.mockwebserver.RecordedRequest;
import okhttp3.mockwebserver.SocketPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole path of a call over real HTTP; only the audit log's sink and the time are not the program's own. */
@Timeout(60)
final class UserToolsTest {

    private static final String GET_USER = "{\"name\":\"get_user\",\"arguments\":{\"user_id\":\"123\"}}";
    private static final String LIST =
            "{\"name\":\"list_users_by_department\",\"arguments\":{\"department\":\"sales\",\"limit\":2}}";
    private static final String ADA = """
      {"id":123,"name":"Ada\\u202e Okafor","email":"ada@corp.example","status":"active","department":"sales",
      "ssn":"078-05-1120","salary":1,"password_hash":"$2b$12$x"}""";
    private static final String SALES = """
      {"users":[{"id":1,"name":"Ada","ssn":"078"},{"id":"2","name":"Bo","email":"b@x"},{"id":3,"name":"Cy"}]}""";
    private static final long PATIENCE_SECONDS = 20;

    private final UserApiFactory loopback = new UserApiFactory();
    private final ManualTime time = loopback.time();
    private final MockWebServer server = new MockWebServer();
    private final Sink sink = new Sink();

    /** An audit log that can be made to fail. */
    private static final class Sink implements AuditLog.Sink {

        private final List<String> lines = new CopyOnWriteArrayList<>();
        private volatile boolean broken;

        @Override
        public boolean write(byte[] line) throws IOException {
            if (broken) {
                throw new IOException("no space left on device");
            }
            return lines.add(new String(line, StandardCharsets.UTF_8));
        }
    }

    @BeforeEach
    void start() throws IOException {
        server.start(InetAddress.getLoopbackAddress(), 0);
    }

    @AfterEach
    void stop() throws IOException {
        server.shutdown();
        loopback.close();
    }

    @Test
    void returnsAndRecordsAUser() throws Exception {
        server.enqueue(new MockResponse().setBody(ADA));
        assertEquals("""
        {"id":"123","name":"Ada Okafor","email":"ada@corp.example","status":"active","department":"sales"}""", end(GET_USER));
        assertRecorded("""
        "operation":"get_user","arguments":{"user_id":"123"},"result":"ok","http_status":200,"attempts":1,\
        "duration_ms":0,"records":1,"cleaned":1""");
    }

    @Test
    void returnsAndRecordsAPageOfADepartment() throws Exception {
        server.enqueue(new MockResponse().setBody(SALES));
        assertEquals("""
        {"department":"sales","users":[{"id":"1","name":"Ada"},{"id":"2","name":"Bo"}],"total":3,"limit":2,\
        "offset":0,"next_offset":2}""", end(LIST));
        assertRecorded("""
        "operation":"list_users_by_department","arguments":{"department":"sales","limit":2},"result":"ok",\
        "http_status":200,"attempts":1,"duration_ms":0,"records":2,"cleaned":0""");
        assertEquals("/departments/sales/users", server.takeRequest().getPath());
    }

    @Test
    void passesThePageOnToAnApiThatPagesByItself() throws Exception {
        String part = SALES.replace("{\"users\"", "{\"total\":7,\"users\"").replace(",{\"id\":3,\"name\":\"Cy\"}", "");
        server.enqueue(new MockResponse().setBody(part));
        server.enqueue(new MockResponse().setBody("{\"users\":[{\"id\":77,\"name\":\"Zoe\"}]}"));
        server.enqueue(new MockResponse().setBody("{\"users\":[{\"id\":80,\"name\":\"Cy\"}]}"));
        UserTools tools = tools(catalogue(true), new RateLimiter(120, 30, time));
        assertEquals("""
        {"department":"sales","users":[{"id":"1","name":"Ada"},{"id":"2","name":"Bo"}],"total":7,"limit":2,\
        "offset":4,"next_offset":6}""", end(tools, LIST.replace("\"limit\":2", "\"limit\":\"2\",\"offset\":4.0")));
        assertEquals(
                "/departments/sales/users?limit=2&offset=4",
                server.takeRequest().getPath());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"id\":123,\"name\":\"Ada\"}                  | {\"id\":\"123\",\"name\":\"Ada\"} | fields without a value",
                "{\"id\":\"123\",\"name\":\"Ada\",\"email\":null} | {\"id\":\"123\",\"name\":\"Ada\"} | a field that is null",
                "{\"id\":124,\"name\":\"Bo\"}                   | upstream_contract | another user",
                "{\"id\":\"0123\",\"name\":\"Bo\"}              | {\"id\":\"0123\",\"name\":\"Bo\"} | the same number with a zero before",
                "{\"id\":123.0,\"name\":\"Bo\"}                 | upstream_contract | an id that is a fraction",
                "{\"name\":\"Ada\"}                             | upstream_contract | no id",
                "{\"id\":123}                                   | upstream_contract | no name",
                "{\"id\":123,\"name\":null}                     | upstream_contract | a name that is null",
                "{\"id\":123,\"name\":7}                        | upstream_contract | a name that is a number",
                "{\"id\":123,\"name\":\"Ada\",\"email\":{}}     | upstream_contract | an e-mail address that is an object",
                "{\"id\":123,\"name\":\"Ada\",\"status\":true}  | upstream_contract | a status that is a boolean",
                "{\"user\":{\"id\":123,\"name\":\"Ada\"}}       | upstream_contract | a level too deep",
                "[]                                             | upstream_contract | a list",
            })
    void takesARecordOnlyAsTheSchemaHasIt(String record, String expected, String reason) throws Exception {
        server.enqueue(new MockResponse().setBody(record));
        assertEquals(expected, codeOrContent(outcome(tools(), GET_USER)), reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"users\":[{\"id\":1,\"name\":\"A\"},{\"id\":2}]}                | upstream_contract | no name",
                "{\"users\":[{\"id\":1,\"name\":\"A\"},null]}                      | upstream_contract | no record",
                "{\"users\":[{\"id\":1,\"name\":\"A\"},{\"id\":2,\"name\":[]}]}    | upstream_contract | another type",
                "{\"users\":{}}                                                    | upstream_contract | no list",
                "[]                                                                | upstream_contract | a list at the top",
            })
    void failsWhereOneItemOfTheWindowIsBad(String answer, String expected, String reason) throws Exception {
        server.enqueue(new MockResponse().setBody(answer));
        assertEquals(expected, codeOrContent(outcome(tools(), LIST)), reason);
    }

    @Test
    void looksAtNoItemOutsideTheWindow() throws Exception {
        server.enqueue(
                new MockResponse().setBody("{\"users\":[{\"id\":1,\"name\":\"A\"},{\"id\":2,\"name\":\"B\"},7]}"));
        assertEquals("""
        {"department":"sales","users":[{"id":"1","name":"A"},{"id":"2","name":"B"}],"total":3,"limit":2,"offset":0,\
        "next_offset":2}""", end(LIST));
    }

    @Test
    void readsFieldsWhereTheMapSaysTheyStand() throws Exception {
        server.enqueue(new MockResponse()
                .setBody("{\"id\":9,\"name\":\"x\",\"uid\":\"123\",\"profile\":{\"displayName\":\"Ada\"}}"));
        Map<String, String> map = Map.of("id", "/uid", "name", "/profile/displayName");
        ApiLayout layout = Layouts.of("/departments/{department}/users", "/users", Layouts.WHOLE, map);
        UserTools tools = tools(catalogue(layout), new RateLimiter(120, 30, time));
        assertEquals("{\"id\":\"123\",\"name\":\"Ada\"}", end(tools, GET_USER));
    }

    @Test
    void neverReturnsTheTokenTheApiSays() throws Exception {
        server.enqueue(new MockResponse()
                .setBody("{\"id\":123,\"name\":\"" + UserApiFactory.TOKEN.reveal() + "\",\"status\":\"ok\"}"));
        assertEquals("{\"id\":\"123\",\"name\":\"[redacted]\",\"status\":\"ok\"}", end(GET_USER));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "404 | not_found            | User not found | ",
                "500 | upstream_unavailable | Error: Unable to retrieve user. The user service is unavailable; "
                        + "try again later. Reference: <id> | <id>",
                "429 | upstream_unavailable | Error: Unable to retrieve user. The user service is unavailable; "
                        + "try again later. Reference: <id> | <id>",
                "401 | upstream_denied      | Error: Unable to retrieve user; trying again does not help. Reference: <id> | <id>",
                "403 | upstream_denied      | Error: Unable to retrieve user; trying again does not help. Reference: <id> | <id>",
                "302 | upstream_contract    | Error: Unable to retrieve user; trying again does not help. Reference: <id> | <id>",
            })
    void tellsOfAStatusByAFixedText(int status, String code, String text, String reference) throws Exception {
        for (int i = 0; i < 3; i++) {
            server.enqueue(new MockResponse()
                    .setResponseCode(status)
                    .setHeader("Location", "/elsewhere")
                    .setBody("{\"error\":\"java.sql.SQLException at 10.0.0.1, password hunter2\"}"));
        }
        String quoted =
                Optional.ofNullable(reference).map(id -> " (" + id + ")").orElse("");
        assertEquals(code + ": " + text + quoted, end(GET_USER));
        assertRecorded("""
        "operation":"get_user","arguments":{"user_id":"123"},"result":"%s","http_status":%d,"attempts":%d,\
        "duration_ms":0""".formatted(code, status, status == 429 ? 3 : 1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "404 | not_found: Department not found",
                "500 | upstream_unavailable: Error: Unable to list users. The user service is unavailable; try again later. "
                        + "Reference: <id> (<id>)",
                "403 | upstream_denied: Error: Unable to list users; trying again does not help. Reference: <id> (<id>)",
                "302 | upstream_contract: Error: Unable to list users; trying again does not help. Reference: <id> (<id>)",
            })
    void saysListUsersOfADepartment(int status, String end) throws Exception {
        server.enqueue(new MockResponse().setResponseCode(status));
        assertEquals(end, end(LIST));
    }

    @Test
    void tellsOfAnAnswerThatDoesNotCome() throws Exception {
        server.enqueue(new MockResponse().setSocketPolicy(SocketPolicy.NO_RESPONSE));
        Call call = start(tools(), GET_USER);
        time.advanceWhenAskedFor(Duration.ofSeconds(5));
        assertEquals(
                "upstream_timeout: Error: Unable to retrieve user. The user service did not answer in time; try again later. "
                        + "Reference: <id> (<id>)",
                describe(call, await(call)));
        assertRecorded("""
        "operation":"get_user","arguments":{"user_id":"123"},"result":"upstream_timeout","attempts":1,\
        "duration_ms":5000""");
    }

    @Test
    void endsACallByItsDeadlineWhateverItWaitsFor() throws Exception {
        server.enqueue(new MockResponse().setSocketPolicy(SocketPolicy.NO_RESPONSE));
        UserTools tools = tools(catalogue(false), new RateLimiter(120, 30, time), Duration.ofSeconds(4));
        Call call = start(tools, GET_USER);
        server.takeRequest(PATIENCE_SECONDS, TimeUnit.SECONDS);
        time.advance(Duration.ofSeconds(4));
        assertEquals("upstream_timeout", codeOrContent(await(call)));
        assertEquals(
                "the call's time limit was reached",
                call.failure().orElseThrow().getMessage());
    }

    @Test
    void tellsOfAPlaceThatDoesNotComeBeforeTheDeadline() throws Exception {
        for (int i = 0; i < 8; i++) {
            server.enqueue(new MockResponse().setSocketPolicy(SocketPolicy.NO_RESPONSE));
        }
        Stages stages = stages(new RateLimiter(120, 30, time));
        UserTools patient = new UserTools(catalogue(false), stages, Duration.ofSeconds(20), time);
        List<Call> first =
                IntStream.range(0, 8).mapToObj(i -> start(patient, GET_USER)).toList();
        for (int i = 0; i < 8; i++) {
            server.takeRequest(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        Call ninth = start(new UserTools(catalogue(false), stages, Duration.ofSeconds(4), time), GET_USER);
        time.advance(Duration.ofSeconds(4));
        assertEquals(
                "upstream_timeout: Error: Unable to retrieve user. The user service did not answer in time; try again later. "
                        + "Reference: <id> (<id>)",
                describe(ninth, await(ninth)));
        time.advance(Duration.ofSeconds(1));
        for (Call call : first) {
            await(call);
        }
        assertEquals(9, sink.lines.size());
        assertEquals(8, server.getRequestCount());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"id\":\"1\"}    | Error: Unexpected argument. get_user takes: user_id.",
                "{}                | Error: Missing argument: user_id.",
                "{\"user_id\":\"../1\"} | Error: Invalid user ID format. user_id must be a string of 1 to 18 digits, "
                        + "for example \"123\".",
            })
    void refusesArgumentsBeforeAnyRequest(String arguments, String text) throws Exception {
        assertEquals("invalid_input: " + text, end("{\"name\":\"get_user\",\"arguments\":" + arguments + "}"));
        assertEquals(0, server.getRequestCount());
        assertEquals(1, sink.lines.size());
    }

    @Test
    void recordsDeclaredArgumentsOfARejectedCallCutShort() throws Exception {
        String long400 = "x".repeat(400);
        end("{\"name\":\"get_user\",\"arguments\":{\"user_id\":\"" + long400 + "\",\"" + long400 + "\":1}}");
        assertRecorded("""
        "operation":"get_user","arguments":{"user_id":"\\"%s"},"result":"invalid_input","attempts":0,\
        "duration_ms":0""".formatted("x".repeat(127)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"name\":\"drop_users\"}                               | unknown_tool: Unknown tool     | drop_users",
                "{\"name\":\"drop_users\",\"arguments\":7}               | unknown_tool: Unknown tool     | drop_users",
                "{\"name\":\"GET_USER\",\"arguments\":{\"user_id\":\"1\"}} | unknown_tool: Unknown tool     | GET_USER",
                "{}                                                      | invalid_params: Invalid params | ",
                "{\"name\":7}                                            | invalid_params: Invalid params | ",
                "{\"name\":null,\"arguments\":{}}                        | invalid_params: Invalid params | ",
                "{\"name\":\"get_user\",\"arguments\":[]}                | invalid_params: Invalid params | get_user",
                "{\"name\":\"get_user\",\"arguments\":\"x\"}             | invalid_params: Invalid params | get_user",
            })
    void recordsWhatIsNoCallOfATool(String params, String end, String operation) throws Exception {
        assertEquals(end, end(params));
        String code = end.substring(0, end.indexOf(':'));
        assertRecorded(Optional.ofNullable(operation)
                        .map(name -> "\"operation\":\"" + name + "\",")
                        .orElse("") + "\"result\":\"" + code + "\",\"attempts\":0,\"duration_ms\":0");
    }

    @Test
    void cutsTheNameOfAnUnknownTool() throws Exception {
        end("{\"name\":\"" + "😀".repeat(100) + "\"}");
        assertRecorded("\"operation\":\"" + "\\uD83D\\uDE00".repeat(64)
                + "\",\"result\":\"unknown_tool\",\"attempts\":0,\"duration_ms\":0");
    }

    @Test
    void recordsWhatTheClientSaysOfItself() throws Exception {
        server.enqueue(new MockResponse().setResponseCode(404));
        CallRequest request = new CallRequest(
                (ObjectNode) Json.parse(GET_USER).orElseThrow(),
                Optional.of("claude-code/2.1.330"),
                Admission.ADMITTED);
        await(tools().accept(request));
        assertRecorded("""
        "client":"claude-code/2.1.330","operation":"get_user","arguments":{"user_id":"123"},"result":"not_found",\
        "http_status":404,"attempts":1,"duration_ms":0""");
    }

    @Test
    void refusesCallsOverTheRate() throws Exception {
        for (int i = 0; i < 3; i++) {
            server.enqueue(new MockResponse().setResponseCode(404));
        }
        UserTools tools = tools(catalogue(false), new RateLimiter(60, 1, time));
        assertEquals("not_found: User not found", end(tools, GET_USER));
        Call second = start(tools, GET_USER);
        time.awaitAlarms(Duration.ofSeconds(1), 1);
        Call third = start(tools, GET_USER);
        time.awaitAlarms(Duration.ofSeconds(2), 1);
        assertEquals(
                "rate_limited: Error: Rate limit reached. Try again in 3 seconds. after 3 s", end(tools, GET_USER));
        assertEquals(
                List.of("rate_limited"),
                sink.lines.stream().skip(1).map(UserToolsTest::result).toList());
        time.advance(Duration.ofSeconds(1));
        assertEquals("not_found: User not found", describe(second, await(second)));
        time.advance(Duration.ofSeconds(1));
        assertEquals("not_found: User not found", describe(third, await(third)));
        assertEquals(3, server.getRequestCount());
    }

    @Test
    void saysOneSecondInTheSingular() throws Exception {
        server.enqueue(new MockResponse().setResponseCode(404));
        UserTools tools = tools(catalogue(false), new RateLimiter(60, 1, time), Duration.ofMillis(900));
        end(tools, GET_USER);
        assertEquals("rate_limited: Error: Rate limit reached. Try again in 1 second. after 1 s", end(tools, GET_USER));
    }

    @Test
    void recordsACancelledCallAndSaysNothing() throws Exception {
        server.enqueue(new MockResponse().setSocketPolicy(SocketPolicy.NO_RESPONSE));
        Call call = start(tools(), GET_USER);
        server.takeRequest(PATIENCE_SECONDS, TimeUnit.SECONDS);
        call.cancel();
        assertEquals("cancelled: ", describe(call, await(call)));
        assertRecorded("""
        "operation":"get_user","arguments":{"user_id":"123"},"result":"cancelled","attempts":1,"duration_ms":0""");
    }

    @Test
    void letsAnOutcomeStandThatIsRecorded() throws Exception {
        server.enqueue(new MockResponse().setResponseCode(404));
        Call call = start(tools(), GET_USER);
        Outcome outcome = await(call);
        call.cancel();
        assertEquals("not_found: User not found", describe(call, outcome));
        assertFalse(call.isCancelled());
        assertEquals(
                List.of("not_found"),
                sink.lines.stream().map(UserToolsTest::result).toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"name\":\"get_user\",\"arguments\":{\"user_id\":\"123\"}} | 200 | a success",
                "{\"name\":\"get_user\",\"arguments\":{\"user_id\":\"123\"}} | 404 | a failure",
                "{\"name\":\"get_user\",\"arguments\":{\"user_id\":\"x\"}}   | 200 | a rejected call",
                "{\"name\":\"drop_users\"}                                   | 200 | an unknown tool",
                "{}                                                          | 200 | no call at all",
            })
    void returnsNothingThatCouldNotBeRecorded(String params, int status, String reason) throws Exception {
        server.enqueue(new MockResponse().setResponseCode(status).setBody(ADA));
        sink.broken = true;
        assertEquals(
                "audit_unavailable: Error: The call could not be recorded, so nothing was returned; try again later. Reference: <id> (<id>)",
                end(params),
                reason);
    }

    @Test
    void recoversWithTheAuditLog() throws Exception {
        server.enqueue(new MockResponse().setResponseCode(404));
        server.enqueue(new MockResponse().setResponseCode(404));
        UserTools tools = tools();
        sink.broken = true;
        end(tools, GET_USER);
        sink.broken = false;
        assertEquals("not_found: User not found", end(tools, GET_USER));
        assertEquals(
                List.of("1"),
                sink.lines.stream().map(line -> member(line, "sequence")).toList());
    }

    @ParameterizedTest
    @MethodSource
    void survivesAToolThatBreaks(Function<Arguments, ApiRequest> request) throws Exception {
        Tool sound = catalogue(false).get(0);
        Tool broken = new Tool(
                sound.name(),
                sound.title(),
                sound.description(),
                sound.purpose(),
                sound.notFound(),
                sound.input(),
                sound.output(),
                request,
                sound.shape(),
                sound.most(),
                sound.disclosed(),
                sound.trial());
        assertEquals(
                "internal: Error: Unable to retrieve user; trying again does not help. Reference: <id> (<id>)",
                end(tools(List.of(broken), new RateLimiter(120, 30, time)), GET_USER));
        assertRecorded("""
        "operation":"get_user","arguments":{"user_id":"123"},"result":"internal","attempts":0,"duration_ms":0""");
    }

    static Stream<Function<Arguments, ApiRequest>> survivesAToolThatBreaks() {
        return Stream.of(
                arguments -> {
                    throw new IllegalStateException("secret " + arguments);
                },
                UserToolsTest::overflow);
    }

    /** Calls itself until the stack is full. */
    private static ApiRequest overflow(Arguments arguments) {
        ApiRequest deeper = overflow(arguments.requireAccepted());
        return ApiRequest.record(deeper.path(), deeper.value(), deeper.fields());
    }

    @Test
    void leavesNoAlarmBehind() throws Exception {
        server.enqueue(new MockResponse().setBody(ADA));
        end(GET_USER);
        assertEquals(List.of(), time.waits());
    }

    @Test
    void publishesItsToolsInTheirOrderAndFindsThemByName() {
        UserTools tools = tools();
        assertEquals(
                catalogue(false).stream().map(Tool::publish).toList(),
                tools.publish().valueStream().toList());
        assertEquals(Catalogue.NAMES, tools.tools().stream().map(Tool::name).toList());
        assertEquals(Optional.of("Get user"), tools.find("get_user").map(Tool::title));
        assertEquals(Optional.empty(), tools.find("drop_users"));
    }

    @Test
    void passesOnTheCallersTraceContext() throws Exception {
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        server.enqueue(new MockResponse().setResponseCode(404));
        String meta = "\"_meta\":{\"traceparent\":\"" + trace + "\",\"tracestate\":\"rojo=1\"},";
        end(GET_USER.replace("\"name\"", meta + "\"name\""));
        RecordedRequest request = server.takeRequest();
        assertEquals(trace, request.getHeader("traceparent"));
        assertEquals("rojo=1", request.getHeader("tracestate"));
        assertRecorded("""
        "trace_id":"0af7651916cd43dd8448eb211c80319c","operation":"get_user","arguments":{"user_id":"123"},\
        "result":"not_found","http_status":404,"attempts":1,"duration_ms":0""");
    }

    private UserTools tools() {
        return tools(catalogue(false), new RateLimiter(120, 30, time));
    }

    private UserTools tools(List<Tool> catalogue, RateLimiter limiter) {
        return tools(catalogue, limiter, Duration.ofSeconds(20));
    }

    private UserTools tools(List<Tool> catalogue, RateLimiter limiter, Duration callTimeout) {
        return new UserTools(catalogue, stages(limiter), callTimeout, time);
    }

    private Stages stages(RateLimiter limiter) {
        AuditLog audit = new AuditLog(
                sink,
                AuditChain.plain(),
                loopback.redactor(),
                time.clock(),
                new AuditLog.Identity("1.0.0", 4711, "svc-users", "ada", Optional.empty()));
        return new Stages(
                limiter,
                DisclosureBudget.inMemory(2000, time.clock()),
                loopback.open(UserApiFactory.settings(URI.create("http://127.0.0.1:" + server.getPort()))),
                new TextCleaner(loopback.redactor()),
                audit,
                time,
                Runnable::run,
                Runnable::run);
    }

    private static List<Tool> catalogue(boolean pagesItself) {
        return catalogue(Layouts.of(pagesItself ? Layouts.OFFSET : Layouts.WHOLE));
    }

    private static List<Tool> catalogue(ApiLayout layout) {
        return Catalogue.of(
                layout,
                Catalogue.NAMES,
                List.of("id", "name", "email", "status", "department"),
                List.of("engineering", "product", "sales", "operations"));
    }

    private String end(String params) throws Exception {
        return end(tools(), params);
    }

    private static String end(UserTools tools, String params) throws Exception {
        Call call = start(tools, params);
        return describe(call, await(call));
    }

    private static Outcome outcome(UserTools tools, String params) throws Exception {
        return await(start(tools, params));
    }

    private static Call start(UserTools tools, String params) {
        return tools.accept(
                new CallRequest((ObjectNode) Json.parse(params).orElseThrow(), Optional.empty(), Admission.ADMITTED));
    }

    private static Outcome await(Call call) throws Exception {
        return call.outcome().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Returns the content, or code and text of a failure, the call's id in it as {@code <id>}. */
    private static String describe(Call call, Outcome outcome) {
        String all = outcome.fold(
                success -> Json.text(success.content()),
                failure -> failure.code().label() + ": " + failure.text()
                        + failure.reference().map(id -> " (" + id + ")").orElse("")
                        + (failure.retryAfterSeconds().isPresent()
                                ? " after " + failure.retryAfterSeconds().getAsLong() + " s"
                                : ""));
        return all.replace(call.id(), "<id>");
    }

    private static String codeOrContent(Outcome outcome) {
        return outcome.fold(
                success -> Json.text(success.content()),
                failure -> failure.code().label());
    }

    private static String result(String line) {
        return member(line, "result");
    }

    private static String member(String line, String name) {
        return Json.parse(line).orElseThrow().path(name).asText();
    }

    /** There is one line, and it says this of the call; what differs from run to run is written as dots. */
    private void assertRecorded(String call) {
        String lines = sink.lines.stream()
                .map(line -> line.replaceAll("[0-9a-f]{8}-[0-9a-f-]{27}", "..."))
                .map(line -> line.replaceAll("\"call_id\":\"[0-9a-f]{8}-1\"", "\"call_id\":\"...-1\""))
                .map(line -> line.replaceAll("\"hash\":\"[0-9a-f]{64}\"", "\"hash\":\"...\""))
                .collect(Collectors.joining());
        String written = ManualTime.START.plus(time.elapsed()).toString().replaceFirst("(:\\d\\d)Z", "$1.000Z");
        assertEquals(
                "{\"timestamp\":\"" + written + "\",\"event\":\"tool_call\",\"session\":\"...\",\"sequence\":1,"
                        + "\"call_id\":\"...-1\",\"account\":\"svc-users\",\"os_user\":\"ada\"," + call
                        + ",\"previous\":\"" + "0".repeat(64) + "\",\"hash\":\"...\"}\n",
                lines);
    }
}
