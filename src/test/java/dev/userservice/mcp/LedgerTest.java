package dev.userservice.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each request is closed once, and what is held is known to the byte. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LedgerTest {

    private static final long CALL_BYTES = Ledger.MAX_BYTES - Ledger.SPARE_BYTES;
    private static final int REFUSAL_BYTES = 260;

    private final Ledger ledger = new Ledger();
    private final List<String> cancelled = new ArrayList<>();

    @Test
    void closesARequestOnce() {
        Ledger.Entry key = open("1", 0);
        assertEquals(Optional.empty(), ledger.open("1", 0), "in flight");
        assertTrue(ledger.isOpen(key));
        assertTrue(ledger.answer(key, 1));
        assertFalse(ledger.answer(key, 1));
        assertFalse(ledger.drop(key));
        assertFalse(ledger.isOpen(key));
    }

    @Test
    void givesAnIdThatIsUsedAgainAnotherEntry() {
        Ledger.Entry first = open("1", 0);
        assertTrue(ledger.drop(first));
        Ledger.Entry second = open("1", 0);
        assertFalse(ledger.answer(first, 1), "late");
        assertTrue(ledger.isOpen(second));
    }

    @Test
    void cancelsTheRequestWithAnId() {
        ledger.cancellable(open("1", 0), () -> cancelled.add("one"));
        ledger.cancellable(open("2", 0), () -> cancelled.add("two"));
        open("3", 0);
        ledger.cancel("2");
        ledger.cancel("3");
        ledger.cancel("4");
        assertEquals(List.of("two"), cancelled);
    }

    @Test
    void cancelsNothingThatIsClosed() {
        Ledger.Entry key = open("1", 0);
        ledger.cancellable(key, () -> cancelled.add("one"));
        ledger.drop(key);
        ledger.cancel("1");
        ledger.cancellable(key, () -> cancelled.add("late"));
        ledger.cancel("1");
        assertEquals(List.of(), cancelled);
    }

    @Test
    void reservesUpToItsShare() {
        Ledger.Entry first = open("1", 1000);
        assertFalse(ledger.reserve(first, CALL_BYTES + 1));
        assertTrue(ledger.reserve(first, CALL_BYTES - 10), "its own weight does not count against it");
        assertFalse(ledger.reserve(open("2", 5), 1), "the first one's does");
        ledger.drop(first);
        assertFalse(ledger.reserve(open("3", 7), CALL_BYTES - 4), "the second's does");
        assertTrue(ledger.reserve(open("4", 0), CALL_BYTES - 12));
    }

    @Test
    void keepsWhatIsReservedUntilTheAnswerIsWritten() {
        Ledger.Entry key = open("1", 40);
        assertTrue(ledger.reserve(key, 60));
        assertTrue(ledger.answer(key, 1));
        assertHeld(100);
        ledger.written();
        assertHeld(0);
    }

    @Test
    void countsAnAnswerForWhichNothingIsReservedByItsBytes() {
        Ledger.Entry key = open("1", 1_000_000);
        assertHeld(1_000_000);
        ledger.answer(key, 40);
        assertHeld(40 + Ledger.MESSAGE_BYTES);
        ledger.written();
        assertHeld(0);
    }

    @Test
    void countsAMessageUntilItIsWritten() {
        ledger.send(40);
        ledger.send(50);
        assertHeld(90 + 2 * Ledger.MESSAGE_BYTES);
        ledger.written();
        assertHeld(50 + Ledger.MESSAGE_BYTES);
    }

    @Test
    void holdsNothingForARequestThatIsDropped() {
        Ledger.Entry key = open("1", 40);
        ledger.reserve(key, 60);
        ledger.drop(key);
        assertHeld(0);
    }

    @Test
    void holdsTheReaderBackWhileTooMuchIsHeld() throws Exception {
        ledger.send((int) (Ledger.MAX_BYTES - Ledger.MESSAGE_BYTES - 1));
        ledger.awaitRoom();
        open("1", 1);
        CompletableFuture<Void> reader = CompletableFuture.runAsync(ledger::awaitRoom);
        assertThrows(TimeoutException.class, () -> reader.get(50, TimeUnit.MILLISECONDS));
        ledger.written();
        reader.get();
    }

    @Test
    void holdsTheReaderBackUntilARequestIsClosed() throws Exception {
        Ledger.Entry key = open("1", Ledger.MAX_BYTES);
        CompletableFuture<Void> reader = CompletableFuture.runAsync(ledger::awaitRoom);
        assertThrows(TimeoutException.class, () -> reader.get(50, TimeUnit.MILLISECONDS));
        ledger.drop(key);
        reader.get();
    }

    @Test
    void holdsNobodyBackOnceItIsReleased() throws Exception {
        open("1", Ledger.MAX_BYTES);
        CompletableFuture<Void> reader = CompletableFuture.runAsync(ledger::awaitRoom);
        CompletableFuture<Void> end = CompletableFuture.runAsync(ledger::awaitQuiet);
        assertThrows(TimeoutException.class, () -> end.get(50, TimeUnit.MILLISECONDS));
        ledger.release();
        reader.get();
        end.get();
        ledger.awaitRoom();
        ledger.awaitQuiet();
    }

    @Test
    void isQuietOnceEveryRequestIsClosedAndEveryMessageWritten() throws Exception {
        Ledger.Entry key = open("1", 0);
        ledger.send(1);
        CompletableFuture<Void> quiet = CompletableFuture.runAsync(ledger::awaitQuiet);
        ledger.written();
        assertThrows(TimeoutException.class, () -> quiet.get(50, TimeUnit.MILLISECONDS), "a request is open");
        ledger.answer(key, 1);
        assertThrows(TimeoutException.class, () -> quiet.get(50, TimeUnit.MILLISECONDS), "a message is unwritten");
        ledger.written();
        quiet.get();
    }

    @Test
    void waitsOnThroughAnInterruptionAndRestoresIt() throws Exception {
        Ledger.Entry key = open("1", 0);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread waiting = new Thread(() -> {
            ledger.awaitQuiet();
            interrupted.complete(Thread.interrupted());
        });
        waiting.start();
        waiting.interrupt();
        assertThrows(TimeoutException.class, () -> interrupted.get(50, TimeUnit.MILLISECONDS));
        ledger.drop(key);
        assertTrue(interrupted.get());
    }

    @Test
    void hasRoomForSmallAnswersThatNobodyReadsBesideAllReservations() {
        assertTrue(ledger.reserve(open("all", 0), CALL_BYTES));
        Inbound.Request call = (Inbound.Request) Inbound.read(Edge.request("12345", "tools/call", Edge.LIST_USERS));
        List<Ledger.Entry> refused = new ArrayList<>();
        for (int i = 0; i < 9_000; i++) {
            ledger.awaitRoom();
            refused.add(open("call " + i, call.weight()));
        }
        ledger.awaitRoom();
        refused.forEach(key -> ledger.answer(key, REFUSAL_BYTES));
        for (int i = 0; i < 25_000; i++) {
            ledger.awaitRoom();
            ledger.send(Edge.pong("12345").length());
        }
        ledger.awaitRoom();
    }

    @Test
    void losesNothingAmongManyThreads() {
        IntStream.range(0, 10_000).parallel().forEach(i -> {
            Ledger.Entry key = open(Integer.toString(i), 10);
            assertTrue(ledger.reserve(key, 10));
            assertEquals(i % 2 == 0, i % 2 == 0 ? ledger.answer(key, 1) : !ledger.drop(key));
        });
        assertHeld(5_000 * 20);
        IntStream.range(0, 5_000).parallel().forEach(i -> ledger.written());
        assertHeld(0);
        ledger.awaitQuiet();
    }

    private Ledger.Entry open(String id, long bytes) {
        return ledger.open(id, bytes).orElseThrow();
    }

    /** So much is held that exactly the rest can be reserved. */
    private void assertHeld(long bytes) {
        Ledger.Entry probe = open("probe", 0);
        assertFalse(ledger.reserve(probe, CALL_BYTES - bytes + 1), "held is not as much as " + bytes);
        assertTrue(ledger.reserve(probe, CALL_BYTES - bytes), "held is more than " + bytes);
        ledger.drop(probe);
    }
}
