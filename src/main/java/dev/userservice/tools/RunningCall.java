package dev.userservice.tools;

import dev.userservice.model.Call;
import dev.userservice.model.Outcome;
import java.util.concurrent.CompletableFuture;

/**
 * A call under way.
 *
 * @param outcome how it ended, known once its audit line is written; never fails
 */
public record RunningCall(Call call, CompletableFuture<Outcome> outcome) {

  /** Takes the call back, unless its audit line is written already: then its outcome stands. */
  public void cancel() {
    call.cancel();
  }
}
