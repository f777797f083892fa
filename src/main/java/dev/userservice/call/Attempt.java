package dev.userservice.call;

import dev.userservice.model.Call;
import dev.userservice.model.Secret;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.regex.Pattern;

/** One request and its answer, read to the end within one time limit; hangs up when the limit or the call ends. */
final class Attempt {

  /** RFC 9110, 8.6: one number of decimal digits. */
  private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

  private final UserApi api;
  private final ApiRequest request;
  private final Call call;
  private final CompletableFuture<Void> hungUp = new CompletableFuture<>();
  private volatile Optional<ResponseInfo> seen = Optional.empty();
  private volatile boolean timedOut;
  private volatile Optional<ProtocolException> badLength = Optional.empty();

  Attempt(UserApi api, ApiRequest request, Call call) {
    this.api = api;
    this.request = request;
    this.call = call;
  }

  /** Sends the request with {@code token}; the future never fails, the verdict says what happened. */
  CompletableFuture<Verdict> send(Secret token) {
    HttpRequest http = api.httpRequest(request, call, token);
    call.countAttempt();
    CompletableFuture<HttpResponse<ApiAnswer>> exchange = api.client().sendAsync(http, this::body);
    Duration limit = api.settings().timeout();
    Duration left = call.remaining();
    Future<?> alarm =
        api.after(
            left.compareTo(limit) < 0 ? left : limit,
            () -> {
              timedOut = true;
              hungUp.complete(null);
            });
    call.onEnd(() -> hungUp.complete(null));
    hungUp.thenRun(() -> exchange.cancel(true)); // HttpClient: cancelling the future ends the exchange
    return exchange.handle(
        (response, trouble) -> {
          alarm.cancel(false);
          return trouble == null ? judge(response) : judge(trouble);
        });
  }

  private BodySubscriber<ApiAnswer> body(ResponseInfo info) {
    seen = Optional.of(info);
    call.httpStatus(info.statusCode());
    List<String> lengths = info.headers().allValues("Content-Length");
    if (lengths.size() > 1 || lengths.stream().anyMatch(length -> !LENGTH.matcher(length).matches())) {
      badLength = Optional.of(new ProtocolException("Content-Length"));
      hungUp.complete(null); // of one that is no number the client would leave the connection open for ever
    }
    return info.statusCode() == 200
        ? new AnswerReader(request.selection(), api.settings().maxResponseBytes())
        : new Discarded();
  }

  private Verdict judge(HttpResponse<ApiAnswer> response) {
    return response.statusCode() == 200 ? Verdict.of(response.body()) : byStatus(response.statusCode());
  }

  private Verdict judge(Throwable trouble) {
    boolean wrapped = trouble instanceof CompletionException && trouble.getCause() != null;
    Throwable cause = wrapped ? trouble.getCause() : trouble;
    Optional<Integer> status = seen.map(ResponseInfo::statusCode);
    if (status.isPresent() && status.get() != 200) {
      return byStatus(status.get()); // the status says it all, whatever became of the body
    }
    if (badLength.isPresent()) {
      return Verdict.of(badLength.get());
    }
    if (timedOut || call.hasEnded()) {
      return call.isCancelled() ? Verdict.cancelled() : Verdict.timedOut();
    }
    boolean cut = status.isPresent() && cause instanceof IOException;
    return Verdict.of(cut ? AnswerReader.cutShort(cause) : cause);
  }

  private Verdict byStatus(int status) {
    Duration retryAfter =
        RetryPolicy.isTransient(status)
            ? seen.flatMap(info -> info.headers().firstValue("Retry-After"))
                .map(header -> RetryAfter.parse(header, api.clock().instant()))
                .orElse(Duration.ZERO)
            : Duration.ZERO;
    return Verdict.of(status, retryAfter);
  }
}
