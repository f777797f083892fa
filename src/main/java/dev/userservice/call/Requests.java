package dev.userservice.call;

import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** The requests of one call, at most 1,000. For one thread at a time. */
final class Requests {

    private static final int MAX_REQUESTS = 1000;

    private final Function<Fetch, CompletableFuture<Fetched>> api;
    private int sent;

    Requests(Function<Fetch, CompletableFuture<Fetched>> api) {
        this.api = api;
    }

    CompletableFuture<Fetched> send(Fetch fetch) {
        if (++sent > MAX_REQUESTS) {
            throw new CallFailure(ErrorCode.UPSTREAM_CONTRACT, "the list takes more than 1,000 requests for one call");
        }
        return api.apply(fetch);
    }

    /** Returns nothing where the API answers that nothing is there. */
    CompletableFuture<Optional<Fetched>> find(Fetch fetch) {
        return send(fetch).thenApply(Optional::of).exceptionally(Requests::nothingWhereNotFound);
    }

    private static Optional<Fetched> nothingWhereNotFound(Throwable failure) {
        if (isFailure(failure, ErrorCode.NOT_FOUND)) {
            return Optional.empty();
        }
        throw new CompletionException(cause(failure));
    }

    /** Returns whether a future failed for this reason. */
    static boolean isFailure(Throwable failure, ErrorCode code) {
        return cause(failure) instanceof CallFailure known && known.code() == code;
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
