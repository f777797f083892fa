package dev.userservice.call;

import java.net.URI;
import java.util.function.LongSupplier;

/**
 * Where calls have left off lately: numbers, addresses and fingerprints, never data. Forgetting one costs requests and
 * changes no result. Thread-safe.
 *
 * @param parts what is known where a list goes on by number; at 0, how it begins
 * @param answers those in which a list goes on by next addresses
 */
record Continuations(Recent<Seen> parts, Recent<LinkedAnswer> answers, Fingerprints fingerprints) {

    /** @param nanoTime a monotonic clock in nanoseconds */
    Continuations(LongSupplier nanoTime) {
        this(new Recent<>(nanoTime), new Recent<>(nanoTime), new Fingerprints());
    }

    /** Forgets a list: the API has said something that does not go with what is remembered. */
    void forget(URI list) {
        parts.forget(list);
        answers.forget(list);
    }
}
