package dev.userservice.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.userservice.LogLines;
import dev.userservice.ManualTools;
import dev.userservice.audit.AuditLog.EndReason;
import dev.userservice.mcp.ServerCard;
import dev.userservice.model.Call;
import dev.userservice.tools.CallRequest.Admission;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.SocketPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The end of a service: what becomes of the calls under way, and what the session's last line says. */
@Timeout(60)
final class ServiceTest {

    private static final String WITHOUT_ARGUMENTS = "{\"name\":\"get_user\"}";

    private ManualTools manual;
    private Service service;

    @BeforeEach
    void open() throws IOException {
        manual = new ManualTools();
        ServerCard card =
                new ServerCard("user-service", "", "1", "", manual.tools().publish());
        service = new Service(
                manual.tools(), manual.api(), manual.budget(), manual.audit(), card, manual.redactor(), manual.time());
    }

    @AfterEach
    void close() throws IOException {
        manual.close();
    }

    @Test
    void givesCallsUnderWayTimeAfterASignal() throws Exception {
        manual.accept(WITHOUT_ARGUMENTS, Admission.ADMITTED);
        Runnable recording = manual.awaitRecording();
        CompletableFuture<Optional<String>> end = new CompletableFuture<>();
        ManualTools.awaitWaiting(ending(EndReason.SIGNAL, end));
        recording.run();
        assertTrue(end.join().orElseThrow().contains(" ended with 2 lines, head "));
        assertEquals(List.of("invalid_input", ""), manual.recorded("result"));
        assertEquals(List.of("", "signal"), manual.recorded("reason"));
    }

    @Test
    void givesCallsUnderWayNoTimeAtTheEndOfInput() throws Exception {
        manual.accept(WITHOUT_ARGUMENTS, Admission.ADMITTED);
        Runnable recording = manual.awaitRecording();
        CompletableFuture<Optional<String>> end = new CompletableFuture<>();
        ManualTools.awaitWaiting(ending(EndReason.END_OF_INPUT, end));
        recording.run();
        assertTrue(end.join().isPresent());
        assertEquals(List.of("cancelled", ""), manual.recorded("result"));
        assertEquals(List.of("", "end_of_input"), manual.recorded("reason"));
    }

    @Test
    void letsASecondEndWaitForTheFirstWhoseReasonCounts() throws Exception {
        turnLater();
        CompletableFuture<Optional<String>> first = new CompletableFuture<>();
        CompletableFuture<Optional<String>> second = new CompletableFuture<>();
        Thread ending = ending(EndReason.STDOUT_CLOSED, first);
        Runnable recording = manual.awaitRecording();
        ManualTools.awaitWaiting(ending);
        Thread later = ending(EndReason.SIGNAL, second);
        while (later.getState() != Thread.State.BLOCKED) {
            assertNotEquals(Thread.State.TIMED_WAITING, later.getState());
            assertFalse(second.isDone());
            Thread.onSpinWait();
        }
        recording.run();
        assertTrue(first.join().isPresent());
        assertEquals(Optional.empty(), second.join());
        assertEquals(List.of("cancelled", ""), manual.recorded("result"));
        assertEquals(List.of("", "stdout_closed"), manual.recorded("reason"));
    }

    @Test
    void endsForTheEndOfInputWhenItIsClosed() throws Exception {
        service.close();
        assertEquals(List.of("end_of_input"), manual.recorded("reason"));
    }

    @Test
    void sendsNothingAfterItsEnd() throws Exception {
        service.end(EndReason.END_OF_INPUT);
        manual.server().enqueue(new MockResponse().setResponseCode(404));
        Call call = manual.accept(ManualTools.GET_USER, Admission.ADMITTED);
        manual.awaitRecording().run();
        assertTrue(ManualTools.ended(call).startsWith("audit_unavailable: "), ManualTools.ended(call));
        assertEquals(0, manual.server().getRequestCount());
        assertEquals(List.of("session_end"), manual.recorded("event"));
    }

    @Test
    void closesTheApiThoughTheLastLineCannotBeWritten() throws Exception {
        manual.beforeWriting(line -> {
            throw new IOException("no space left on device");
        });
        try (LogLines log = new LogLines(Service.class)) {
            assertEquals(Optional.empty(), service.end(EndReason.SIGNAL));
            assertEquals(List.of("ERROR the end of the session could not be recorded"), log.lines());
        }
        manual.server().enqueue(new MockResponse().setResponseCode(404));
        manual.accept(ManualTools.GET_USER, Admission.ADMITTED);
        manual.awaitRecording().run();
        assertEquals(0, manual.server().getRequestCount());
    }

    /** Ends the service on a thread of its own. */
    private Thread ending(EndReason reason, CompletableFuture<Optional<String>> end) {
        Thread thread = new Thread(() -> end.complete(service.end(reason)), "ending");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Accepts a call whose turn comes in a second, and which has sent nothing until then. */
    private void turnLater() throws IOException {
        manual.server().enqueue(new MockResponse().setSocketPolicy(SocketPolicy.NO_RESPONSE));
        manual.limiter().reserve(Duration.ZERO);
        manual.accept(ManualTools.GET_USER, Admission.ADMITTED);
    }
}
