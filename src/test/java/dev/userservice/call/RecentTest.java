package dev.userservice.call;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.userservice.ManualTime;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RecentTest {

    private static final URI LIST = URI.create("https://users.corp.example/sales");
    private static final URI OTHER = URI.create("https://users.corp.example/product");

    private final ManualTime time = new ManualTime();
    private final Recent<String> recent = new Recent<>(time);

    @Test
    void remembersFiveMinutes() {
        recent.remember(LIST, 1, "one");
        time.advance(Duration.ofMinutes(5).minusNanos(1));
        assertEquals(Optional.of("one"), recent.find(LIST, 1));
        time.advance(Duration.ofNanos(1));
        assertEquals(Optional.empty(), recent.find(LIST, 1));
    }

    @Test
    void remembersTheSixtyFourUsedLast() {
        for (int key = 1; key <= 64; key++) {
            recent.remember(LIST, key, "x");
        }
        recent.find(LIST, 1);
        recent.remember(LIST, 65, "x");
        assertEquals(Optional.of("x"), recent.find(LIST, 1));
        assertEquals(Optional.empty(), recent.find(LIST, 2));
        assertEquals(Optional.of("x"), recent.find(LIST, 3));
        assertEquals(Optional.of("x"), recent.find(LIST, 65));
    }

    @Test
    void forgetsOneList() {
        recent.remember(LIST, 1, "one");
        recent.remember(OTHER, 1, "two");
        recent.forget(LIST);
        assertEquals(Optional.empty(), recent.find(LIST, 1));
        assertEquals(Optional.of("two"), recent.find(OTHER, 1));
    }
}
