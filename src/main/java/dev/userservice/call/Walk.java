package dev.userservice.call;

import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import java.net.URI;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * One call's way through the answers of the API, one after another, until it has what was asked for. What it returns is
 * all true: a list that shows itself to be shorter or longer than it says fails the call.
 */
final class Walk {

    private final ApiRequest request;
    private final URI list;
    private final URI base;
    private final Requests requests;
    private final Continuations memory;

    /** @param api gets one answer; fails with a {@link CallFailure} */
    Walk(ApiRequest request, URI base, Function<Fetch, CompletableFuture<Fetched>> api, Continuations memory) {
        this.request = request;
        this.list = request.address(base);
        this.base = base;
        this.requests = new Requests(api);
        this.memory = memory;
    }

    CompletableFuture<ApiAnswer> begin() {
        if (request.list().isEmpty()) {
            return requests.send(new Fetch(list, request.selection(0, 1)))
                    .thenApply(answer -> new ApiAnswer(answer.records(), OptionalLong.empty(), false));
        }
        return request.list()
                .get()
                .paging()
                .<CompletableFuture<ApiAnswer>>fold(
                        whole -> whole(),
                        paging -> new NumberedWalk(request, paging, base, requests, memory).begin(),
                        link -> new LinkWalk(request, list, requests, memory).begin())
                .whenComplete((answer, failure) -> forget(failure));
    }

    private CompletableFuture<ApiAnswer> whole() {
        Window window = new Window(request.offset(), request.limit());
        return requests.send(new Fetch(list, request.selection(request.offset(), request.limit())))
                .thenApply(answer -> {
                    requireWhole(answer);
                    window.learn(OptionalLong.of(answer.count()));
                    window.add(0, answer);
                    return window.closed(answer.count());
                });
    }

    private static void requireWhole(Fetched answer) {
        if (answer.next().isPresent()) {
            throw partial("it has a Link header to the next", "set INTERNAL_API_PAGINATION=link");
        }
        if (answer.sign().isPresent()) {
            String next = answer.sign().get();
            throw partial(
                    "it holds something at " + next,
                    "set INTERNAL_API_PAGINATION: to link, with INTERNAL_API_NEXT_POINTER=" + next
                            + ", where that is an address, otherwise to offset or page");
        }
        if (answer.total().isPresent() && answer.total().getAsLong() > answer.count()) {
            throw partial(
                    "its total is above the number of its users",
                    "set INTERNAL_API_PAGINATION to how the API pages, or INTERNAL_API_TOTAL to where the department's"
                            + " size stands");
        }
        if (answer.total().isPresent() && answer.total().getAsLong() < answer.count()) {
            throw new CallFailure(ErrorCode.UPSTREAM_CONTRACT, "there are more users than the total says")
                    .remedy("check INTERNAL_API_TOTAL");
        }
    }

    private static CallFailure partial(String sign, String remedy) {
        return new CallFailure(ErrorCode.UPSTREAM_CONTRACT, "the answer is one page of several: " + sign)
                .remedy(remedy);
    }

    /** What does not go together may have been remembered too long, or wrongly. */
    private void forget(Throwable failure) {
        if (Requests.isFailure(failure, ErrorCode.UPSTREAM_CONTRACT)
                || Requests.isFailure(failure, ErrorCode.NOT_FOUND)) {
            memory.forget(list);
        }
    }
}
