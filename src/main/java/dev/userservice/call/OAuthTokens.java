package dev.userservice.call;

import dev.userservice.model.Call;
import dev.userservice.model.CallFailure;
import dev.userservice.model.DaemonThreads;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Redactor;
import dev.userservice.model.Secret;
import dev.userservice.model.TraceContext;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Tokens by OAuth 2.0 client credentials (RFC 6749, 4.4): one request for a token at a time, made when a call needs one
 * and none is good; all calls that wait share what becomes of it. Each request is an {@link Attempt} on a thread of its
 * own, so that a call can be given up while the request goes on for the others. Thread-safe: its state is guarded by
 * its lock, under which nothing blocks and no call goes on.
 */
public final class OAuthTokens implements TokenSource {

    /** RFC 6749, 5.2: with these a token endpoint objects to the client, its secret or the scope. */
    private static final Set<Integer> CLIENT_REFUSED = Set.of(400, 401, 403);

    private static final DaemonThreads THREADS = new DaemonThreads("waiting-for-the-token-endpoint");

    /** What can be the endpoint's trouble as well as the API's; anything else is an answer without a token. */
    private static final Map<ErrorCode, String> TROUBLE = Map.of(
            ErrorCode.UPSTREAM_UNAVAILABLE, "no connection",
            ErrorCode.UPSTREAM_TIMEOUT, "no answer in time",
            ErrorCode.INTERNAL, "an unexpected error");

    private final OAuthSettings settings;
    private final SecretSource clientSecret;
    private final Redactor redactor;
    private final LongSupplier nanoTime;
    private Optional<Secret> token = Optional.empty();
    private long renewAt;

    /** Those who wait, in the order they came; while there is one, a token is being got. */
    private List<CompletableFuture<Secret>> waiting = new ArrayList<>();

    /** @param nanoTime a monotonic clock in nanoseconds, by which tokens age */
    public OAuthTokens(OAuthSettings settings, Redactor redactor, LongSupplier nanoTime) {
        this.settings = settings;
        this.redactor = redactor;
        this.nanoTime = nanoTime;
        this.clientSecret = settings.secretFile()
                .map(file -> SecretSource.file("client secret", file, redactor::knowClientSecret))
                .orElseGet(() -> SecretSource.fixed(settings.secret().orElseThrow(), redactor::knowClientSecret));
    }

    @Override
    public synchronized CompletableFuture<Secret> current(UserApi.Access api) {
        return token.filter(good -> renewAt - nanoTime.getAsLong() > 0)
                .map(CompletableFuture::completedFuture)
                .orElseGet(() -> join(api));
    }

    /** Forgets the refused token first, unless another call has had it replaced already. */
    @Override
    public synchronized CompletableFuture<Secret> replacement(Secret refused, UserApi.Access api) {
        token = token.filter(held -> !held.equals(refused));
        return current(api);
    }

    @Override
    public void refresh() {
        clientSecret.refresh();
    }

    private CompletableFuture<Secret> join(UserApi.Access api) {
        CompletableFuture<Secret> outcome = new CompletableFuture<>();
        waiting.add(outcome);
        if (waiting.size() == 1) {
            ask(api, 0);
        }
        return outcome;
    }

    /** @param retries how many requests have failed before */
    private void ask(UserApi.Access api, int retries) {
        guarded(() -> THREADS.newThread(() -> guarded(() -> post(api, retries))).start());
    }

    private void post(UserApi.Access api, int retries) {
        // A call of its own, so that no tool call counts this request, is said to have its status, or ends it.
        Call call = new Call("token", TraceContext.NONE, api.settings().timeout(), nanoTime);
        long asked = nanoTime.getAsLong();
        HttpRequest request =
                settings.request(clientSecret.readAnew(), api.settings().userAgent());
        Attempt attempt = new Attempt(api, request, Grant.SELECTION, 64 * 1024, call);
        attempt.verdict().thenAccept(verdict -> guarded(() -> follow(verdict, api, retries, call, asked)));
        attempt.run();
    }

    private void follow(Verdict verdict, UserApi.Access api, int retries, Call call, long asked) {
        if (verdict.answer().isPresent()) {
            settle(Grant.of(verdict.answer().get().records().get(0)), asked);
        } else if (verdict.next() == Verdict.Next.RETRY
                && retries < api.settings().retries()) {
            Duration pause = Attempts.backoff(retries + 1, api.random());
            api.timer().schedule(() -> ask(api, retries + 1), pause.toNanos(), TimeUnit.NANOSECONDS);
        } else {
            throw failure(verdict.failure().orElseThrow(), call);
        }
    }

    private void settle(Grant grant, long asked) {
        redactor.know(grant.token()); // before anybody can say it
        List<CompletableFuture<Secret>> served;
        synchronized (this) {
            token = Optional.of(grant.token());
            renewAt = asked + grant.use().toNanos();
            served = endWait();
        }
        served.forEach(call -> call.complete(grant.token()));
    }

    private synchronized List<CompletableFuture<Secret>> endWait() {
        List<CompletableFuture<Secret>> all = waiting;
        waiting = new ArrayList<>();
        return all;
    }

    /** Says where a failure was, and names the status that was the reason. */
    private static CallFailure failure(CallFailure failure, Call call) {
        ErrorCode code = TROUBLE.containsKey(failure.code()) ? failure.code() : ErrorCode.UPSTREAM_DENIED;
        int status = call.httpStatus().orElse(200);
        String reason = status == 200 ? TROUBLE.getOrDefault(failure.code(), failure.getMessage()) : "HTTP " + status;
        CallFailure restated = failure.restated(code, "the token endpoint gave no token: " + reason);
        boolean unexplained =
                !CLIENT_REFUSED.contains(status) && failure.remedy().isEmpty();
        // Where a token was denied before any answer, TLS was refused.
        String andTrust = failure.code() == ErrorCode.UPSTREAM_DENIED ? " and INTERNAL_API_CA_FILE" : "";
        return code == ErrorCode.UPSTREAM_DENIED && unexplained
                ? restated.remedy("check INTERNAL_API_OAUTH_TOKEN_URL" + andTrust)
                : restated;
    }

    /** Whatever a step meets ends the wait: nobody may be forgotten between two threads. */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (Throwable t) {
            endWait().forEach(call -> call.completeExceptionally(t));
        }
    }
}
