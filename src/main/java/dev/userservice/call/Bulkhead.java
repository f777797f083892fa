package dev.userservice.call;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/**
 * The places at the API: at most so many requests at a time, given out in the order they were asked for. Thread-safe.
 */
final class Bulkhead {

  private final Queue<CompletableFuture<Void>> waiting = new ArrayDeque<>();
  private int free;

  Bulkhead(int places) {
    this.free = places;
  }

  /** Returns a place, now or when one is free. Whoever receives it gives it back; completing the future declines it. */
  CompletableFuture<Void> acquire() {
    CompletableFuture<Void> place = new CompletableFuture<>();
    synchronized (this) {
      if (free == 0) {
        waiting.add(place);
        return place;
      }
      free--;
    }
    place.complete(null);
    return place;
  }

  /** Gives a place back: the first in the queue that still wants it has it now. */
  void release() {
    CompletableFuture<Void> next;
    do {
      synchronized (this) {
        next = waiting.poll();
        if (next == null) {
          free++;
          return;
        }
      }
    } while (!next.complete(null));
  }
}
