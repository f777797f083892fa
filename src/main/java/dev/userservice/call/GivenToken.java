package dev.userservice.call;

import dev.userservice.model.Secret;
import java.util.concurrent.CompletableFuture;

/** The token that somebody else got and put into the environment or a file. Blocks for as long as a file takes. */
record GivenToken(SecretSource token) implements TokenSource {

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
