package dev.userservice.call;

import dev.userservice.call.Fingerprints.Edges;
import java.net.URI;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Where calls have left off lately, by the list's address: numbers, addresses and fingerprints, never data. Forgetting
 * one costs requests and changes no result. Thread-safe.
 */
final class Continuations {

    private final Recent<URI, Beginning> beginnings;
    private final Recent<Position, Edges> edges;
    private final Recent<Position, LinkedAnswer> answers;
    private final Fingerprints fingerprints = new Fingerprints();

    /**
     * How a list begins.
     *
     * @param first its first record's fingerprint
     * @param size how many records its first answer held
     */
    record Beginning(long first, long size) {}

    private record Position(URI list, long offset) {}

    /** @param nanoTime a monotonic clock in nanoseconds */
    Continuations(LongSupplier nanoTime) {
        this.beginnings = new Recent<>(nanoTime);
        this.edges = new Recent<>(nanoTime);
        this.answers = new Recent<>(nanoTime);
    }

    Fingerprints fingerprints() {
        return fingerprints;
    }

    Optional<Beginning> beginning(URI list) {
        return beginnings.find(list);
    }

    void remember(URI list, Beginning beginning) {
        beginnings.remember(list, beginning);
    }

    /** Returns the edges of the answer before the one in which a list goes on at {@code offset}. */
    Optional<Edges> edgesBefore(URI list, long offset) {
        return edges.find(new Position(list, offset));
    }

    void remember(URI list, long offset, Edges before) {
        edges.remember(new Position(list, offset), before);
    }

    /** Returns the answer in which a list goes on at {@code offset}. */
    Optional<LinkedAnswer> answer(URI list, long offset) {
        return answers.find(new Position(list, offset));
    }

    void remember(URI list, long offset, LinkedAnswer answer) {
        answers.remember(new Position(list, offset), answer);
    }

    /** Forgets a list: the API has said something that does not go with what is remembered. */
    void forget(URI list) {
        beginnings.forget(list::equals);
        edges.forget(position -> position.list().equals(list));
        answers.forget(position -> position.list().equals(list));
    }
}
