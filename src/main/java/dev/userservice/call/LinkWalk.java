package dev.userservice.call;

import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Goes from the first answer of a list, or from where a call has left off lately, along the next addresses. */
final class LinkWalk {

    private final ApiRequest request;
    private final URI list;
    private final Requests requests;
    private final Continuations memory;
    private final Window window;

    LinkWalk(ApiRequest request, URI list, Requests requests, Continuations memory) {
        this.request = request;
        this.list = list;
        this.requests = requests;
        this.memory = memory;
        this.window = new Window(request.offset(), request.limit());
    }

    CompletableFuture<ApiAnswer> begin() {
        LinkedAnswer from =
                memory.answer(list, request.offset()).orElseGet(() -> LinkedAnswer.first(list, memory.fingerprints()));
        window.learn(from.total());
        return step(from);
    }

    private CompletableFuture<ApiAnswer> step(LinkedAnswer place) {
        Selection selection = request.selection(window.position() - place.start(), window.left());
        return requests.find(new Fetch(place.address(), selection))
                .thenCompose(found -> take(place, found.orElseThrow(() -> missing(place))));
    }

    private CompletableFuture<ApiAnswer> take(LinkedAnswer place, Fetched answer) {
        window.learn(answer.total());
        if (window.isPastTotal()) {
            return CompletableFuture.completedFuture(window.open(false));
        }
        place.requireNew(answer, memory.fingerprints());
        window.add(place.start(), answer);
        long end = place.start() + answer.count();
        Optional<LinkedAnswer> next =
                answer.next().map(text -> place.next(text, answer, window.total(), memory.fingerprints()));
        if (next.isPresent() && !window.isComplete()) {
            return step(next.get());
        }
        ApiAnswer result = next.isPresent() ? window.open(true) : window.closed(end);
        if (result.more()) {
            memory.remember(
                    list, window.position(), window.position() < end ? place.knowing(window.total()) : next.get());
        }
        return CompletableFuture.completedFuture(result);
    }

    private static CallFailure missing(LinkedAnswer place) {
        return place.isFirst()
                ? new CallFailure(ErrorCode.NOT_FOUND, "the API knows no such list")
                : new CallFailure(ErrorCode.UPSTREAM_CONTRACT, "the next address leads to nothing")
                        .remedy(LinkedAnswer.REMEDY);
    }
}
