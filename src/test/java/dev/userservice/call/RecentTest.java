package dev.userservice.call;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.userservice.ManualTime;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RecentTest {

    private final ManualTime time = new ManualTime();
    private final Recent<Integer, String> recent = new Recent<>(time);

    @Test
    void remembersFiveMinutes() {
        recent.remember(1, "one");
        time.advance(Duration.ofMinutes(5).minusNanos(1));
        assertEquals(Optional.of("one"), recent.find(1));
        time.advance(Duration.ofNanos(1));
        assertEquals(Optional.empty(), recent.find(1));
    }

    @Test
    void remembersTheSixtyFourUsedLast() {
        for (int key = 1; key <= 64; key++) {
            recent.remember(key, "x");
        }
        recent.find(1);
        recent.remember(65, "x");
        assertEquals(Optional.of("x"), recent.find(1));
        assertEquals(Optional.empty(), recent.find(2));
        assertEquals(Optional.of("x"), recent.find(3));
        assertEquals(Optional.of("x"), recent.find(65));
    }

    @Test
    void forgetsWhatItIsToldTo() {
        recent.remember(1, "one");
        recent.remember(2, "two");
        recent.forget(key -> key == 1);
        assertEquals(Optional.empty(), recent.find(1));
        assertEquals(Optional.of("two"), recent.find(2));
    }
}
