package dev.userservice.call;

import com.fasterxml.jackson.core.JsonPointer;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import java.net.URI;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/**
 * One call's way through the answers of the API, one after another, until it has what was asked for. What it returns is
 * all true: a list that shows itself to be shorter or longer than it says fails the call. For one thread at a time.
 */
final class Walk {

    private final ApiRequest request;
    private final URI base;
    private final URI list;
    private final BiFunction<URI, Selection, CompletableFuture<Fetched>> api;
    private final Continuations memory;
    private Window window;
    private int sent;

    /** @param api gets what is selected of the answer at an address; fails with a {@link CallFailure} */
    Walk(
            ApiRequest request,
            URI base,
            BiFunction<URI, Selection, CompletableFuture<Fetched>> api,
            Continuations memory) {
        this.request = request;
        this.base = base;
        this.list = request.address(base);
        this.api = api;
        this.memory = memory;
        this.window = new Window(request.offset(), request.limit());
    }

    CompletableFuture<ApiAnswer> begin() {
        if (request.list().isEmpty()) {
            return send(list, 0, 1).thenApply(answer -> new ApiAnswer(answer.records(), OptionalLong.empty(), false));
        }
        boolean remembers = Stream.of(0L, window.position())
                .anyMatch(records -> memory.find(Object.class, list, records).isPresent());
        return walk().exceptionallyCompose(failure -> {
            if (!remembers || !isFailure(failure, ErrorCode.UPSTREAM_CONTRACT)) {
                return CompletableFuture.failedFuture(failure);
            }
            window = new Window(request.offset(), request.limit()); // the list may have changed; it is forgotten by now
            return walk();
        });
    }

    private CompletableFuture<ApiAnswer> walk() {
        Paging kind = request.list().get().paging();
        return kind.<CompletableFuture<ApiAnswer>>fold(
                        whole -> whole(),
                        paging -> new NumberedWalk(this, paging, window, memory).begin(),
                        link -> linked())
                .whenComplete((answer, failure) -> forget(failure));
    }

    /** Returns the address of the list as the API begins it by itself. */
    URI list() {
        return list;
    }

    /** Asks for the part of the list that has a number. */
    CompletableFuture<Optional<Fetched>> find(Paging.Numbered paging, long number, long skip, int take) {
        return find(request.address(base, paging, take, number), skip, take);
    }

    /**
     * Asks for {@code take} records of an answer after {@code skip}; returns nothing where the API answers that it is
     * not there, or fails in whatever way once the total is reached.
     */
    private CompletableFuture<Optional<Fetched>> find(URI address, long skip, int take) {
        return send(address, skip, take).thenApply(Optional::of).exceptionally(failure -> {
            boolean unneeded = window.isAtTotal() && CallFailure.unwrapped(failure) instanceof CallFailure;
            if (unneeded || isFailure(failure, ErrorCode.NOT_FOUND)) {
                return Optional.empty();
            }
            throw new CompletionException(CallFailure.unwrapped(failure));
        });
    }

    private CompletableFuture<Fetched> send(URI address, long skip, int take) {
        if (++sent > 1000) {
            throw CallFailure.contract("the list takes more than 1,000 requests for one call");
        }
        return api.apply(address, request.selection(skip, take)).thenApply(this::requireListed);
    }

    /** RFC 7644, 3.4.2: a list may be left out where it is empty, as it is past its end. */
    private Fetched requireListed(Fetched answer) {
        long total = answer.total().orElse(window.total().orElse(Long.MAX_VALUE));
        if (request.list().isPresent() && !answer.listed() && total > window.position()) {
            throw CallFailure.contract(
                    "the answer does not hold what was asked for",
                    "check INTERNAL_API_LIST_POINTER, INTERNAL_API_DEPARTMENT_PATH and INTERNAL_API_TOTAL");
        }
        return answer;
    }

