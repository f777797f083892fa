package dev.userservice.call;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/** Remembers the 64 values used last, each for 5 minutes. Thread-safe; its monitor guards the map. */
final class Recent<K, V> {

    private static final int MAX_VALUES = 64;
    private static final Duration LIFE = Duration.ofMinutes(5);

    private final LongSupplier nanoTime;
    private final Map<K, Dated<V>> values = new LinkedHashMap<>(16, 0.75f, true); // in the order of use

    private record Dated<V>(V value, long since) {}

    /** @param nanoTime a monotonic clock in nanoseconds */
    Recent(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    synchronized Optional<V> find(K key) {
        Dated<V> dated = values.get(key);
        boolean young = dated != null && nanoTime.getAsLong() - dated.since() < LIFE.toNanos();
        return young ? Optional.of(dated.value()) : Optional.empty();
    }

    synchronized void remember(K key, V value) {
        values.put(key, new Dated<>(value, nanoTime.getAsLong()));
        if (values.size() > MAX_VALUES) {
            values.keySet().remove(values.keySet().iterator().next());
        }
    }

    synchronized void forget(Predicate<K> which) {
        values.keySet().removeIf(which);
    }
}
