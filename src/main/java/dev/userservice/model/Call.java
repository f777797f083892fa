package dev.userservice.model;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * One tool call on its way through the stages: its id, its deadline, whether it was taken back, and its outcome. A call
 * is either cancelled or settled, whichever comes first, and never both. Thread-safe.
 */
public final class Call {

    private final String id;
    private final TraceContext trace;
    private final LongSupplier nanoTime;
    private final long begun;
    private final Duration timeout;
    private final CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private volatile int attempts;
    private volatile int httpStatus;
    private volatile Optional<CallFailure> failure = Optional.empty();

    /**
     * @param timeout from now to its deadline
     * @param nanoTime a monotonic clock in nanoseconds
     */
    public Call(String id, TraceContext trace, Duration timeout, LongSupplier nanoTime) {
        this.id = id;
        this.trace = trace;
        this.timeout = timeout;
        this.nanoTime = nanoTime;
        this.begun = nanoTime.getAsLong();
    }

    public String id() {
        return id;
    }

    public TraceContext trace() {
        return trace;
    }

    public Duration elapsed() {
        return Duration.ofNanos(nanoTime.getAsLong() - begun);
    }

    /** Returns the time left until the deadline; zero or negative once it has passed. */
    public Duration remaining() {
        return timeout.minus(elapsed());
    }

    /** Takes the call back, unless it is settled already; returns whether that was in time. */
    public boolean cancel() {
        boolean inTime = cancelled.complete(true);
        if (inTime) {
            end();
        }
        return inTime;
    }

    /** Fixes the call's result for good; returns false where the call was cancelled before. */
    public boolean settle() {
        return cancelled.complete(false);
    }

    public boolean isCancelled() {
        return cancelled.getNow(false);
    }

    /** Ends all work still under way for this call. */
    public void end() {
        ended.complete(null);
    }

    /** Runs {@code action} when the call ends; at once where it has ended. */
    public void onEnd(Runnable action) {
        ended.thenRun(action);
    }

    public boolean hasEnded() {
        return ended.isDone();
    }

    /** Returns how the call ended, known once its audit line is written; never fails. */
    public CompletableFuture<Outcome> outcome() {
        return outcome;
    }

    /** Notes for the operator how the call failed. */
    public void failed(CallFailure how) {
        failure = Optional.of(how);
    }

    /** Returns how the call failed, for the operator's eyes. */
    public Optional<CallFailure> failure() {
        return failure;
    }

    public void countAttempt() {
        attempts++; // one attempt at a time, so one writer at a time
    }

    /** Returns how many requests were sent to the API for this call. */
    public int attempts() {
        return attempts;
    }

    public void httpStatus(int status) {
        httpStatus = status;
    }

    /** Returns the last HTTP status the API answered with. */
    public OptionalInt httpStatus() {
        return httpStatus == 0 ? OptionalInt.empty() : OptionalInt.of(httpStatus);
    }
}
