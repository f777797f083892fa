package dev.userservice.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class BulkheadTest {

  private final Bulkhead bulkhead = new Bulkhead(2);

  @Test
  void givesOutOnlyAsManyPlacesAsThereAre() {
    assertEquals("now, now, waits, waits", states(List.of(place(), place(), place(), place())));
  }

  @Test
  void givesPlacesInTheOrderTheyWereAskedFor() {
    List<CompletableFuture<Void>> places = List.of(place(), place(), place(), place(), place());
    bulkhead.release();
    assertEquals("now, now, now, waits, waits", states(places));
    bulkhead.release();
    assertEquals("now, now, now, now, waits", states(places));
  }

  @Test
  void passesOverThoseWhoNoLongerWait() {
    List<CompletableFuture<Void>> places = List.of(place(), place(), place(), place(), place());
    places.get(2).cancel(false);
    places.get(3).cancel(false);
    bulkhead.release();
    assertTrue(places.get(4).isDone());
  }

  @Test
  void keepsAPlaceThatNobodyWaitsFor() {
    List<CompletableFuture<Void>> places = List.of(place(), place(), place());
    places.get(2).cancel(false);
    bulkhead.release();
    assertEquals("now, waits", states(List.of(place(), place())));
  }

  @Test
  void neverGivesOutMoreUnderContention() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<CompletableFuture<Object>> visits = new ArrayList<>();
      for (int i = 0; i < 5_000; i++) {
        boolean givesUp = i % 3 == 0;
        visits.add(
            CompletableFuture.supplyAsync(() -> visit(inside, most, givesUp, threads), threads)
                .thenCompose(stay -> stay.handle((done, gaveUp) -> done)));
      }
      CompletableFuture.allOf(visits.toArray(CompletableFuture[]::new)).get(20, TimeUnit.SECONDS);
    } finally {
      threads.shutdown();
      assertTrue(threads.awaitTermination(20, TimeUnit.SECONDS));
    }
    assertTrue(most.get() <= 2, () -> most + " at a time");
    assertEquals("now, now, waits", states(List.of(place(), place(), place())), "every place came back");
  }

  private CompletableFuture<Void> visit(
      AtomicInteger inside, AtomicInteger most, boolean givesUp, ExecutorService threads) {
    CompletableFuture<Void> place = bulkhead.acquire();
    CompletableFuture<Void> stay =
        place.thenRunAsync(
            () -> {
              most.accumulateAndGet(inside.incrementAndGet(), Math::max);
              Thread.yield();
              inside.decrementAndGet();
              bulkhead.release();
            },
            threads);
    if (givesUp) {
      place.cancel(false);
    }
    return stay;
  }

  private CompletableFuture<Void> place() {
    return bulkhead.acquire();
  }

  private static String states(List<CompletableFuture<Void>> places) {
    Stream<String> states = places.stream().map(place -> place.isDone() ? "now" : "waits");
    return String.join(", ", states.toList());
  }
}
