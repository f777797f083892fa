package dev.userservice.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.userservice.LogLines;
import dev.userservice.ManualTools;
import dev.userservice.call.SecretSource;
import dev.userservice.model.Call;
import dev.userservice.tools.CallRequest.Admission;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import okhttp3.mockwebserver.Dispatcher;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.RecordedRequest;
import okhttp3.mockwebserver.SocketPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the stages do to each other: the line that decides, the token that comes late, the call that may not go on. */
@Timeout(60)
final class CallPathTest {

    private static final String ADA = "{\"id\":123,\"name\":\"Ada\"}";
    private static final String LIST =
            "{\"name\":\"list_users_by_department\",\"arguments\":{\"department\":\"sales\"}}";
    private static final String THREE = """
      {"users":[{"id":1,"name":"Ada"},{"id":2,"name":"Bo"},{"id":3,"name":"Cy"}]}""";
    private static final String OLD_TOKEN = "old-token-0123456789";
    private static final String NEW_TOKEN = "a-new-token-0123456789";

    @TempDir
    private Path folder;

    private ManualTools manual;

    @BeforeEach
    void open() throws IOException {
        manual = new ManualTools();
    }

    @AfterEach
    void close() throws IOException {
        manual.close();
    }

    @Test
    void cancelsACallWhoseResultIsReachedButNotRecorded() throws Exception {
        manual.server().enqueue(new MockResponse().setBody(ADA));
        Call call = manual.acceptAndSend();
        Runnable recording = manual.awaitRecording();
        manual.tools().cancel(call);
        assertFalse(call.outcome().isDone());
        recording.run();
        assertEquals(List.of("cancelled"), manual.recorded("result"));
        assertEquals("cancelled: ", ManualTools.ended(call));
    }

    @Test
    void letsAResultStandWhoseLineIsBeingWritten() throws Exception {
        manual.server().enqueue(new MockResponse().setBody(ADA));
        Call call = manual.acceptAndSend();
        manual.beforeWriting(line -> {
            manual.tools().cancel(call);
            return true;
        });
        manual.awaitRecording().run();
        assertFalse(call.isCancelled());
        assertEquals(List.of("ok"), manual.recorded("result"));
        assertEquals("{\"id\":\"123\",\"name\":\"Ada\"}", ManualTools.ended(call));
    }

    @Test
    void recordsACallOnceThatIsCancelledAfterItsEnd() throws Exception {
        manual.server().enqueue(new MockResponse().setResponseCode(404));
        Call call = manual.acceptAndSend();
        Runnable recording = manual.awaitRecording();
        manual.tools().cancel(call);
        manual.time().advance(Duration.ofSeconds(20));
        recording.run();
        manual.tools().cancel(call);
        assertEquals(List.of("cancelled"), manual.recorded("result"));
        assertEquals(0, manual.unrecorded());
    }

    @Test
    void saysNothingOfACancelledCallThatCannotBeRecorded() throws Exception {
        manual.server().enqueue(new MockResponse().setBody(ADA));
        manual.beforeWriting(line -> {
            throw new IOException("no space left on device");
        });
        Call call = manual.acceptAndSend();
        Runnable recording = manual.awaitRecording();
        manual.tools().cancel(call);
        recording.run();
        assertEquals("cancelled: ", ManualTools.ended(call));
    }

    @Test
    void returnsNothingWhereTheAuditLogBreaksInAWayNobodyForesaw() throws Exception {
        manual.server().enqueue(new MockResponse().setBody(ADA));
        manual.beforeWriting(line -> {
            throw new LinkageError("for the test");
        });
        Call call = manual.acceptAndSend();
        try (LogLines log = new LogLines(Failures.class)) {
            manual.awaitRecording().run();
            assertEquals(
                    List.of("ERROR call " + call.id()
                            + " failed in audit: audit_unavailable, the audit line could not be made (LinkageError)"),
                    log.lines());
        }
        assertEquals(
                "audit_unavailable: Error: The call could not be recorded, so nothing was returned; try again later. Reference: <id>",
                ManualTools.ended(call));
    }

