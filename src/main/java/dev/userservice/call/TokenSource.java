package dev.userservice.call;

import dev.userservice.model.Redactor;
import dev.userservice.model.Secret;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * Where the service account's token comes from. Every token it hands out is known to the redactor first. Thread-safe.
 *
 * <p>A token that is at hand, or in a file, comes in a future that is done. One that has to be got first can be waited
 * for without a thread; the wait has no limit but the caller's.
 */
public sealed interface TokenSource permits GivenToken, OAuthTokens {

    /** Stood for the token in the example of settings. */
    String PLACEHOLDER = "replace-me-with-the-token";

    String STILL_PLACEHOLDER = "still the example's placeholder; put the real one in its place";

    static TokenSource fixed(Secret token, Redactor redactor) {
        return new GivenToken(SecretSource.fixed(token, redactor::know));
    }

    static TokenSource file(Path file, Redactor redactor) {
        return new GivenToken(SecretSource.file("token", file, redactor::know));
    }

    /** @param nanoTime a monotonic clock in nanoseconds, by which tokens age */
    static TokenSource oauth(OAuthSettings settings, Redactor redactor, LongSupplier nanoTime) {
        return new OAuthTokens(settings, redactor, nanoTime);
    }

    /** Returns whether a text can be a token: 16 to 8,192 visible ASCII characters. */
    static boolean isToken(String text) {
        return SecretSource.isSecret(text);
    }

    /**
     * Reads the token a file holds, or the secret with which one is got; one final newline is ignored.
     *
     * @param name which of the two, as the operator calls it
     * @throws IOException where the file cannot be read or holds none
     */
    static Secret read(String name, Path file) throws IOException {
        return SecretSource.read(name, file);
    }

    /**
     * Returns the token to send.
     *
     * @param api the way to the API, on which a token is got too
     */
    CompletableFuture<Secret> current(UserApi.Access api);

    /** Returns the token to send after the API refused {@code refused}: the same again where there is no other. */
    CompletableFuture<Secret> replacement(Secret refused, UserApi.Access api);

    /** Sees to it that a secret rotated in its file is known to the redactor before anybody can say it. */
    void refresh();
}
