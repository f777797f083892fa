package dev.userservice.call;

import dev.userservice.model.Call;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Secret;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/**
 * One call's attempts, one after another: wait until calls are let through, queue for a place, send, judge the answer,
 * and once more where that can help and the deadline leaves time. A wait that would outlast the deadline is not begun,
 * and no wait holds a place.
 */
final class Attempts {

    private final ApiAccess api;
    private final ApiRequest request;
    private final Call call;
    private final CompletableFuture<ApiAnswer> result = new CompletableFuture<>();
    private int retries;
    private boolean tokenReplaced;

    Attempts(ApiAccess api, ApiRequest request, Call call) {
        this.api = api;
        this.request = request;
        this.call = call;
    }

    CompletableFuture<ApiAnswer> begin() {
        guarded(this::queue);
        return result;
    }

    /** Queues for a place, as soon as calls are let through. */
    private void queue() {
        Duration held = api.holdBack().remaining();
        if (!held.isZero()) {
            waitThenQueue(held, new CallFailure(ErrorCode.UPSTREAM_UNAVAILABLE, "the API asked to be left alone"));
            return;
        }
        api.circuit().refusal().ifPresent(Attempts::refuse);
        api.places().execute(() -> guarded(this::attempt));
    }

    /** Runs on a place. It may have come late, so whether calls are let through is asked again. */
    private void attempt() {
        if (call.hasEnded()) {
            return;
        }
        if (!api.holdBack().remaining().isZero()) {
            queue();
            return;
        }
        Secret token = api.tokens().current();
        Attempt attempt = new Attempt(api, request, call);
        api.circuit().tryPass(attempt).ifPresent(Attempts::refuse);
        follow(send(attempt, token), token);
    }

    private Verdict send(Attempt attempt, Secret token) {
        Verdict.Health health = Verdict.Health.UNKNOWN;
        try {
            Verdict verdict = attempt.run(token);
            health = verdict.health();
            return verdict;
        } finally {
            api.circuit().report(attempt, health);
        }
    }

    private void follow(Verdict verdict, Secret token) {
        if (verdict.retryAfter().compareTo(Duration.ZERO) > 0) {
            api.holdBack().hold(verdict.retryAfter());
        }
        switch (verdict.next()) {
            case DONE -> finish(verdict);
            case RETRY -> retry(verdict);
            case NEW_TOKEN -> retryWithNewToken(verdict, token);
        }
    }

    private void finish(Verdict verdict) {
        result.complete(verdict.answer()
                .orElseThrow(() -> withHoldBack(verdict.failure().orElseThrow())));
    }

    private void retry(Verdict verdict) {
        if (retries == api.settings().retries()) {
            finish(verdict);
            return;
        }
        api.circuit().refusal().ifPresent(Attempts::refuse);
        retries++;
        Duration backoff = RetryPolicy.backoff(retries, api.random());
        Duration held = api.holdBack().remaining();
        waitThenQueue(
                backoff.compareTo(held) > 0 ? backoff : held, verdict.failure().orElseThrow());
    }

    private void retryWithNewToken(Verdict verdict, Secret refused) {
        if (tokenReplaced || api.tokens().replacement(refused).isEmpty()) {
            finish(verdict);
            return;
        }
        tokenReplaced = true;
        queue();
    }

    /** Goes on after {@code wait}, or fails at once where the deadline comes first. */
    private void waitThenQueue(Duration wait, CallFailure otherwise) {
        if (wait.compareTo(call.remaining()) >= 0) {
            throw withHoldBack(otherwise);
        }
        Future<?> alarm = api.after(wait, () -> guarded(this::queue));
        call.onEnd(() -> alarm.cancel(false));
    }

    /** Says how long the API wants to be left alone, where it said so. */
    private CallFailure withHoldBack(CallFailure failure) {
        Duration held = api.holdBack().remaining();
        return failure.code() == ErrorCode.UPSTREAM_UNAVAILABLE && !held.isZero() ? failure.retryAfter(held) : failure;
    }

    private static void refuse(Duration open) {
        CallFailure refusal =
                new CallFailure(ErrorCode.UPSTREAM_UNAVAILABLE, "the circuit is open: the API keeps failing");
        throw open.isZero() ? refusal : refusal.retryAfter(open);
    }

    /** Whatever a step meets ends the call: nothing may be lost between two threads. */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (Throwable t) {
            result.completeExceptionally(t);
        }
    }
}
