package dev.userservice.call;

import dev.userservice.model.Call;
import dev.userservice.model.CallFailure;
import dev.userservice.model.DaemonThreads;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The internal user API: GET only, one origin only (but for getting a token), redirects never followed, at most the
 * configured number of requests at a time and never two for one call. Thread-safe; {@link #get} never blocks.
 *
 * <p>The places at the API are threads: an attempt is blocking code on one of them from its first line to its last, so
 * a place cannot be kept by anything that is not sending.
 */
public final class UserApi {

    private final Access access;
    private final Continuations continuations;
    private final Supplier<HttpClient> connect;
    private Optional<HttpClient> client = Optional.empty();

    /**
     * What the attempts of all calls share.
     *
     * @param client the HTTP client, made when it is first asked for
     * @param places runs each attempt on a thread of its own, in the order they were asked for
     * @param timer runs what must happen in its time, and never blocks
     */
    record Access(
            ApiSettings settings,
            TokenSource tokens,
            Supplier<HttpClient> client,
            ExecutorService places,
            ScheduledExecutorService timer,
            Circuit circuit,
            HoldBack holdBack,
            Clock clock,
            RandomGenerator random) {}

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
        this.connect = connect;
        this.continuations = new Continuations(nanoTime);
        ExecutorService places =
                Executors.newFixedThreadPool(settings.maxConcurrentCalls(), new DaemonThreads("waiting-for-the-api"));
        Circuit circuit = new Circuit(nanoTime);
        HoldBack holdBack = new HoldBack(nanoTime);
        this.access = new Access(settings, tokens, this::client, places, timer, circuit, holdBack, clock, random);
    }

    /**
     * Asks the API, for as many answers as it takes one after another, trying again where that can help, until the call
     * ends; fails with a {@link CallFailure}.
     */
    public CompletableFuture<ApiAnswer> get(ApiRequest request, Call call) {
        BiFunction<URI, Selection, CompletableFuture<Fetched>> api =
                (address, selection) -> new Attempts(access, address, selection, call).begin();
        return new Walk(request, access.settings().base(), api, continuations).begin();
    }

    /** Sees to it that a token or secret rotated in its file is redacted from now on, whoever says it. */
    public void refreshToken() {
        access.tokens().refresh();
    }

    /** Makes the HTTP client, which takes 100 ms and no network, before the first call needs it. */
    public void prepare() {
        client();
    }

    /** Lets the process end at once; calls made afterwards fail. */
    public void close() {
        access.places().shutdownNow();
        Connection.endSelectors();
    }

    private synchronized HttpClient client() {
        if (client.isEmpty()) {
            client = Optional.of(connect.get());
        }
        return client.get();
    }
}
