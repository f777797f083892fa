package dev.userservice.call;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Which answers are worth another attempt, and how long to wait before it: exponential back-off with full jitter, 200
 * milliseconds, doubling, at most 2 seconds. Pure.
 */
final class RetryPolicy {

    private static final long FIRST_MILLIS = 200;
    private static final long LAST_MILLIS = 2000;

    private RetryPolicy() {}

    /** Returns whether a status tells of a passing trouble. */
    static boolean isTransient(int status) {
        return switch (status) {
            case 429, 502, 503, 504 -> true;
            default -> false;
        };
    }

    /**
     * Returns how long to wait before a further attempt.
     *
     * @param retry which one, from 1
     */
    static Duration backoff(int retry, RandomGenerator random) {
        long ceiling = Math.min(LAST_MILLIS, FIRST_MILLIS << (retry - 1));
        return Duration.ofMillis(random.nextLong(ceiling + 1));
    }
}
