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
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * The attempts at one request of a call, one after another: wait until calls are let through, queue for a place, send,
 * judge the answer, and once more where that can help and the deadline leaves time. A wait that would outlast the
 * deadline is not begun, and no wait, be it for a token, holds a place.
 */
final class Attempts {

    private final UserApi.Access api;
    private final URI address;
    private final Selection selection;
    private final Call call;
    private final CompletableFuture<Attempts> start = new CompletableFuture<>();
    private final CompletableFuture<Fetched> result = start.thenCompose(Attempts::queue);
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

    /** Returns what comes of it; whatever a step meets fails it, on whichever thread. */
    CompletableFuture<Fetched> begin() {
        start.complete(this);
        return result;
    }

    /** Queues for a place, as soon as calls are let through. */
    private CompletableFuture<Fetched> queue() {
        return queueAfter(
                Duration.ZERO, new CallFailure(ErrorCode.UPSTREAM_UNAVAILABLE, "the API asked callers to wait"));
    }

    /** Queues once {@code pause} is over and calls are let through, or fails at once where the deadline comes first. */
    private CompletableFuture<Fetched> queueAfter(Duration pause, CallFailure otherwise) {
        Duration wait = Collections.max(List.of(pause, api.holdBack().remaining()));
        if (wait.isZero()) {
            api.circuit().refusal().ifPresent(Attempts::refuse);
            return CompletableFuture.supplyAsync(this::attempt, api.places()).thenCompose(Function.identity());
        }
        if (wait.compareTo(call.remaining()) >= 0) {
            throw withHoldBack(otherwise);
        }
        CompletableFuture<Attempts> over = new CompletableFuture<>();
        Future<?> alarm = api.timer().schedule(() -> over.complete(this), wait.toNanos(), TimeUnit.NANOSECONDS);
        call.onEnd(() -> alarm.cancel(false));
        return over.thenCompose(Attempts::queue);
    }

    /** Runs on a place. It may have come late, so whether calls are let through is asked again. */
    private CompletableFuture<Fetched> attempt() {
        if (call.hasEnded()) {
            return new CompletableFuture<>(); // for which nobody waits any more
        }
        if (!api.holdBack().remaining().isZero()) {
            return queue();
        }
        CompletableFuture<Secret> token = awaited.orElseGet(() -> api.tokens().current(api));
        if (token.isDone()) {
            return token.thenCompose(this::attempt);
        }
        awaited = Optional.of(token);
        return token.thenCompose(known -> queue()); // again, since no place is held meanwhile
    }

    private CompletableFuture<Fetched> attempt(Secret token) {
        Verdict verdict = send(token);
        api.holdBack().hold(verdict.retryAfter());
        return switch (verdict.next()) {
            case DONE -> finish(verdict);
            case RETRY -> retry(verdict);
            case NEW_TOKEN -> retryWithNewToken(verdict, token);
        };
    }

    private Verdict send(Secret token) {
        HttpRequest request = api.settings().request(address, call, token);
        Attempt attempt = new Attempt(api, request, selection, api.settings().maxResponseBytes(), call);
        api.circuit().tryPass(attempt).ifPresent(Attempts::refuse);
        attempt.verdict().thenAccept(verdict -> {
            api.circuit().report(attempt, verdict.health());
            if (verdict.next() == Verdict.Next.DONE) { // a failure is told though this thread should go on hanging
                verdict.failure().map(this::withHoldBack).ifPresent(result::completeExceptionally);
            }
        });
        attempt.run();
        return attempt.verdict().join();
    }

    private CompletableFuture<Fetched> finish(Verdict verdict) {
        return CompletableFuture.completedFuture(verdict.answer()
                .orElseThrow(() -> withHoldBack(verdict.failure().orElseThrow())));
    }

    private CompletableFuture<Fetched> retry(Verdict verdict) {
        if (retries == api.settings().retries()) {
            return finish(verdict);
        }
        api.circuit().refusal().ifPresent(Attempts::refuse);
        retries++;
        return queueAfter(backoff(retries, api.random()), verdict.failure().orElseThrow());
    }

    /** Exponential back-off with full jitter: before the first retry 0 to 200 ms, at most 2 s. */
    static Duration backoff(int retry, RandomGenerator random) {
        return Duration.ofMillis(random.nextLong(Math.min(2000, 200L << (retry - 1)) + 1));
    }

    private CompletableFuture<Fetched> retryWithNewToken(Verdict verdict, Secret refused) {
        if (tokenReplaced) {
            return finish(verdict);
        }
        tokenReplaced = true;
        CompletableFuture<Secret> replacement = api.tokens().replacement(refused, api);
        awaited = Optional.of(replacement).filter(token -> !token.isDone());
        return replacement.thenCompose(other -> other.equals(refused) ? finish(verdict) : queue());
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
}
