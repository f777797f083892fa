package dev.userservice.call;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Remembers how lists begin and where calls have left off lately, the 64 of each used last, for 5 minutes: numbers,
 * addresses and fingerprints, never data. Forgetting one costs requests. Thread-safe; its monitor guards both maps.
 */
final class Continuations {

    private static final int MAX_OF_A_KIND = 64;
    private static final Duration LIFE = Duration.ofMinutes(5);

    private final LongSupplier nanoTime;
    private final Map<Position, Dated> beginnings = new LinkedHashMap<>(16, 0.75f, true); // in the order of use
    private final Map<Position, Dated> places = new LinkedHashMap<>(16, 0.75f, true); // likewise

    private record Position(URI list, long offset) {}

    private record Dated(Object place, long since) {}

    /** @param nanoTime a monotonic clock in nanoseconds */
    Continuations(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Returns what is remembered of a list after so many records, if it is of this kind. */
    synchronized <T> Optional<T> find(Class<T> kind, URI list, long offset) {
        return Optional.ofNullable(known(offset).get(new Position(list, offset)))
                .filter(dated -> nanoTime.getAsLong() - dated.since() < LIFE.toNanos())
                .map(Dated::place)
                .filter(kind::isInstance)
                .map(kind::cast);
    }

    synchronized void remember(URI list, long offset, Object place) {
        Map<Position, Dated> known = known(offset);
        known.put(new Position(list, offset), new Dated(place, nanoTime.getAsLong()));
        if (known.size() > MAX_OF_A_KIND) {
            known.keySet().remove(known.keySet().iterator().next());
        }
    }

    /** Lists whose parts have numbers begin at 0; no call leaves off there. */
    private Map<Position, Dated> known(long offset) {
        return offset == 0 ? beginnings : places;
    }

    /** Forgets a list: the API has said something that does not go with what is remembered. */
    synchronized void forget(URI list) {
        beginnings.keySet().removeIf(position -> position.list().equals(list));
        places.keySet().removeIf(position -> position.list().equals(list));
    }
}
