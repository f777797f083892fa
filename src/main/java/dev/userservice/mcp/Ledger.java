package dev.userservice.mcp;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The requests accepted and not yet answered, the messages not yet written, and the memory they hold together. Each
 * request has an entry of its own, whatever its id, so an answer that comes late cannot be taken for another's; each is
 * closed once. What is held exceeds 64 MiB by no more than the line in hand. Thread-safe: one lock guards everything,
 * and no code of others runs under it.
 */
final class Ledger {

    /** Bytes held before the reader waits for what is held to become less. */
    static final long MAX_BYTES = 64L * 1024 * 1024;

    /** Bytes of these that reservations leave to small answers: refusals, errors, pings. */
    static final long SPARE_BYTES = 16L * 1024 * 1024;

    /** What a message that waits takes up beside its bytes. */
    static final long MESSAGE_BYTES = 128;

    private final Map<String, Entry> open = new HashMap<>();
    private final Deque<Long> unwritten = new ArrayDeque<>();
    private long held;
    private boolean released;

    /** A request from its acceptance on; what changes in it is the ledger's. */
    static final class Entry {
        private final String id;
        private long held;
        private boolean reserved;
        private Runnable cancel = () -> {};

        private Entry(String id, long held) {
            this.id = id;
            this.held = held;
        }

        /** Returns its id, as JSON text. */
        String id() {
            return id;
        }
    }

    /** Opens a request that holds {@code bytes} until closed; returns nothing where its id is in flight. */
    synchronized Optional<Entry> open(String id, long bytes) {
        if (open.containsKey(id)) {
            return Optional.empty();
        }
        Entry entry = new Entry(id, bytes);
        open.put(id, entry);
        held += bytes;
        return Optional.of(entry);
    }

    /**
     * Reserves room for the longest answer an open request can have, until that is written or the request is dropped;
     * returns whether there is room beside all others. What the request holds itself is in memory already and does not
     * count against it.
     */
    synchronized boolean reserve(Entry entry, long bytes) {
        boolean fits = held - entry.held + bytes <= MAX_BYTES - SPARE_BYTES;
        if (fits) {
            entry.reserved = true;
            entry.held += bytes;
            held += bytes;
        }
        return fits;
    }

    /** Says how an open request is cancelled; a request that is closed by now needs nothing. */
    synchronized void cancellable(Entry entry, Runnable cancel) {
        entry.cancel = cancel;
    }

    /** Cancels the request with this id, if it is open. */
    void cancel(String id) {
        Optional<Runnable> cancel;
        synchronized (this) {
            cancel = Optional.ofNullable(open.get(id)).map(entry -> entry.cancel);
        }
        cancel.ifPresent(Runnable::run);
    }

    synchronized boolean isOpen(Entry entry) {
        return open.get(entry.id) == entry;
    }

    /**
     * Closes a request by an answer, the next to be written; returns false where it is closed already. The answer holds
     * its own bytes, or else what was reserved for it.
     */
    synchronized boolean answer(Entry entry, int bytes) {
        boolean closed = drop(entry);
        if (closed) {
            enqueue(entry.reserved ? entry.held : bytes + MESSAGE_BYTES);
        }
        return closed;
    }

    /** Closes a request that gets no answer; returns whether it was open. */
    synchronized boolean drop(Entry entry) {
        boolean closed = open.remove(entry.id, entry);
        if (closed) {
            held -= entry.held;
            notifyAll();
        }
        return closed;
    }

    /** Counts a message that answers no open request, the next to be written. */
    synchronized void send(int bytes) {
        enqueue(bytes + MESSAGE_BYTES);
    }

    /** Counts the first message in the queue as written. */
    synchronized void written() {
        held -= unwritten.remove();
        notifyAll();
    }

    /** Waits while too much is held: a client that does not read is not read from. */
    synchronized void awaitRoom() {
        await(() -> released || held < MAX_BYTES);
    }

    /** Waits until every request is closed and every message written. */
    synchronized void awaitQuiet() {
        await(() -> released || open.isEmpty() && unwritten.isEmpty());
    }

    /** Lets everybody go who waits here, now and later: nothing will be written any more. */
    synchronized void release() {
        released = true;
        notifyAll();
    }

    /** Waits on through interruptions, which are restored: they end reading, not the wait for answers. */
    private void await(BooleanSupplier condition) {
        boolean interrupted = false;
        while (!condition.getAsBoolean()) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void enqueue(long bytes) {
        unwritten.add(bytes);
        held += bytes;
    }
}
