package dev.userservice.call;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** Reads past the body of an answer whose status says it all, up to 16 KiB so that the connection can be used again. */
final class Discarded implements BodySubscriber<ApiAnswer> {

  private static final long WORTH_READING_BYTES = 16 * 1024;

  private final CompletableFuture<ApiAnswer> end = new CompletableFuture<>();
  private long bytes;
  private Flow.Subscription subscription;

  @Override
  public CompletionStage<ApiAnswer> getBody() {
    return end;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    this.subscription = subscription;
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> pieces) {
    for (ByteBuffer piece : pieces) {
      bytes += piece.remaining();
    }
    if (bytes > WORTH_READING_BYTES) {
      subscription.cancel();
      onComplete();
    }
  }

  @Override
  public void onError(Throwable cut) {
    onComplete();
  }

  @Override
  public void onComplete() {
    end.complete(null);
  }
}
