package dev.userservice.tools;

import dev.userservice.model.Call;
import dev.userservice.model.Outcome;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A call under way.
 *
 * @param outcome how it ended, known once its audit line is written; never fails
 * @param workers runs what a cancellation sets off
 */
public record RunningCall(Call call, CompletableFuture<Outcome> outcome, Executor workers) {

  /** Takes the call back, unless its audit line is written already: then its outcome stands. Never blocks. */
  public void cancel() {
    workers.execute(call::cancel);
  }
}
