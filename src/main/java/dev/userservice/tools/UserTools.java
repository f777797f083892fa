package dev.userservice.tools;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.audit.AuditEntry;
import dev.userservice.audit.AuditLog;
import dev.userservice.call.ApiAnswer;
import dev.userservice.call.UserApi;
import dev.userservice.limit.RateLimiter;
import dev.userservice.model.Call;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Json;
import dev.userservice.model.Outcome;
import dev.userservice.sanitize.TextCleaner;
import dev.userservice.tools.CallRequest.Admission;
import dev.userservice.validate.Arguments;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tools offered, and the one path that every call takes: validate, limit, call, sanitize, audit. Each call ends
 * once, by its deadline at the latest, and its audit line is written before its outcome is known to anybody.
 *
 * <p>Who may wait: the timer's thread runs the first two stages, deadlines and cancellations, and nothing on it ever
 * blocks. A call waits for the API, and has its answer sanitized, on a place at the API; its line is written on the
 * recorder's one thread. Thread-safe; no method but {@link #close} blocks its caller.
 */
public final class UserTools {

  /** The longest a call waits for its turn. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** What calls that are over may need to be recorded. */
  private static final Duration SLACK = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(UserTools.class);

  private final List<Tool> tools;
  private final RateLimiter limiter;
  private final UserApi api;
  private final TextCleaner cleaner;
  private final AuditLog audit;
  private final Duration callTimeout;
  private final ScheduledExecutorService timer;
  private final Executor recorder;
  private final LongSupplier nanoTime;
  private final Set<Call> underWay = ConcurrentHashMap.newKeySet();

  /**
   * @param callTimeout one call from its acceptance, waits and retries included
   * @param timer runs what must happen in its time
   * @param recorder writes audit lines, one after another
   * @param nanoTime a monotonic clock in nanoseconds
   */
  public UserTools(
      List<Tool> tools,
      RateLimiter limiter,
      UserApi api,
      TextCleaner cleaner,
      AuditLog audit,
      Duration callTimeout,
      ScheduledExecutorService timer,
      Executor recorder,
      LongSupplier nanoTime) {
    this.tools = List.copyOf(tools);
    this.limiter = limiter;
    this.api = api;
    this.cleaner = cleaner;
    this.audit = audit;
    this.callTimeout = callTimeout;
    this.timer = timer;
    this.recorder = recorder;
    this.nanoTime = nanoTime;
  }

  public List<Tool> tools() {
    return tools;
  }

  /** Returns the tools as they are published, byte for byte the same from run to run. */
  public ArrayNode publish() {
    ArrayNode published = JsonNodeFactory.instance.arrayNode();
    tools.forEach(tool -> published.add(tool.publish()));
    return published;
  }

  public Optional<Tool> find(String name) {
    return tools.stream().filter(tool -> tool.name().equals(name)).findFirst();
  }

  /** Accepts a request and starts its call. Whatever is asked for, the call has an id and leaves an audit line. */
  public Call accept(CallRequest request) {
    Call call = new Call(audit.nextCallId(), request.traceparent(), callTimeout, nanoTime);
    underWay.add(call);
    CompletableFuture<Outcome.Success> result = new CompletableFuture<>();
    Future<?> deadline = after(callTimeout, () -> result.completeExceptionally(
        new CallFailure(ErrorCode.UPSTREAM_TIMEOUT, "the call's time was over")));
    call.onEnd(() -> result.completeExceptionally(failure(ErrorCode.CANCELLED)));
    result.whenComplete(
        (success, failure) -> {
          deadline.cancel(false);
          call.end();
          recorder.execute(() -> conclude(request, call, success, failure));
        });
    timer.execute(() -> run(request, call, result));
    return call;
  }

  /** Takes a call back, unless its audit line is written already: then its outcome stands. */
  public void cancel(Call call) {
    timer.execute(call::cancel);
  }

  /**
   * Ends all calls: gives those under way {@code grace}, cancels the rest, and returns when all are recorded. None may be
   * accepted any more.
   */
  public void close(Duration grace) {
    if (!awaitOutcomes(grace)) {
      underWay.forEach(this::cancel);
      awaitOutcomes(SLACK);
    }
  }

