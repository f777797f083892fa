package dev.userservice.limit;

import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A token bucket over all tools: from idle it admits a burst at once, then calls evenly at the configured rate, in the
 * order they ask. Kept as one instant, the generic cell rate algorithm's theoretical arrival time (ITU-T I.371).
 * Thread-safe; never blocks.
 */
public final class RateLimiter {

    private final long interval;
    private final long tolerance;
    private final LongSupplier nanoTime;
    private final long origin;
    private long arrival;

    /**
     * @param perMinute calls admitted per minute, 1 to 1,000,000
     * @param burst calls admitted at once from idle, 1 to 1,000,000
     * @param nanoTime a monotonic clock in nanoseconds
     */
    public RateLimiter(int perMinute, int burst, LongSupplier nanoTime) {
        this.interval =
                (Duration.ofMinutes(1).toNanos() + perMinute - 1) / perMinute; // rounded up: never more than the rate
        this.tolerance = interval * (burst - 1);
        this.nanoTime = nanoTime;
        this.origin = nanoTime.getAsLong();
    }

    /**
     * Takes the next turn and returns how long to wait for it, zero for at once.
     *
     * @param patience the longest wait that is worth beginning
     * @throws CallFailure with {@link ErrorCode#RATE_LIMITED} and the wait that would have been needed; no turn is
     *     taken
     */
    public synchronized Duration reserve(Duration patience) {
        long now = nanoTime.getAsLong() - origin;
        long next = Math.max(arrival, now);
        Duration wait = Duration.ofNanos(Math.max(0, next - tolerance - now));
        if (wait.compareTo(patience) > 0) {
            throw new CallFailure(ErrorCode.RATE_LIMITED, "more calls than the configured rate admits")
                    .retryAfter(wait);
        }
        arrival = next + interval;
        return wait;
    }
}
