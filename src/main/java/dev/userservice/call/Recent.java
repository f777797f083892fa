package dev.userservice.call;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Remembers the 64 values used last, each for 5 minutes, by a list's address and how many of its records come before.
 * Thread-safe; its monitor guards the map.
 */
final class Recent<V> {

    private static final int MAX_VALUES = 64;
    private static final Duration LIFE = Duration.ofMinutes(5);

    private final LongSupplier nanoTime;
    private final Map<Position, Dated<V>> values = new LinkedHashMap<>(16, 0.75f, true); // in the order of use

    private record Position(URI list, long offset) {}

    private record Dated<V>(V value, long since) {}

    /** @param nanoTime a monotonic clock in nanoseconds */
    Recent(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    synchronized Optional<V> find(URI list, long offset) {
        return Optional.ofNullable(values.get(new Position(list, offset)))
                .filter(dated -> nanoTime.getAsLong() - dated.since() < LIFE.toNanos())
                .map(Dated::value);
    }

    synchronized void remember(URI list, long offset, V value) {
        values.put(new Position(list, offset), new Dated<>(value, nanoTime.getAsLong()));
        if (values.size() > MAX_VALUES) {
            values.keySet().remove(values.keySet().iterator().next());
        }
    }

    synchronized void forget(URI list) {
        values.keySet().removeIf(position -> position.list().equals(list));
    }
}
