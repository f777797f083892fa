package dev.userservice.call;

import dev.userservice.model.Redactor;
import dev.userservice.model.Secret;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * Where the service account's token comes from. Every token it hands out is known to the redactor first. Thread-safe.
 *
 * <p>A token that is at hand, or in a file, comes in a future that is done. One that has to be got first can be waited
 * for without a thread; the wait has no limit but the caller's.
 */
public sealed interface TokenSource permits TokenSource.Given, OAuthTokens {

    static TokenSource fixed(Secret token, Redactor redactor) {
        return new Given(SecretSource.fixed(token, redactor::know));
    }

    static TokenSource file(Path file, Redactor redactor) {
        return new Given(SecretSource.file("token", file, redactor::know));
    }

    /** @param nanoTime a monotonic clock in nanoseconds, by which tokens age */
    static TokenSource oauth(OAuthSettings settings, Redactor redactor, LongSupplier nanoTime) {
        return new OAuthTokens(settings, redactor, nanoTime);
    }

    /** A token that somebody else got and put into the environment or a file. Blocks for as long as a file takes. */
    record Given(SecretSource token) implements TokenSource {

        @Override
        public CompletableFuture<Secret> current(UserApi.Access api) {
            return CompletableFuture.completedFuture(token.current());
        }

        @Override
        public CompletableFuture<Secret> replacement(Secret refused, UserApi.Access api) {
            return CompletableFuture.completedFuture(token.readAnew());
        }

        @Override
        public void refresh() {
            token.refresh();
        }
    }

    /** Returns the token to send; {@code api} is the way on which it is got, where it has to be. */
    CompletableFuture<Secret> current(UserApi.Access api);

    /** Returns the token to send after the API refused {@code refused}: the same again where there is no other. */
    CompletableFuture<Secret> replacement(Secret refused, UserApi.Access api);

    /** Sees to it that a secret rotated in its file is known to the redactor before anybody can say it. */
    void refresh();
}
