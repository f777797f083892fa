package dev.userservice.call;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.userservice.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class HoldBackTest {

    private final ManualTime time = new ManualTime();
    private final HoldBack holdBack = new HoldBack(time);

    @Test
    void holdsNothingBackAtFirst() {
        assertEquals(Duration.ZERO, holdBack.remaining());
    }

    @Test
    void holdsBackUntilTheTimeIsOver() {
        holdBack.hold(Duration.ofSeconds(7));
        assertEquals(Duration.ofSeconds(7), holdBack.remaining());
        time.advance(Duration.ofMillis(6_999));
        assertEquals(Duration.ofMillis(1), holdBack.remaining());
        time.advance(Duration.ofMillis(1));
        assertEquals(Duration.ZERO, holdBack.remaining());
        time.advance(Duration.ofDays(1));
        assertEquals(Duration.ZERO, holdBack.remaining());
    }

    @Test
    void isProlongedButNeverShortened() {
        holdBack.hold(Duration.ofSeconds(7));
        holdBack.hold(Duration.ofSeconds(3));
        assertEquals(Duration.ofSeconds(7), holdBack.remaining());
        holdBack.hold(Duration.ofSeconds(30));
        assertEquals(Duration.ofSeconds(30), holdBack.remaining());
    }

    @Test
    void canBeHeldBackAgain() {
        holdBack.hold(Duration.ofSeconds(7));
        time.advance(Duration.ofDays(1));
        holdBack.hold(Duration.ofSeconds(3));
        assertEquals(Duration.ofSeconds(3), holdBack.remaining());
    }
}
