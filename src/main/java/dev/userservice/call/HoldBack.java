package dev.userservice.call;

import java.time.Duration;
import java.util.function.LongSupplier;

/** The moment until which the API has asked, by {@code Retry-After}, that no call at all be sent. Thread-safe. */
final class HoldBack {

    private final LongSupplier nanoTime;
    private long until;

    HoldBack(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.until = nanoTime.getAsLong();
    }

    /** Holds all calls back for at least {@code wait} from now. */
    synchronized void hold(Duration wait) {
        long proposed = nanoTime.getAsLong() + wait.toNanos();
        if (proposed - until > 0) {
            until = proposed;
        }
    }

    /** Returns how long calls are still held back; zero where they are not. */
    synchronized Duration remaining() {
        return Duration.ofNanos(Math.max(0, until - nanoTime.getAsLong()));
    }
}
