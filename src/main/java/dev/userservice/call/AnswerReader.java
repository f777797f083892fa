package dev.userservice.call;

import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** Hands an answer's bytes to the parser as they arrive, and hangs up at the first byte too many or out of place. */
final class AnswerReader implements BodySubscriber<ApiAnswer> {

  private final CompletableFuture<ApiAnswer> answer = new CompletableFuture<>();
  private final AnswerParser parser;
  private final long maxBytes;
  private long bytes;
  private Flow.Subscription subscription;

  AnswerReader(Selection selection, long maxBytes) {
    this.parser = new AnswerParser(selection);
    this.maxBytes = maxBytes;
  }

  @Override
  public CompletionStage<ApiAnswer> getBody() {
    return answer;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    this.subscription = subscription;
    subscription.request(1);
  }

  @Override
  public void onNext(List<ByteBuffer> pieces) {
    try {
      for (ByteBuffer piece : pieces) {
        bytes += piece.remaining();
        if (bytes > maxBytes) {
          throw new CallFailure(ErrorCode.UPSTREAM_CONTRACT, "the answer is longer than the configured limit");
        }
        parser.feed(piece);
      }
      subscription.request(1);
    } catch (Throwable t) {
      answer.completeExceptionally(t);
      subscription.cancel();
    }
  }

  @Override
  public void onError(Throwable cut) {
    answer.completeExceptionally(cutShort(cut));
  }

  /** Whichever way the client tells of it: an answer that had begun does not come to its end. */
  static CallFailure cutShort(Throwable cut) {
    return new CallFailure(ErrorCode.UPSTREAM_CONTRACT, "the answer was cut short", cut);
  }

  @Override
  public void onComplete() {
    try {
      answer.complete(parser.finish());
    } catch (Throwable t) {
      answer.completeExceptionally(t);
    }
  }
}