    private CompletableFuture<ApiAnswer> whole() {
        return send(list, request.offset(), request.limit()).thenApply(answer -> {
            requireWhole(answer);
            boolean more = (long) request.offset() + answer.records().size() < answer.count();
            return new ApiAnswer(answer.records(), OptionalLong.of(answer.count()), more);
        });
    }

    private static void requireWhole(Fetched answer) {
        requireNoSign(answer);
        long total = answer.total().orElse(answer.count());
        if (total > answer.count()) {
            throw partial(
                    "since its total is above the number of its users",
                    "set INTERNAL_API_PAGINATION to how the API pages, or INTERNAL_API_TOTAL to where the department's"
                            + " size stands");
        }
        if (total < answer.count()) {
            throw CallFailure.contract("there are more users than the total says", "check INTERNAL_API_TOTAL");
        }
    }

    /** Requires that nothing in an answer that names no next address shows that there is one. */
    private static void requireNoSign(Fetched answer) {
        if (answer.sign().equals(Optional.of(Signs.LINK_HEADER))) {
            throw partial(
                    "as its Link header shows", "set INTERNAL_API_PAGINATION=link and INTERNAL_API_NEXT_POINTER=");
        }
        if (answer.sign().isPresent()) {
            String next = answer.sign().get();
            boolean mayBeAddress = Signs.FURTHER.contains(JsonPointer.compile(next));
            throw partial(
                    "as " + next + " shows",
                    mayBeAddress
                            ? "set INTERNAL_API_PAGINATION to link, with INTERNAL_API_NEXT_POINTER=" + next
                                    + ", where that is an address, otherwise to offset or page"
                            : "set INTERNAL_API_PAGINATION to how the API pages");
        }
    }

    private static CallFailure partial(String sign, String remedy) {
        return CallFailure.contract("the answer is one page of several, " + sign, remedy);
    }

    /** Goes from the first answer, or from where a call has left off lately, along the next addresses. */
    private CompletableFuture<ApiAnswer> linked() {
        return step(memory.find(LinkedAnswer.class, list, window.position()).orElseGet(() -> LinkedAnswer.first(list)));
    }

    private CompletableFuture<ApiAnswer> step(LinkedAnswer place) {
        return find(place.address(), window.position() - place.start(), window.left())
                .thenCompose(found -> found.isEmpty() && window.isAtTotal()
                        ? CompletableFuture.completedFuture(window.open())
                        : take(place, found.orElseThrow(place::missing)));
    }

    private CompletableFuture<ApiAnswer> take(LinkedAnswer place, Fetched answer) {
        window.learn(answer);
        boolean isNew = answer.count() > 0 && !place.seen().isRepeatedBy(answer);
        if (window.isPastTotal() || window.isAtTotal() && !isNew) {
            return CompletableFuture.completedFuture(window.open());
        }
        place.requireNew(answer);
        Seen.Part part = Seen.Part.of(answer);
        window.add(place.start(), answer);
        long end = place.start() + answer.count();
        Optional<LinkedAnswer> next = answer.next().map(text -> place.next(text, part));
        if (next.isPresent() && (!window.isComplete() || window.isAtTotal())) {
            return step(next.get()); // nobody may follow at the total
        }
        if (next.isEmpty() && window.total().isEmpty()) {
            requireNoSign(answer);
        }
        ApiAnswer result = next.isPresent() ? window.open() : window.closed(end);
        if (result.more()) {
            memory.remember(list, window.position(), window.position() < end ? place : next.get());
        }
        return CompletableFuture.completedFuture(result);
    }

    /** What does not go together may have been remembered too long, or wrongly. */
    private void forget(Throwable failure) {
        if (isFailure(failure, ErrorCode.UPSTREAM_CONTRACT) || isFailure(failure, ErrorCode.NOT_FOUND)) {
            memory.forget(list);
        }
    }

    private static boolean isFailure(Throwable failure, ErrorCode code) {
        return CallFailure.unwrapped(failure) instanceof CallFailure known && known.code() == code;
    }
}
