package dev.userservice.call;

import dev.userservice.model.Call;
import dev.userservice.model.Secret;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The internal user API: GET only, one origin only, redirects never followed, at most the configured number of requests
 * at a time and never two for one call. Thread-safe; {@link #get} never blocks.
 *
 * <p>The places at the API are threads: an attempt is blocking code on one of them from its first line to its last, so
 * a place cannot be kept by anything that is not sending.
 */
public final class UserApi {

    private final ApiSettings settings;
    private final TokenSource tokens;
    private final Supplier<HttpClient> connect;
    private final ScheduledExecutorService timer;
    private final ExecutorService places;
    private final Clock clock;
    private final RandomGenerator random;
    private final Circuit circuit;
    private final HoldBack holdBack;
    private HttpClient client;

    /**
     * @param connect makes the client, at the first call
     * @param timer runs what follows a wait, and time limits
     * @param nanoTime a monotonic clock in nanoseconds
     */
    public UserApi(
            ApiSettings settings,
            TokenSource tokens,
            Supplier<HttpClient> connect,
            ScheduledExecutorService timer,
            LongSupplier nanoTime,
            Clock clock,
            RandomGenerator random) {
        this.settings = settings;
        this.tokens = tokens;
        this.connect = connect;
        this.timer = timer;
        this.places = Executors.newFixedThreadPool(settings.maxConcurrentCalls(), UserApi::place);
        this.clock = clock;
        this.random = random;
        this.circuit = new Circuit(nanoTime);
        this.holdBack = new HoldBack(nanoTime);
    }

    /**
     * Asks the API, trying again where that can help, until the call ends.
     *
     * @return what was selected of the answer, or a {@link dev.userservice.model.CallFailure}
     */
    public CompletableFuture<ApiAnswer> get(ApiRequest request, Call call) {
        return new Attempts(this, request, call).begin();
    }

    /** Sees to it that a token rotated in its file is redacted from now on, whoever says it. */
    public void refreshToken() {
        tokens.refresh();
    }

    /** Makes the HTTP client, which takes 100 ms and no network, before the first call needs it. */
    public void prepare() {
        client();
    }

    /** Lets the process end at once; calls made afterwards fail. */
    public synchronized void close() {
        places.shutdownNow();
        if (client != null) {
            Connection.endSelectors();
        }
    }

    synchronized HttpClient client() {
        if (client == null) {
            client = connect.get();
        }
        return client;
    }

    ApiSettings settings() {
        return settings;
    }

    TokenSource tokens() {
        return tokens;
    }

    RandomGenerator random() {
        return random;
    }

    Clock clock() {
        return clock;
    }

    Circuit circuit() {
        return circuit;
    }

    HoldBack holdBack() {
        return holdBack;
    }

    /** Runs each attempt on a place of its own, in the order they were asked for. */
    Executor places() {
        return places;
    }

    /** Runs {@code action}, which never blocks, after {@code wait}, unless the returned future is cancelled before. */
    ScheduledFuture<?> after(Duration wait, Runnable action) {
        return timer.schedule(action, wait.toNanos(), TimeUnit.NANOSECONDS);
    }

    HttpRequest httpRequest(ApiRequest request, Call call, Secret token) {
        String scheme = settings.authScheme().isEmpty() ? "" : settings.authScheme() + " ";
        HttpRequest.Builder http = HttpRequest.newBuilder(URI.create(settings.base() + request.target()))
                .GET()
                .setHeader("Accept", "application/json")
                .setHeader("User-Agent", settings.userAgent())
                .setHeader("X-Request-Id", call.id())
                .setHeader(settings.authHeader(), scheme + token.reveal());
        call.traceparent().filter(TraceContext::isTraceparent).ifPresent(trace -> http.setHeader("traceparent", trace));
        return http.build();
    }

    private static Thread place(Runnable attempts) {
        Thread thread = new Thread(attempts, "waiting-for-the-api");
        thread.setDaemon(true);
        return thread;
    }
}
