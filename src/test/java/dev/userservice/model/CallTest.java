package dev.userservice.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class CallTest {

    private static final TraceContext TRACE =
            new TraceContext(Optional.of("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), Optional.empty());

    private long now = Long.MAX_VALUE - 5;
    private final Call call = call();

    private Call call() {
        return new Call("6f0c1d2e-1", TRACE, Duration.ofMillis(20), () -> now);
    }

    @Test
    void isEitherCancelledOrSettled() {
        assertTrue(call.cancel());
        assertFalse(call.settle());
        assertFalse(call.cancel());
        assertTrue(call.isCancelled());

        Call other = call();
        assertTrue(other.settle());
        assertFalse(other.cancel());
        assertFalse(other.settle());
        assertFalse(other.isCancelled());
    }

    @Test
    void hasExactlyOneWinnerWhenBothAreTriedAtOnce() throws Exception {
        List<Call> contested = Stream.generate(this::call).limit(20_000).toList();
        AtomicInteger arrived = new AtomicInteger();
        FutureTask<List<Boolean>> cancelling = new FutureTask<>(() -> inStep(contested, arrived, Call::cancel));
        new Thread(cancelling).start();
        List<Boolean> settled = inStep(contested, arrived, Call::settle);
        List<Boolean> cancelled = cancelling.get();
        assertEquals(settled, cancelled.stream().map(won -> !won).toList());
        assertEquals(cancelled, contested.stream().map(Call::isCancelled).toList());
    }

    /** Tries one call after the other, each as soon as the other thread has come as far. */
    private static List<Boolean> inStep(List<Call> calls, AtomicInteger arrived, Predicate<Call> attempt) {
        List<Boolean> won = new ArrayList<>();
        for (Call call : calls) {
            arrived.incrementAndGet();
            while (arrived.get() < 2 * won.size() + 2) {
                Thread.yield();
            }
            won.add(attempt.test(call));
        }
        return won;
    }

    @Test
    void endsItsWorkWhenCancelledAndNotWhenSettled() {
        List<String> ended = new ArrayList<>();
        call.onEnd(() -> ended.add("while open"));
        call.settle();
        call.cancel();
        assertFalse(call.hasEnded());
        call.end();
        call.onEnd(() -> ended.add("afterwards"));
        call.end();
        assertEquals(List.of("while open", "afterwards"), ended);

        Call cancelled = call();
        cancelled.onEnd(() -> ended.add("cancelled"));
        cancelled.cancel();
        assertTrue(cancelled.hasEnded());
        assertEquals(List.of("while open", "afterwards", "cancelled"), ended);
    }

    @Test
    void measuresFromItsBeginningEvenWhereTheClockWrapsAround() {
        now += Duration.ofMillis(15).toNanos();
        assertEquals(Duration.ofMillis(15), call.elapsed());
        assertEquals(Duration.ofMillis(5), call.remaining());
        now += Duration.ofMillis(15).toNanos();
        assertEquals(Duration.ofMillis(-10), call.remaining());
    }

    @Test
    void remembersWhatHappened() {
        assertEquals(OptionalInt.empty(), call.httpStatus());
        assertEquals(Optional.empty(), call.failure());
        CallFailure failure = new CallFailure(ErrorCode.UPSTREAM_UNAVAILABLE, "no connection");
        call.countAttempt();
        call.countAttempt();
        call.httpStatus(503);
        call.failed(failure);
        assertEquals(2, call.attempts());
        assertEquals(OptionalInt.of(503), call.httpStatus());
        assertEquals(Optional.of(failure), call.failure());
        assertEquals("6f0c1d2e-1", call.id());
        assertEquals(TRACE, call.trace());
    }
}
