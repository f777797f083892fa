package dev.userservice.call;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.userservice.ManualTime;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ContinuationsTest {

    private static final URI LIST = URI.create("https://users.corp.example/sales");
    private static final URI OTHER = URI.create("https://users.corp.example/product");

    private final ManualTime time = new ManualTime();
    private final Continuations memory = new Continuations(time);

    @Test
    void remembersFiveMinutes() {
        memory.remember(LIST, 1, "one");
        time.advance(Duration.ofMinutes(5).minusNanos(1));
        assertEquals(Optional.of("one"), memory.find(String.class, LIST, 1));
        time.advance(Duration.ofNanos(1));
        assertEquals(Optional.empty(), memory.find(String.class, LIST, 1));
    }

    @Test
    void remembersTheSixtyFourUsedLast() {
        for (int key = 1; key <= 64; key++) {
            memory.remember(LIST, key, "x");
        }
        memory.find(String.class, LIST, 1);
        memory.remember(LIST, 65, "x");
        assertEquals(Optional.of("x"), memory.find(String.class, LIST, 1));
        assertEquals(Optional.empty(), memory.find(String.class, LIST, 2));
        assertEquals(Optional.of("x"), memory.find(String.class, LIST, 3));
        assertEquals(Optional.of("x"), memory.find(String.class, LIST, 65));
    }

    @Test
    void remembersAsManyBeginningsBesides() {
        for (int list = 0; list <= 64; list++) {
            memory.remember(URI.create("http://x/" + list), 0, "begins");
            memory.remember(URI.create("http://x/" + list), 1, "goes on");
        }
        assertEquals(Optional.empty(), memory.find(String.class, URI.create("http://x/0"), 0));
        assertEquals(Optional.of("begins"), memory.find(String.class, URI.create("http://x/1"), 0));
        assertEquals(Optional.of("goes on"), memory.find(String.class, URI.create("http://x/1"), 1));
    }

    @Test
    void forgetsOneList() {
        memory.remember(LIST, 0, "zero");
        memory.remember(LIST, 1, "one");
        memory.remember(OTHER, 1, "two");
        memory.forget(LIST);
        assertEquals(Optional.empty(), memory.find(String.class, LIST, 0));
        assertEquals(Optional.empty(), memory.find(String.class, LIST, 1));
        assertEquals(Optional.of("two"), memory.find(String.class, OTHER, 1));
    }
}
