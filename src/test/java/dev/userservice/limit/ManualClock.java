package dev.userservice.limit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A wall clock that a test sets, back as well as forward. */
final class ManualClock extends Clock {

    private Instant now;
    private Duration tick = Duration.ZERO;

    ManualClock(String now) {
        this.now = Instant.parse(now);
    }

    void move(Duration by) {
        now = now.plus(by);
    }

    /** Moves by itself at each look. */
    ManualClock tickingBy(Duration by) {
        tick = by;
        return this;
    }

    @Override
    public Instant instant() {
        Instant seen = now;
        move(tick);
        return seen;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException();
    }
}
