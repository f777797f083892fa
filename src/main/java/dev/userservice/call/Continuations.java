package dev.userservice.call;

import dev.userservice.call.Fingerprints.Edges;
import java.net.URI;
import java.util.function.LongSupplier;

/**
 * Where calls have left off lately, by the list's address: numbers, addresses and fingerprints, never data. Forgetting
 * one costs requests and changes no result. Thread-safe.
 *
 * @param edges those of the answer before the one in which a list goes on
 * @param answers those in which a list goes on
 */
record Continuations(
        Recent<URI, Beginning> beginnings,
        Recent<Position, Edges> edges,
        Recent<Position, LinkedAnswer> answers,
        Fingerprints fingerprints) {

    /** How a list begins: its first record's fingerprint, and how many records its first answer held. */
    record Beginning(long first, long size) {}

    /** Where a list goes on, after so many records. */
    record Position(URI list, long offset) {}

    /** @param nanoTime a monotonic clock in nanoseconds */
    Continuations(LongSupplier nanoTime) {
        this(new Recent<>(nanoTime), new Recent<>(nanoTime), new Recent<>(nanoTime), new Fingerprints());
    }

    /** Forgets a list: the API has said something that does not go with what is remembered. */
    void forget(URI list) {
        beginnings.forget(list::equals);
        edges.forget(position -> position.list().equals(list));
        answers.forget(position -> position.list().equals(list));
    }
}
