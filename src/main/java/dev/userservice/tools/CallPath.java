package dev.userservice.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.audit.AuditLog;
import dev.userservice.call.ApiAnswer;
import dev.userservice.limit.DisclosureBudget.Counted;
import dev.userservice.model.Call;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Json;
import dev.userservice.model.Outcome;
import dev.userservice.tools.CallRequest.Admission;
import dev.userservice.validate.Arguments;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * The one path that every call takes: validate, limit, call, sanitize, audit. Whether the first four end, are overtaken
 * by the deadline or are taken back: the fifth follows, once.
 *
 * <p>Who may wait: validate and limit, the deadline and the cancellation run on the timer's thread, where nothing ever
 * blocks; the disclosure budget, which limit asks before the call and charges after sanitize, on the counter's thread;
 * call and sanitize on a place at the API; audit on the recorder's thread.
 */
final class CallPath {

    /** The longest a call waits for its turn. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Stages stages;
    private final CallRequest request;
    private final Optional<Tool> tool;
    private final Call call;

    /** Written on the timer's thread by the first stage, read by those that follow from it. */
    private Optional<Arguments> arguments = Optional.empty();

    /** What the budget is charged with; touched on the counter's thread alone. */
    private Optional<Counted> counted = Optional.empty();

    /** @param tool the tool that the request names, where it is offered */
    CallPath(Stages stages, CallRequest request, Optional<Tool> tool, Call call) {
        this.stages = stages;
        this.request = request;
        this.tool = tool;
        this.call = call;
    }

    /** Sets out, on the timer's thread; the deadline and a cancellation can end the first four stages. */
    void begin() {
        CompletableFuture<Outcome.Success> result = CompletableFuture.completedFuture(null)
                .thenRun(this::validate)
                .thenCompose(valid -> limit())
                .thenRunAsync(stages.budget()::requireSome, stages.counter())
                .thenCompose(some -> call())
                .thenApply(this::sanitize)
                .thenApplyAsync(this::disclose, stages.counter());
        Future<?> deadline = after(
                call.remaining(),
                () -> result.completeExceptionally(
                        new CallFailure(ErrorCode.UPSTREAM_TIMEOUT, "the call's time limit was reached")
                                .remedy("find what takes so long, or raise USER_SERVICE_CALL_TIMEOUT_MS")));
        call.onEnd(() ->
                result.completeExceptionally(new CallFailure(ErrorCode.CANCELLED, "the client cancelled the call")));
        result.whenComplete((success, failure) -> {
            deadline.cancel(false);
            call.end();
            stages.recorder().execute(() -> end(audit(success, failure)));
        });
    }

    private void validate() {
        arguments = tool.flatMap(known -> request.arguments().map(known.input()::check));
        if (request.admission() == Admission.MALFORMED || request.name().isEmpty()) {
            throw failure(ErrorCode.INVALID_PARAMS);
        }
        if (tool.isEmpty()) {
            throw failure(ErrorCode.UNKNOWN_TOOL);
        }
        arguments.orElseThrow(() -> failure(ErrorCode.INVALID_PARAMS)).requireAccepted();
    }

    private CompletableFuture<Void> limit() {
        if (request.admission() == Admission.NO_ROOM) {
            throw new CallFailure(ErrorCode.RATE_LIMITED, "too many calls under way or answers unread")
                    .retryAfter(PATIENCE);
        }
        Duration left = call.remaining();
        Duration wait = stages.limiter().reserve(left.compareTo(PATIENCE) < 0 ? left : PATIENCE);
        CompletableFuture<Void> turn = new CompletableFuture<>();
        if (wait.isZero()) {
            turn.complete(null);
        } else {
            Future<?> alarm = after(wait, () -> turn.complete(null));
            call.onEnd(() -> alarm.cancel(false));
        }
        return turn;
    }

    private CompletableFuture<ApiAnswer> call() {
        return stages.api().get(tool.orElseThrow().request().apply(arguments.orElseThrow()), call);
    }

    private Outcome.Success sanitize(ApiAnswer answer) {
        stages.api().refreshToken(); // the API may say one that came while it answered
        Tool known = tool.orElseThrow();
        JsonNode record = known.shape().apply(arguments.orElseThrow(), answer);
        ObjectNode content = Json.object();
        int cleaned = known.output().copy(record, content, stages.cleaner());
        return new Outcome.Success(content, known.disclosed().applyAsInt(content), cleaned);
    }

    /** Counts what is about to leave; of a call that is over nothing leaves. */
    private Outcome.Success disclose(Outcome.Success success) {
        if (call.hasEnded()) {
            throw failure(ErrorCode.CANCELLED);
        }
        int most = tool.orElseThrow().most().applyAsInt(arguments.orElseThrow());
        counted = Optional.of(stages.budget().disclose(success.records(), most));
        return success;
    }

    /** Writes the line, then returns the outcome; never throws. The line decides whether a cancellation is in time. */
    private Outcome audit(Outcome.Success success, Throwable failure) {
        try {
            Outcome reached = failure == null ? success : Failures.outcome(CallFailure.unwrapped(failure), tool, call);
            ObjectNode recorded = arguments.map(Arguments::recorded).orElseGet(Json::object);
            stages.api().refreshToken(); // the caller may have said one that no request has used yet
            stages.audit()
                    .append(() -> new AuditLog.Entry(
                            call, request.client(), request.name(), recorded, call.settle() ? reached : cancelled()));
            return call.isCancelled() ? cancelled() : reached;
        } catch (Throwable t) {
            CallFailure unrecorded = t instanceof CallFailure known
                    ? known
                    : new CallFailure(ErrorCode.AUDIT_UNAVAILABLE, "the audit line could not be made", t);
            return call.isCancelled() ? cancelled() : Failures.outcome(unrecorded, tool, call);
        }
    }

    /**
     * Tells the outcome. What was counted and does not leave is taken back, after the call's other business on that
     * thread: it has ended, so nothing is counted after that. Where it cannot be, the future keeps the failure to
     * itself: too much is counted then.
     */
    private void end(Outcome outcome) {
        call.outcome().complete(outcome);
        if (outcome instanceof Outcome.Failure) {
            CompletableFuture.runAsync(() -> counted.ifPresent(stages.budget()::takeBack), stages.counter());
        }
    }

    private Outcome cancelled() {
        return Failures.describe(failure(ErrorCode.CANCELLED), tool, call);
    }

    private Future<?> after(Duration wait, Runnable action) {
        return stages.timer().schedule(action, wait.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static CallFailure failure(ErrorCode code) {
        return new CallFailure(code, code.label());
    }
}
