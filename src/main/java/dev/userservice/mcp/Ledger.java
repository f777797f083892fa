package dev.userservice.mcp;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * The requests accepted and not yet answered, and the messages not yet written. Each request has a key of its own,
 * whatever its id, so an answer that comes late cannot be taken for another's; each is closed once. Thread-safe.
 */
final class Ledger {

  /** Messages that wait to be written before the reader waits for the writer. */
  private static final int MAX_UNWRITTEN = 20_000;

  /** Characters of them, likewise. */
  private static final long MAX_UNWRITTEN_CHARACTERS = 16 * 1024 * 1024;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<Long, Entry> open = new HashMap<>();
  private final Map<String, Long> keys = new HashMap<>();
  private long lastKey;
  private final Deque<Integer> lengths = new ArrayDeque<>();
  private int unwritten;
  private long unwrittenCharacters;
  private boolean cancelling;

  private static final class Entry {
    private final String id;
    private Runnable cancel = () -> {};

    Entry(String id) {
      this.id = id;
    }
  }

  /** Opens a request; returns its key, or nothing where its id is still in flight. */
  OptionalLong open(String id) {
    lock.lock();
    try {
      if (keys.containsKey(id)) {
        return OptionalLong.empty();
      }
      lastKey++;
      open.put(lastKey, new Entry(id));
      keys.put(id, lastKey);
      return OptionalLong.of(lastKey);
    } finally {
      lock.unlock();
    }
  }

  /** Says how an open request is taken back; at once where all are being taken back. */
  void cancellable(long key, Runnable cancel) {
    boolean now;
    lock.lock();
    try {
      Entry entry = open.get(key);
      if (entry != null) {
        entry.cancel = cancel;
      }
      now = cancelling && entry != null;
    } finally {
      lock.unlock();
    }
    if (now) {
      cancel.run();
    }
  }

  /** Closes a request to answer it; returns its id, or nothing where it is closed already. */
  Optional<String> answer(long key) {
    lock.lock();
    try {
      Optional<String> id = remove(key);
      unwritten += id.isPresent() ? 1 : 0;
      return id;
    } finally {
      lock.unlock();
    }
  }

  /** Closes a request that gets no answer; returns whether it was open. */
  boolean drop(long key) {
    lock.lock();
    try {
      return remove(key).isPresent();
    } finally {
      lock.unlock();
    }
  }

  private Optional<String> remove(long key) {
    Entry entry = open.remove(key);
    if (entry == null) {
      return Optional.empty();
    }
    keys.remove(entry.id);
    changed.signalAll();
    return Optional.of(entry.id);
  }

  /** Takes back the request with this id, if it is open. */
  void cancel(String id) {
    Optional<Runnable> cancel;
    lock.lock();
    try {
      cancel = Optional.ofNullable(keys.get(id)).map(key -> open.get(key).cancel);
    } finally {
      lock.unlock();
    }
    cancel.ifPresent(Runnable::run);
  }

  /** Takes back every open request, and every one opened from now on. */
  void cancelAll() {
    List<Runnable> cancels = new ArrayList<>();
    lock.lock();
    try {
      cancelling = true;
      open.values().forEach(entry -> cancels.add(entry.cancel));
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    cancels.forEach(Runnable::run);
  }

  /** Counts a message that answers no open request, before it is handed to the writer. */
  void sending() {
    lock.lock();
    try {
      unwritten++;
    } finally {
      lock.unlock();
    }
  }

  /** Notes the length of a message counted before, in the order in which they are written. */
  void queued(int characters) {
    lock.lock();
    try {
      lengths.add(characters);
      unwrittenCharacters += characters;
    } finally {
      lock.unlock();
    }
  }

  /** Counts the first message in the queue as written. */
  void written() {
    lock.lock();
    try {
      unwritten--;
      unwrittenCharacters -= lengths.remove();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits while too much waits to be written: a client that does not read is not read from. */
  void awaitRoom() {
    lock.lock();
    try {
      while ((unwritten > MAX_UNWRITTEN || unwrittenCharacters > MAX_UNWRITTEN_CHARACTERS) && !cancelling) {
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until every request is closed and every message written, for {@code longest} at most; tells whether they
   * are.
   */
  boolean awaitQuiet(Duration longest) {
    return await(() -> open.isEmpty() && unwritten == 0, longest);
  }

  /** Waits until every request is closed, for {@code longest} at most; messages may never be written any more. */
  void awaitClosed(Duration longest) {
    await(open::isEmpty, longest);
  }

  private boolean await(BooleanSupplier condition, Duration longest) {
    long left = longest.toNanos();
    lock.lock();
    try {
      while (!condition.getAsBoolean() && left > 0) {
        left = changed.awaitNanos(left);
      }
      return condition.getAsBoolean();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }
}
