package dev.userservice.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
final class LedgerTest {

  private static final int MIB = 1024 * 1024;

  private final Ledger ledger = new Ledger();

  @Test
  void closesARequestOnce() {
    long key = ledger.open("1").getAsLong();
    assertEquals(OptionalLong.empty(), ledger.open("1"), "in flight");
    assertEquals(Optional.of("1"), ledger.answer(key));
    assertEquals(Optional.empty(), ledger.answer(key));
    assertFalse(ledger.drop(key));
    assertTrue(ledger.open("1").isPresent(), "free again");
  }

  @Test
  void holdsTheReaderBackWhileTooMuchIsUnwritten() throws Exception {
    for (int i = 0; i < 2; i++) {
      ledger.sending();
      ledger.queued(8 * MIB + 1);
    }
    CompletableFuture<Void> reader = CompletableFuture.runAsync(ledger::awaitRoom);
    assertThrows(TimeoutException.class, () -> reader.get(50, TimeUnit.MILLISECONDS));
    ledger.written();
    reader.get();
  }

  @Test
  void holdsNobodyBackOnceAllIsTakenBack() {
    ledger.sending();
    ledger.queued(17 * MIB);
    ledger.cancelAll();
    ledger.awaitRoom();
  }
}
