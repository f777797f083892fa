package dev.userservice.call;

import dev.userservice.call.Continuations.Position;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Goes from the first answer of a list, or from where a call has left off lately, along the next addresses. */
record LinkWalk(Walk walk, Window window, Continuations memory) {

    CompletableFuture<ApiAnswer> begin() {
        LinkedAnswer from = memory.answers()
                .find(new Position(walk.list(), window.position()))
                .orElseGet(() -> LinkedAnswer.first(walk.list(), memory.fingerprints()));
        window.learn(from.total());
        return step(from);
    }

    private CompletableFuture<ApiAnswer> step(LinkedAnswer place) {
        return walk.find(place.address(), window.position() - place.start(), window.left())
                .thenCompose(found -> take(place, found.orElseThrow(() -> missing(place))));
    }

    private CompletableFuture<ApiAnswer> take(LinkedAnswer place, Fetched answer) {
        window.learn(answer.total());
        if (window.isPastTotal()) {
            return CompletableFuture.completedFuture(window.open(false));
        }
        place.requireNew(answer);
        window.add(place.start(), answer);
        long end = place.start() + answer.count();
        Optional<LinkedAnswer> next = answer.next().map(text -> place.next(text, answer, window.total()));
        if (next.isPresent() && !window.isComplete()) {
            return step(next.get());
        }
        ApiAnswer result = next.isPresent() ? window.open(true) : window.closed(end);
        if (result.more()) {
            memory.answers()
                    .remember(
                            new Position(walk.list(), window.position()),
                            window.position() < end ? place.knowing(window.total()) : next.get());
        }
        return CompletableFuture.completedFuture(result);
    }

    private static CallFailure missing(LinkedAnswer place) {
        return place.isFirst()
                ? new CallFailure(ErrorCode.NOT_FOUND, "the API knows no such list")
                : CallFailure.contract("the next address leads to nothing", LinkedAnswer.REMEDY);
    }
}
