package dev.userservice;

import dev.userservice.call.ApiSettings;
import dev.userservice.call.Connection;
import dev.userservice.call.Proxies;
import dev.userservice.call.SecretSource;
import dev.userservice.call.TokenSource;
import dev.userservice.call.UserApi;
import dev.userservice.model.Redactor;
import dev.userservice.model.Secret;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Makes {@link UserApi}s that ask a server on loopback over real HTTP, as the program wires them, but for the time. */
public final class UserApiFactory implements AutoCloseable {

    static {
        // Read once, when the first client is made; Main sets it too.
        System.setProperty("jdk.httpclient.redirects.retrylimit", "1");
    }

    public static final Secret TOKEN = new Secret("token-0123456789abcdef");

    /** The shortest back-off every time: none. */
    public static final RandomGenerator SHORTEST = () -> 0;

    /** The longest back-off every time. */
    public static final RandomGenerator LONGEST = new RandomGenerator() {
        @Override
        public long nextLong() {
            return -1;
        }

        @Override
        public long nextLong(long bound) {
            return bound - 1;
        }
    };

    private final ManualTime time = new ManualTime();
    private final Redactor redactor = new Redactor();
    private final List<UserApi> opened = new CopyOnWriteArrayList<>();

    /** Returns settings as they are by default: 5 seconds an attempt, two retries, 16 MiB, eight places. */
    public static ApiSettings settings(URI base) {
        return settings(base, 2, 16 * 1024 * 1024, 8);
    }

    public static ApiSettings settings(URI base, int retries, long maxBodyBytes, int places) {
        return new ApiSettings(
                base,
                "Authorization",
                "Bearer",
                Duration.ofSeconds(3),
                Duration.ofSeconds(5),
                retries,
                maxBodyBytes,
                places,
                "user-service/1.0.0");
    }

    /** Returns an API at {@code settings}, with a fixed token and without back-off. */
    public UserApi open(ApiSettings settings) {
        return open(settings, SecretSource.fixed(TOKEN, redactor::know), SHORTEST);
    }

    /** Returns an API that sends through the client that {@code connect} makes. */
    public UserApi open(ApiSettings settings, Supplier<HttpClient> connect) {
        return open(settings, SecretSource.fixed(TOKEN, redactor::know), SHORTEST, connect);
    }

    public UserApi open(ApiSettings settings, TokenSource tokens, RandomGenerator random) {
        return open(
                settings,
                tokens,
                random,
                () -> Connection.open(settings, Optional.empty(), new Proxies(Map.of(), Map.of())));
    }

    private UserApi open(
            ApiSettings settings, TokenSource tokens, RandomGenerator random, Supplier<HttpClient> connect) {
        UserApi api = new UserApi(settings, tokens, connect, time, time, time.clock(), random);
        opened.add(api);
        return api;
    }

    public ManualTime time() {
        return time;
    }

    public Redactor redactor() {
        return redactor;
    }

    @Override
    public void close() {
        opened.forEach(UserApi::close);
    }
}
