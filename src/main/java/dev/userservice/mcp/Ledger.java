package dev.userservice.mcp;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The requests accepted and not yet answered, the messages not yet written, and the memory they hold together. Each
 * request has a key of its own, whatever its id, so an answer that comes late cannot be taken for another's; each is
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

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Long, Entry> open = new HashMap<>();
    private final Map<String, Long> keys = new HashMap<>();
    private final Deque<Long> unwritten = new ArrayDeque<>();
    private long lastKey;
    private long held;
    private boolean released;

    private static final class Entry {
        private final String id;
        private long held;
        private boolean reserved;
        private Runnable cancel = () -> {};

        Entry(String id, long held) {
            this.id = id;
            this.held = held;
        }
    }

    /**
     * Opens a request; returns its key, or nothing where its id is still in flight.
     *
     * @param bytes what the request holds until it is closed
     */
    OptionalLong open(String id, long bytes) {
        return locked(() -> {
            if (keys.containsKey(id)) {
                return OptionalLong.empty();
            }
            lastKey++;
            open.put(lastKey, new Entry(id, bytes));
            keys.put(id, lastKey);
            held += bytes;
            return OptionalLong.of(lastKey);
        });
    }

    /**
     * Reserves room for the longest answer an open request can have, until that is written or the request is dropped;
     * returns whether there is room beside all others. What the request holds itself is in memory already and does not
     * count against it.
     */
    boolean reserve(long key, long bytes) {
        return locked(() -> {
            Entry entry = open.get(key);
            boolean fits = held - entry.held + bytes <= MAX_BYTES - SPARE_BYTES;
            if (fits) {
                entry.reserved = true;
                entry.held += bytes;
                held += bytes;
            }
            return fits;
        });
    }

    /** Says how an open request is cancelled; a request that is closed by now needs nothing. */
    void cancellable(long key, Runnable cancel) {
        locked(() -> Optional.ofNullable(open.get(key)).ifPresent(entry -> entry.cancel = cancel));
    }

    /** Cancels the request with this id, if it is open. */
    void cancel(String id) {
        locked(() -> Optional.ofNullable(keys.get(id)).map(key -> open.get(key).cancel))
                .ifPresent(Runnable::run);
    }

    /** Returns the id of an open request. */
    Optional<String> id(long key) {
        return locked(() -> Optional.ofNullable(open.get(key)).map(entry -> entry.id));
    }

    /**
     * Closes a request by an answer, the next to be written; returns false where it is closed already. The answer holds
     * its own bytes, or else what was reserved for it.
     */
    boolean answer(long key, int bytes) {
        return locked(() -> {
            Optional<Entry> closed = remove(key);
            closed.ifPresent(entry -> enqueue(entry.reserved ? entry.held : bytes + MESSAGE_BYTES));
            return closed.isPresent();
        });
    }

    /** Closes a request that gets no answer; returns whether it was open. */
    boolean drop(long key) {
        return locked(() -> remove(key).isPresent());
    }

    /** Counts a message that answers no open request, the next to be written. */
    void send(int bytes) {
        locked(() -> enqueue(bytes + MESSAGE_BYTES));
    }

    /** Counts the first message in the queue as written. */
    void written() {
        locked(() -> {
            held -= unwritten.remove();
            changed.signalAll();
        });
    }

    /** Waits while too much is held: a client that does not read is not read from. */
    void awaitRoom() {
        locked(() -> await(() -> released || held < MAX_BYTES));
    }

    /** Waits until every request is closed and every message written. */
    void awaitQuiet() {
        locked(() -> await(this::isQuiet));
    }

    /** Waits for the same, for {@code longest} at most. */
    void awaitQuiet(Duration longest) {
        locked(() -> {
            long left = longest.toNanos();
            try {
                while (!isQuiet() && left > 0) {
                    left = changed.awaitNanos(left);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Lets everybody go who waits here, now and later: nothing will be written any more. */
    void release() {
        locked(() -> {
            released = true;
            changed.signalAll();
        });
    }

    private void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            changed.awaitUninterruptibly();
        }
    }

    private boolean isQuiet() {
        return released || open.isEmpty() && unwritten.isEmpty();
    }

    private Optional<Entry> remove(long key) {
        Optional<Entry> entry = Optional.ofNullable(open.remove(key));
        entry.ifPresent(closed -> {
            keys.remove(closed.id);
            held -= closed.held;
            changed.signalAll();
        });
        return entry;
    }

    private void enqueue(long bytes) {
        unwritten.add(bytes);
        held += bytes;
    }

    private void locked(Runnable action) {
        locked(() -> {
            action.run();
            return Optional.empty();
        });
    }

    private <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }
}
