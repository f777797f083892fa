package dev.userservice.call;

import dev.userservice.model.Secret;
import java.util.concurrent.CompletableFuture;

/**
 * Where the service account's token comes from. Every token it hands out is known to the redactor first. Thread-safe.
 *
 * <p>A token that is at hand, or in a file, comes in a future that is done. One that has to be got first can be waited
 * for without a thread; the wait has no limit but the caller's.
 */
public sealed interface TokenSource permits SecretSource, OAuthTokens {

    /** Returns the token to send; {@code api} is how it is got, where it has to be. */
    CompletableFuture<Secret> current(UserApi.Access api);

    /** Returns the token to send after the API refused {@code refused}: the same again where there is no other. */
    CompletableFuture<Secret> replacement(Secret refused, UserApi.Access api);

    /** Sees to it that a secret rotated in its file is known to the redactor before anybody can say it. */
    void refresh();
}