  private boolean awaitOutcomes(Duration longest) {
    CompletableFuture<?>[] outcomes = underWay.stream().map(Call::outcome).toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(outcomes).get(longest.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e); // an outcome never fails
    }
  }

  /** The first four stages; the fifth follows whatever comes of them. */
  private void run(CallRequest request, Call call, CompletableFuture<Outcome.Success> result) {
    try {
      Checked checked = validate(request);
      limit(request, call)
          .thenCompose(turn -> call(checked, call))
          .thenApply(answer -> sanitize(checked, answer))
          .whenComplete((success, failure) -> complete(result, success, failure));
    } catch (Throwable t) {
      result.completeExceptionally(t);
    }
  }

  /** A call that may go on. */
  private record Checked(Tool tool, Arguments arguments) {}

  private Checked validate(CallRequest request) {
    if (request.admission() == Admission.MALFORMED) {
      throw failure(ErrorCode.INVALID_PARAMS);
    }
    String name = request.name().orElseThrow(() -> failure(ErrorCode.INVALID_PARAMS));
    Tool tool = find(name).orElseThrow(() -> failure(ErrorCode.UNKNOWN_TOOL));
    ObjectNode given = request.arguments().orElseThrow(() -> failure(ErrorCode.INVALID_PARAMS));
    return new Checked(tool, tool.input().check(given));
  }

  private CompletableFuture<Void> limit(CallRequest request, Call call) {
    if (request.admission() == Admission.NO_ROOM) {
      throw new CallFailure(ErrorCode.RATE_LIMITED, "too much under way or unread").retryAfter(PATIENCE);
    }
    Duration left = call.remaining();
    Duration wait = limiter.reserve(left.compareTo(PATIENCE) < 0 ? left : PATIENCE);
    CompletableFuture<Void> turn = new CompletableFuture<>();
    if (wait.isZero()) {
      turn.complete(null);
    } else {
      Future<?> alarm = after(wait, () -> turn.complete(null));
      call.onEnd(() -> alarm.cancel(false));
    }
    return turn;
  }

  private CompletableFuture<ApiAnswer> call(Checked checked, Call call) {
    return api.get(checked.tool().request().apply(checked.arguments()), call);
  }

  private Outcome.Success sanitize(Checked checked, ApiAnswer answer) {
    api.refreshToken(); // the API may say one that came while it answered
    Tool tool = checked.tool();
    ObjectNode content = Json.object();
    int cleaned = tool.output().copy(tool.shape().apply(checked.arguments(), answer), content, cleaner);
    return new Outcome.Success(content, tool.disclosed().applyAsInt(content), cleaned);
  }

  /** The last stage, on the recorder's thread; never throws. */
  private void conclude(CallRequest request, Call call, Outcome.Success success, Throwable failure) {
    Outcome outcome = audit(request, call, success, failure);
    underWay.remove(call);
    call.outcome().complete(outcome);
  }

  /** Writes the line and only then returns the outcome. The line decides whether a cancellation came in time. */
  private Outcome audit(CallRequest request, Call call, Outcome.Success success, Throwable failure) {
    Optional<Tool> tool = request.name().flatMap(this::find);
    Outcome reached = failure == null ? success : failed(failure, tool, call);
    Outcome cancelled = ErrorTexts.outcome(failure(ErrorCode.CANCELLED), tool, call);
    api.refreshToken(); // the caller may have said one that no request has used yet
    try {
      audit.append(
          () -> new AuditEntry(
              call, request.client(), request.name(), recorded(request, tool), call.settle() ? reached : cancelled));
      return call.isCancelled() ? cancelled : reached;
    } catch (Throwable t) {
      CallFailure unrecorded =
          t instanceof CallFailure known
              ? known
              : new CallFailure(ErrorCode.AUDIT_UNAVAILABLE, "the audit line could not be made", t);
      return call.isCancelled() ? cancelled : failed(unrecorded, tool, call);
    }
  }

  private static ObjectNode recorded(CallRequest request, Optional<Tool> tool) {
    return tool.flatMap(known -> request.arguments().map(known.input()::recorded)).orElseGet(Json::object);
  }

  private static Outcome failed(Throwable thrown, Optional<Tool> tool, Call call) {
    Throwable cause = thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
    CallFailure failure =
        cause instanceof CallFailure known ? known : new CallFailure(ErrorCode.INTERNAL, "an unexpected error", cause);
    call.failed(failure);
    report(failure, call);
    return ErrorTexts.outcome(failure, tool, call);
  }

  /** For the operator: which call, stage and code, and the kind of trouble; never a value or an upstream byte. */
  private static void report(CallFailure failure, Call call) {
    String kind = failure.getCause() == null ? "" : " (" + failure.getCause().getClass().getSimpleName() + ")";
    switch (failure.code()) {
      case INVALID_INPUT, UNKNOWN_TOOL, INVALID_PARAMS, NOT_FOUND, RATE_LIMITED, CANCELLED -> LOG.debug(
          "call {} ended in {}: {}", call.id(), failure.code().stage().label(), failure.code().label());
      case UPSTREAM_UNAVAILABLE, UPSTREAM_TIMEOUT, UPSTREAM_DENIED, UPSTREAM_CONTRACT -> LOG.warn(
          "call {} failed in {}: {}, {}{}",
          call.id(), failure.code().stage().label(), failure.code().label(), failure.getMessage(), kind);
      case AUDIT_UNAVAILABLE, INTERNAL -> LOG.error(
          "call {} failed in {}: {}, {}{}",
          call.id(), failure.code().stage().label(), failure.code().label(), failure.getMessage(), kind);
    }
  }

  private static void complete(
      CompletableFuture<Outcome.Success> result, Outcome.Success success, Throwable failure) {
    if (failure == null) {
      result.complete(success);
    } else {
      result.completeExceptionally(failure);
    }
  }

  private Future<?> after(Duration wait, Runnable action) {
    return timer.schedule(action, wait.toNanos(), TimeUnit.NANOSECONDS);
  }

  private static CallFailure failure(ErrorCode code) {
    return new CallFailure(code, code.label());
  }
}
