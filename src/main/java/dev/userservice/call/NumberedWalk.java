package dev.userservice.call;

import dev.userservice.call.Seen.Part;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Asks for the parts of a list by number until the window is full or the list ends. An API that does not go by the
 * numbers is found out: no part may hold again what the list begins with, or an end of the part before. For one thread
 * at a time.
 */
final class NumberedWalk {

    private static final String PAGE_SIZE = "check INTERNAL_API_PAGE_SIZE, which the API may not keep to";

    private final Walk walk;
    private final Paging.Numbered paging;
    private final Window window;
    private final Continuations memory;
    private Seen seen;

    /** Whether the first part has come in this call. */
    private boolean firstCame;

    /** How many records of the list stand before the part that is asked for. */
    private long start;

    NumberedWalk(Walk walk, Paging.Numbered paging, Window window, Continuations memory) {
        this.walk = walk;
        this.paging = paging;
        this.window = window;
        this.memory = memory;
        this.seen = seen(remembered(0).first(), remembered(window.position()).before());
    }

    /** Begins at the part with the first record wanted, or at the first of all while a page's size is not known. */
    CompletableFuture<ApiAnswer> begin() {
        long offset = window.position();
        start = stride() == 0 ? 0 : offset - offset % stride();
        seen = paging.inPages() && start == stride() ? seen.and(seen.first()) : seen;
        return step();
    }

    private Seen remembered(long records) {
        return memory.find(Seen.class, walk.list(), records).orElse(Seen.NOTHING);
    }

    private CompletableFuture<ApiAnswer> step() {
        return find(start, window.position() - start, window.left())
                .thenCompose(found -> found.isPresent() ? take(found.get()) : missing());
    }

    /** A part that is not there (404) is past the end, provided that the list is there and its total says no more. */
    private CompletableFuture<ApiAnswer> missing() {
        CallFailure notFound = new CallFailure(ErrorCode.NOT_FOUND, "the API knows no such list");
        if (start == 0) {
            throw notFound;
        }
        return askForFirst(firstCame, 0, notFound).thenCompose(met -> take(Fetched.NOTHING));
    }

    private CompletableFuture<ApiAnswer> take(Fetched answer) {
        window.learn(answer);
        if (answer.count() == 0 || window.isPastTotal()) {
            return end();
        }
        requireAsked(answer);
        if (start > 0) {
            return askForFirst(seen.first() != Part.NONE, 1, unsound())
                    .thenCompose(met -> meetPartBefore())
                    .thenCompose(met -> accept(answer));
        }
        meetFirst(answer);
        return window.position() < answer.count() ? accept(answer) : begin(); // again, now that a page's size is known
    }

    private CompletableFuture<ApiAnswer> accept(Fetched answer) {
        // The first answer may say so only now; past its end an API may give its last page again.
        boolean repeated = isRepeated(answer);
        if (window.isPastTotal() || window.isAtTotal() && repeated) {
            return end();
        }
        if (repeated) {
            throw unsound();
        }
        boolean follows = start == 0 || !paging.inPages() || seen.before().count() >= stride();
        require(follows, "there are users after a page that is not full", PAGE_SIZE);
        window.add(start, answer);
        long end = start + (paging.inPages() ? stride() : answer.count());
        Seen before = seen;
        seen = seen.and(Part.of(answer));
        // A full first page at the total may have given its own size for the total; the next page shows.
        boolean full = paging.inPages() && answer.count() == paging.ask(window.left());
        boolean doubtful = window.isAtTotal() && start == 0 && full;
        if (doubtful || !window.isComplete()) {
            start = end;
            return step();
        }
        ApiAnswer result = window.open();
        if (result.more()) {
            memory.remember(walk.list(), window.position(), window.position() < end ? before : seen);
        }
        return CompletableFuture.completedFuture(result);
    }

    /** Returns whether a part, or the one before it, is an earlier one again: the API does not go by the number. */
    private boolean isRepeated(Fetched answer) {
        boolean beforeIsFirst = start > seen.before().count()
                && seen.before().begin() == seen.first().begin();
        return start > 0 && (beforeIsFirst || seen.isRepeatedBy(answer));
    }

    private CompletableFuture<ApiAnswer> end() {
        return CompletableFuture.completedFuture(window.closed(window.position()));
    }

    private void requireAsked(Fetched answer) {
        require(
                answer.count() <= paging.ask(window.left()),
                "there are more users in the answer than were asked for with the parameter " + paging.limitParam(),
                "check INTERNAL_API_PAGINATION and INTERNAL_API_LIMIT_PARAM"
                        + (paging.inPages() ? ", or set INTERNAL_API_PAGE_SIZE to the API's" : ""));
        require(
                start == 0 || !paging.inPages() || answer.count() <= stride(),
                "there are more users in a page than in the first",
                PAGE_SIZE);
    }

    /**
     * Makes sure that the first part is known; fails with {@code otherwise} where it holds fewer than {@code least}.
     */
    private CompletableFuture<Void> askForFirst(boolean known, int least, CallFailure otherwise) {
        if (known) {
            return CompletableFuture.completedFuture(null);
        }
        return find(0, 0, 1)
                .thenAccept(found -> meetFirst(
                        found.filter(answer -> answer.count() >= least).orElseThrow(() -> otherwise)));
    }

    /** Sees to it that the part before is known, if there is one. */
    private CompletableFuture<Void> meetPartBefore() {
        if (seen.before() != Part.NONE) {
            return CompletableFuture.completedFuture(null);
        }
        return find(start - stride(), 0, 1)
                .thenAccept(found -> seen = seen.and(Part.of(found.orElse(Fetched.NOTHING))));
    }

    private void meetFirst(Fetched answer) {
        seen = seen(Part.of(answer), seen.before());
        memory.remember(walk.list(), 0, seen);
        if (window.total().isEmpty()) {
            window.learn(answer);
        }
        firstCame = true;
    }

    /** A part before that is remembered from pages of another size is forgotten. */
    private Seen seen(Part first, Part before) {
        boolean fits = !paging.inPages() || first == Part.NONE || before.count() == first.count();
        return new Seen(first, fits ? before : Part.NONE);
    }

    private CompletableFuture<Optional<Fetched>> find(long from, long skip, int wanted) {
        long number = paging.first() + (from == 0 ? 0 : from / stride());
        return walk.find(paging, number, skip, wanted).thenApply(found -> from > 0 ? found : requireBeginning(found));
    }

    private static Optional<Fetched> requireBeginning(Optional<Fetched> found) {
        Optional<String> sign = found.flatMap(Fetched::sign);
        require(
                sign.isEmpty(),
                "the first answer is not the first of the list, as " + sign.orElse("") + " shows",
                "check INTERNAL_API_START_FIRST");
        return found;
    }

    /** Returns how many records one number further is: one, or a page as large as the first; 0 before that is known. */
    private long stride() {
        return paging.inPages() ? seen.first().count() : 1;
    }

    private CallFailure unsound() {
        String sentence = "the answer repeats users of a page before it: the API does not go by the parameter "
                + paging.startParam();
        return CallFailure.contract(
                sentence, "check INTERNAL_API_PAGINATION, INTERNAL_API_START_PARAM and INTERNAL_API_START_FIRST");
    }

    private static void require(boolean holds, String sentence, String remedy) {
        if (!holds) {
            throw CallFailure.contract(sentence, remedy);
        }
    }
}
