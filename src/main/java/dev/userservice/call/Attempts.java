package dev.userservice.call;

import dev.userservice.model.Call;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Secret;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The attempts at one request of a call, one after another: wait until calls are let through, queue for a place, send,
 * judge the answer, and once more where that can help and the deadline leaves time. A wait that would outlast the
 * deadline is not begun, and no wait, be it for a token, holds a place.
 */
final class Attempts {

    private static final long FIRST_BACKOFF_MILLIS = 200;
    private static final long MAX_BACKOFF_MILLIS = 2000;

    private final UserApi.Access api;
    private final URI address;
    private final Selection selection;
    private final Call call;
    private final CompletableFuture<Fetched> result = new CompletableFuture<>();
    private int retries;
    private boolean tokenReplaced;

    /** The token that the call had to wait for; it may be good for no other call. */
    private Optional<CompletableFuture<Secret>> awaited = Optional.empty();

    Attempts(UserApi.Access api, URI address, Selection selection, Call call) {
        this.api = api;
        this.address = address;
        this.selection = selection;
        this.call = call;
    }

    CompletableFuture<Fetched> begin() {
        guarded(this::queue);
        return result;
    }

    /** Queues for a place, as soon as calls are let through. */
    private void queue() {
        queueAfter(
                Duration.ZERO, () -> new CallFailure(ErrorCode.UPSTREAM_UNAVAILABLE, "the API asked callers to wait"));
    }

    /** Queues once {@code pause} is over and calls are let through, or fails at once where the deadline comes first. */
    private void queueAfter(Duration pause, Supplier<CallFailure> otherwise) {
        Duration wait = Collections.max(List.of(pause, api.holdBack().remaining()));
        if (wait.isZero()) {
            api.circuit().refusal().ifPresent(Attempts::refuse);
            api.places().execute(() -> guarded(this::attempt));
        } else if (wait.compareTo(call.remaining()) < 0) {
            Future<?> alarm = api.timer().schedule(() -> guarded(this::queue), wait.toNanos(), TimeUnit.NANOSECONDS);
            call.onEnd(() -> alarm.cancel(false));
        } else {
            throw withHoldBack(otherwise.get());
        }
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
        CompletableFuture<Secret> token = awaited.orElseGet(() -> api.tokens().current(api));
        if (token.isDone()) {
            withToken(token, this::attempt);
        } else {
            awaited = Optional.of(token);
            withToken(token, known -> queue()); // again, since no place is held meanwhile
        }
    }

    /** Goes on with a token as soon as it is there, on this thread or the one that got it. */
    private void withToken(CompletableFuture<Secret> token, Consumer<Secret> step) {
        token.whenComplete((known, failure) -> {
            if (failure == null) {
                guarded(() -> step.accept(known));
            } else {
                result.completeExceptionally(failure);
            }
        });
    }

    private void attempt(Secret token) {
        Verdict verdict = send(token);
        api.holdBack().hold(verdict.retryAfter());
        switch (verdict.next()) {
            case DONE -> finish(verdict);
            case RETRY -> retry(verdict);
            case NEW_TOKEN -> retryWithNewToken(verdict, token);
        }
    }

    private Verdict send(Secret token) {
        HttpRequest request = ApiHeaders.request(api.settings(), address, call, token);
        Attempt attempt = new Attempt(api, request, selection, api.settings().maxResponseBytes(), call);
        api.circuit().tryPass(attempt).ifPresent(Attempts::refuse);
        Verdict.Health health = Verdict.Health.UNKNOWN;
        try {
            Verdict verdict = attempt.run();
            health = verdict.health();
            return verdict;
        } finally {
            api.circuit().report(attempt, health);
        }
    }

    private void finish(Verdict verdict) {
        verdict.answer().ifPresent(result::complete);
        verdict.failure().map(this::withHoldBack).ifPresent(result::completeExceptionally);
    }

    private void retry(Verdict verdict) {
        if (retries == api.settings().retries()) {
            finish(verdict);
        } else {
            api.circuit().refusal().ifPresent(Attempts::refuse);
            retries++;
            queueAfter(backoff(retries, api.random()), verdict.failure()::orElseThrow);
        }
    }

    /** Exponential back-off with full jitter, before the first retry 0 to 200 ms. */
    static Duration backoff(int retry, RandomGenerator random) {
        long ceiling = Math.min(MAX_BACKOFF_MILLIS, FIRST_BACKOFF_MILLIS << (retry - 1));
        return Duration.ofMillis(random.nextLong(ceiling + 1));
    }

    private void retryWithNewToken(Verdict verdict, Secret refused) {
        if (tokenReplaced) {
            finish(verdict);
            return;
        }
        tokenReplaced = true;
        CompletableFuture<Secret> replacement = api.tokens().replacement(refused, api);
        awaited = Optional.of(replacement).filter(token -> !token.isDone());
        withToken(replacement, other -> {
            if (other.equals(refused)) {
                finish(verdict);
            } else {
                queue();
            }
        });
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