    @Test
    void redactsATokenThatTheApiSaysAsSoonAsItIsInItsFile() throws Exception {
        withTokenFile();
        manual.server().setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                writeToken(NEW_TOKEN);
                return new MockResponse().setBody("{\"id\":123,\"name\":\"" + NEW_TOKEN + "\"}");
            }
        });
        Call call = manual.acceptAndSend();
        manual.awaitRecording().run();
        assertEquals("{\"id\":\"123\",\"name\":\"[redacted]\"}", ManualTools.ended(call));
    }

    @Test
    void redactsATokenThatTheCallerSaysBeforeAnyRequestHasUsedIt() throws Exception {
        withTokenFile();
        writeToken(NEW_TOKEN);
        manual.accept("{\"name\":\"" + NEW_TOKEN + "\"}", Admission.ADMITTED);
        manual.awaitRecording().run();
        assertEquals(List.of("[redacted]"), manual.recorded("operation"));
    }

    @Test
    void takesNoTurnAndWaitsForNoneWithoutRoom() throws Exception {
        Call refused = manual.accept(ManualTools.GET_USER, Admission.NO_ROOM);
        manual.awaitRecording().run();
        assertEquals("rate_limited: Error: Rate limit reached. Try again in 2 seconds.", ManualTools.ended(refused));
        assertEquals(Duration.ZERO, manual.limiter().reserve(Duration.ZERO));
        Call later = manual.accept(ManualTools.GET_USER, Admission.NO_ROOM);
        assertEquals(1, manual.unrecorded());
        assertEquals(List.of(), manual.time().waits());
        manual.awaitRecording().run();
        assertEquals("rate_limited: Error: Rate limit reached. Try again in 2 seconds.", ManualTools.ended(later));
        assertEquals(List.of("rate_limited", "rate_limited"), manual.recorded("result"));
        assertEquals(0, manual.server().getRequestCount());
    }

    @Test
    void findsWrongArgumentsBeforeTheWantOfRoom() throws Exception {
        Call call = manual.accept("{\"name\":\"get_user\"}", Admission.NO_ROOM);
        manual.awaitRecording().run();
        assertEquals("invalid_input: Error: Missing argument: user_id.", ManualTools.ended(call));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"name\":\"get_user\",\"arguments\":{\"user_id\":\"123\"}} | get_user  | {\"user_id\":\"123\"}",
                "{\"name\":\"get_user\",\"arguments\":{\"user_id\":\"x\"}}   | get_user  | {\"user_id\":\"x\"}",
                "{\"name\":\"drop_user\",\"arguments\":{\"user_id\":\"1\"}}  | drop_user | ''",
                "{\"arguments\":{\"user_id\":\"1\"}}                         | ''        | ''",
            })
    void recordsAMalformedRequestAndSendsNothing(String params, String operation, String arguments) throws Exception {
        Call call = manual.accept(params, Admission.MALFORMED);
        manual.awaitRecording().run();
        assertEquals("invalid_params: Invalid params", ManualTools.ended(call));
        assertEquals(List.of("invalid_params"), manual.recorded("result"));
        assertEquals(List.of(operation), manual.recorded("operation"));
        assertEquals(List.of(arguments), manual.recorded("arguments"));
        assertEquals(0, manual.server().getRequestCount());
        assertEquals(Duration.ZERO, manual.limiter().reserve(Duration.ZERO), "no turn is taken");
    }

    @Test
    void waitsForATurnNoLongerThanTheDeadlineAllows() throws Exception {
        manual.limiter().reserve(Duration.ZERO);
        Call call = manual.accept(ManualTools.GET_USER, Admission.ADMITTED);
        assertEquals(
                List.of(Duration.ofSeconds(1), Duration.ofSeconds(20)),
                manual.time().waits());
        manual.tools().cancel(call);
        assertEquals(List.of(), manual.time().waits());
        manual.awaitRecording().run();
        assertEquals("cancelled: ", ManualTools.ended(call));
    }

    @Test
    void sendsNothingWhereNothingIsLeft() throws Exception {
        manual.budget().disclose(ManualTools.PER_DAY, ManualTools.PER_DAY);
        Call call = manual.accept(ManualTools.GET_USER, Admission.ADMITTED);
        manual.awaitRecording().run();
        assertEquals(
                "disclosure_limit: Error: Disclosure limit reached: no more user records may leave for now."
                        + " Try again in 25 hours.",
                ManualTools.ended(call));
        assertEquals(List.of("disclosure_limit"), manual.recorded("result"));
        assertEquals(0, manual.server().getRequestCount());
    }

    @Test
    void refusesAPageThatIsMoreThanIsLeftAndSaysNothingOfIt() throws Exception {
        manual.budget().disclose(1, 1);
        manual.server().enqueue(new MockResponse().setBody(THREE));
        Call call = manual.accept(LIST, Admission.ADMITTED);
        manual.awaitRecording().run();
        assertTrue(ManualTools.ended(call).startsWith("disclosure_limit: "), ManualTools.ended(call));
        assertEquals(List.of("disclosure_limit"), manual.recorded("result"));
        assertEquals(List.of(""), manual.recorded("records"));
        assertEquals(2, left());
    }

    @Test
    void countsWhatLeavesBeforeItIsRecorded() throws Exception {
        manual.server().enqueue(new MockResponse().setBody(THREE));
        Call call = manual.accept(LIST, Admission.ADMITTED);
        Runnable recording = manual.awaitRecording();
        assertEquals(0, left());
        recording.run();
        assertEquals(List.of("3"), manual.recorded("records"));
        assertEquals(0, left());
        assertTrue(call.hasEnded());
    }

    @ParameterizedTest
    @CsvSource({
        "404, '', not_found",
        "403, '', upstream_denied",
        "200, '{\"id\":124,\"name\":\"Bo\"}', upstream_contract",
    })
    void countsNothingOfACallThatFails(int status, String body, String result) throws Exception {
        manual.server().enqueue(new MockResponse().setResponseCode(status).setBody(body));
        manual.acceptAndSend();
        manual.awaitRecording().run();
        assertEquals(List.of(result), manual.recorded("result"));
        assertEquals(ManualTools.PER_DAY, left());
    }

    @Test
    void takesBackWhatCouldNotBeRecorded() throws Exception {
        manual.server().enqueue(new MockResponse().setBody(ADA));
        Call call = manual.acceptAndSend();
        Runnable recording = manual.awaitRecording();
        assertEquals(2, left());
        manual.beforeWriting(line -> {
            throw new IOException("no space left on device");
        });
        recording.run();
        assertTrue(ManualTools.ended(call).startsWith("audit_unavailable: "), ManualTools.ended(call));
        assertEquals(ManualTools.PER_DAY, left());
    }

    @Test
    void takesBackWhatIsCancelledBeforeItIsRecorded() throws Exception {
        manual.server().enqueue(new MockResponse().setBody(ADA));
        Call call = manual.acceptAndSend();
        Runnable recording = manual.awaitRecording();
        manual.tools().cancel(call);
        assertEquals(2, left());
        recording.run();
        assertEquals(ManualTools.PER_DAY, left());
    }

    /** The deadline passes while the count's file keeps its thread: nothing else waits, and nothing is counted late. */
    @Test
    void endsACallInItsTimeWhoseCountingWaits() throws Exception {
        BlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();
        manual.server().enqueue(new MockResponse().setBody(ADA));
        manual.countOn(waiting::add);
        Call call = manual.accept(ManualTools.GET_USER, Admission.ADMITTED);
        waiting.take().run();
        Runnable counting = waiting.poll(20, TimeUnit.SECONDS);
        manual.time().advance(Duration.ofSeconds(20));
        manual.awaitRecording().run();
        assertTrue(ManualTools.ended(call).startsWith("upstream_timeout: "), ManualTools.ended(call));
        waiting.take().run();
        counting.run();
        assertEquals(List.of("upstream_timeout"), manual.recorded("result"));
        assertEquals(ManualTools.PER_DAY, left());
    }

    private long left() {
        return manual.budget().left().records();
    }

    @Test
    void leavesTheApiAloneOnceACallIsOver() throws Exception {
        manual.server().enqueue(new MockResponse().setSocketPolicy(SocketPolicy.NO_RESPONSE));
        Call call = manual.acceptAndSend();
        manual.time().advance(Duration.ofSeconds(20));
        manual.awaitRecording().run();
        assertTrue(call.hasEnded());
        assertEquals(List.of(), manual.time().waits());
    }

    private void withTokenFile() throws IOException {
        writeToken(OLD_TOKEN);
        manual.close();
        manual = new ManualTools(redactor -> SecretSource.file("token", tokenFile(), redactor::know));
    }

    private void writeToken(String token) {
        try {
            Files.writeString(tokenFile(), token);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Path tokenFile() {
        return folder.resolve("token");
    }
}
