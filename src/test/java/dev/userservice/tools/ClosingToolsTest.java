package dev.userservice.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.userservice.ManualTools;
import dev.userservice.model.Call;
import dev.userservice.tools.CallRequest.Admission;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.SocketPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The end of the tools: each call under way ends or is cancelled, and is recorded before {@code close} returns. */
@Timeout(60)
final class ClosingToolsTest {

    private static final Duration LONG = Duration.ofMinutes(10);

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
    void returnsAtOnceWithoutACall() {
        manual.tools().close(LONG);
        assertEquals(0, manual.unrecorded());
    }

    @Test
    void waitsForNoCallThatIsRecorded() throws Exception {
        manual.server().enqueue(new MockResponse().setResponseCode(404));
        Call call = manual.acceptAndSend();
        manual.awaitRecording().run();
        manual.tools().close(LONG);
        assertEquals("not_found: User not found", ManualTools.ended(call));
    }

    @Test
    void cancelsCallsUnderWayAndReturnsOnlyWhenTheyAreRecorded() throws Exception {
        manual.server().enqueue(new MockResponse().setSocketPolicy(SocketPolicy.NO_RESPONSE));
        Call sent = manual.acceptAndSend();
        Call waiting = manual.accept(ManualTools.GET_USER, Admission.ADMITTED);
        Thread closing = closing(Duration.ZERO);
        Runnable first = manual.awaitRecording();
        Runnable second = manual.awaitRecording();
        ManualTools.awaitWaiting(closing);
        assertTrue(sent.isCancelled());
        assertTrue(waiting.isCancelled());
        assertEquals(List.of(), manual.recorded("result"));
        first.run();
        ManualTools.awaitWaiting(closing);
        second.run();
        closing.join();
        assertEquals(List.of("cancelled", "cancelled"), manual.recorded("result"));
        assertEquals("cancelled: ", ManualTools.ended(sent));
        assertEquals("cancelled: ", ManualTools.ended(waiting));
    }

    @Test
    void letsCallsUnderWayEndWithinTheGrace() throws Exception {
        manual.server().enqueue(new MockResponse().setBody("{\"id\":123,\"name\":\"Ada\"}"));
        Call waiting = turnLater();
        Thread closing = closing(LONG);
        ManualTools.awaitWaiting(closing);
        assertEquals(0, manual.unrecorded());
        manual.time().advance(Duration.ofSeconds(1));
        Runnable recording = manual.awaitRecording();
        ManualTools.awaitWaiting(closing);
        recording.run();
        closing.join();
        assertFalse(waiting.isCancelled());
        assertEquals(List.of("ok"), manual.recorded("result"));
    }

    @Test
    void cancelsAndWaitsNoLongerWhenItIsInterrupted() throws Exception {
        manual.server().enqueue(new MockResponse().setSocketPolicy(SocketPolicy.NO_RESPONSE));
        Call call = manual.acceptAndSend();
        Thread.currentThread().interrupt();
        manual.tools().close(LONG);
        assertTrue(Thread.interrupted(), "whoever waits next has to know");
        assertTrue(call.isCancelled());
        assertEquals(1, manual.unrecorded());
    }

    /** Begins to close on a thread of its own. */
    private Thread closing(Duration grace) {
        Thread thread = new Thread(() -> manual.tools().close(grace), "closing");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Accepts a call whose turn comes in a second. */
    private Call turnLater() throws IOException {
        manual.limiter().reserve(Duration.ZERO);
        return manual.accept(ManualTools.GET_USER, Admission.ADMITTED);
    }
}
