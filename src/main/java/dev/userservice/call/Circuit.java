package dev.userservice.call;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * A circuit breaker: five failed attempts in a row open it for 15 seconds, during which nothing is sent; then one probe
 * goes through, and what becomes of it closes the circuit or opens it again. Thread-safe.
 */
final class Circuit {

    private static final int FAILURES_TO_OPEN = 5;
    private static final Duration OPEN_FOR = Duration.ofSeconds(15);

    private final LongSupplier nanoTime;
    private int failures;
    private long openedAt;
    private Optional<Object> probe = Optional.empty();

    Circuit(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Returns how long the circuit stays open, zero while a probe is under way; nothing where an attempt may pass. */
    synchronized Optional<Duration> refusal() {
        if (failures < FAILURES_TO_OPEN) {
            return Optional.empty();
        }
        Duration left = OPEN_FOR.minusNanos(nanoTime.getAsLong() - openedAt);
        if (left.compareTo(Duration.ZERO) > 0) {
            return Optional.of(left);
        }
        return probe.map(underWay -> Duration.ZERO);
    }

    /** Lets {@code attempt} pass, or says for how long not. What becomes of one that passed is reported once. */
    synchronized Optional<Duration> tryPass(Object attempt) {
        Optional<Duration> refusal = refusal();
        if (refusal.isEmpty() && failures >= FAILURES_TO_OPEN) {
            probe = Optional.of(attempt);
        }
        return refusal;
    }

    /** Learns what became of {@code attempt}. Only the probe can open the circuit anew, so no latecomer prolongs it. */
    synchronized void report(Object attempt, Verdict.Health health) {
        boolean probed = probe.filter(underWay -> underWay == attempt).isPresent();
        if (probed) {
            probe = Optional.empty();
        }
        switch (health) {
            case ANSWERED -> failures = 0;
            case FAILED -> {
                failures++;
                if (probed || failures == FAILURES_TO_OPEN) {
                    openedAt = nanoTime.getAsLong();
                }
            }
            case UNKNOWN -> {}
        }
    }
}
