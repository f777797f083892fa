package dev.userservice.call;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Json;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;

/** An API's list below HTTP: the same answer to the same target every time, honest or not. */
final class PagedList implements BiFunction<URI, Selection, CompletableFuture<Fetched>> {

    static final URI BASE = URI.create("https://users.corp.example/v1");

    private static final List<JsonNode> EVERYBODY = IntStream.range(0, 2000)
            .<JsonNode>mapToObj(id -> Json.object().put("id", id))
            .toList();

    /** What an API does past its last user. */
    enum Past {
        EMPTY,
        NOT_FOUND,
        FROM_FIRST,
        LAST_PART,
        LAST_PAGE
    }

    final List<JsonNode> users;
    final Paging paging;
    final Past past;
    final OptionalLong total;
    final int cap;
    final boolean ignoresStart;
    final boolean countsOtherwise;
    final boolean ignoresLimit;
    final boolean stingy;
    final int astray;
    final boolean wavers;
    private final int seed;
    private final List<Integer> starts = new ArrayList<>(List.of(0));
    private final Deque<Runnable> pending = new ArrayDeque<>();
    private int requests;

    PagedList(Random random) {
        this.users = EVERYBODY.subList(0, random.nextInt(random.nextInt(20) == 0 ? 2001 : 130));
        this.cap = List.of(1, 2, 3, 7, 10, 20, 50, 100, 1000, 5000).get(random.nextInt(10));
        this.paging = List.of(
                        new Paging.Whole(),
                        new Paging.Numbered("n", "from", random.nextInt(2), OptionalInt.empty()),
                        new Paging.Numbered("n", "from", random.nextInt(2), OptionalInt.of(10 + random.nextInt(90))),
                        new Paging.Link(Optional.of(JsonPointer.compile("/next"))))
                .get(random.nextInt(4));
        this.past = Past.values()[random.nextInt(5)];
        this.total = List.of(
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        OptionalLong.of(users.size()),
                        OptionalLong.of(random.nextInt(users.size() + 100)))
                .get(random.nextInt(4));
        this.ignoresStart = random.nextInt(12) == 0;
        this.countsOtherwise = random.nextInt(12) == 0;
        this.ignoresLimit = random.nextInt(12) == 0;
        this.stingy = random.nextInt(4) == 0;
        this.astray = random.nextInt(4) == 0 ? random.nextInt(5) : -1;
        this.wavers = random.nextInt(6) == 0;
        this.seed = random.nextInt();
        while (starts.get(starts.size() - 1) < users.size()) { // now and then an empty answer
            int size = stingy ? new Random(seed + starts.size()).nextInt(cap + 1) : cap;
            starts.add(Math.min(users.size(), starts.get(starts.size() - 1) + size));
        }
    }

    /** Returns whether nothing about it is wrong, so that every walk must succeed. */
    boolean isHonest() {
        boolean pastFine = past == Past.EMPTY || past == Past.NOT_FOUND && !users.isEmpty();
        boolean totalFine = total.isEmpty() || total.getAsLong() == users.size() && !wavers;
        return totalFine
                && paging.fold(
                        whole -> true,
                        numbered -> pastFine
                                && !ignoresStart
                                && !(countsOtherwise && numbered.inPages())
                                && !ignoresLimit
                                && !(stingy && numbered.inPages()),
                        link -> astray < 0 && (!stingy || starts.size() <= 1000));
    }

    /** Returns whether its last user is further from its first than one call may go. */
    boolean isLong() {
        return paging.fold(whole -> false, numbered -> false, link -> starts.size() > 1000);
    }

    /** Has a call made, and returns its end once all its requests are answered, one at a time. */
    <T> CompletableFuture<T> run(
            Function<BiFunction<URI, Selection, CompletableFuture<Fetched>>, CompletableFuture<T>> call) {
        requests = 0;
        CompletableFuture<T> end = call.apply(this);
        while (!pending.isEmpty()) {
            if (pending.size() > 1 || ++requests > 1000) {
                throw new AssertionError(pending.size() + " at a time, " + requests + " requests");
            }
            pending.remove().run();
        }
        return end;
    }

    int requests() {
        return requests;
    }

    @Override
    public CompletableFuture<Fetched> apply(URI address, Selection selection) {
        CompletableFuture<Fetched> answer = new CompletableFuture<>();
        pending.add(() -> {
            try {
                answer.complete(answer(address, selection));
            } catch (CallFailure e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    private Fetched answer(URI address, Selection selection) {
        Map<String, Integer> query = new TreeMap<>();
        for (String pair : Optional.ofNullable(address.getQuery()).orElse("c=0").split("&")) {
            query.put(pair.split("=")[0], Integer.parseInt(pair.split("=")[1]));
        }
        return paging.fold(
                whole -> fetched(selection, 0, users.size(), Optional.empty()),
                numbered -> numbered(selection, numbered, query.get("n"), query.get("from") - numbered.first()),
                link -> linked(selection, query.get("c")));
    }

    private Fetched numbered(Selection selection, Paging.Numbered numbered, int asked, int number) {
        int most = Math.min(asked, cap);
        long from = ignoresStart ? 0 : numbered.inPages() ? (long) number * most : number;
        if (countsOtherwise && numbered.inPages()) { // takes a page's number for a user's
            from = number;
        }
        int size = stingy && !numbered.inPages() ? 1 + new Random(seed + from).nextInt(most) : most;
        if (ignoresLimit) {
            size = 1 + Math.min(asked, users.size());
        }
        if (from < users.size()) {
            return fetched(selection, (int) from, Math.min(users.size(), (int) from + size), Optional.empty());
        }
        int lastPage = users.isEmpty() ? 0 : (users.size() - 1) / most * most;
        return switch (past) {
            case EMPTY -> fetched(selection, 0, 0, Optional.empty());
            case NOT_FOUND -> throw new CallFailure(ErrorCode.NOT_FOUND, "past the end");
            case FROM_FIRST -> fetched(selection, 0, Math.min(size, users.size()), Optional.empty());
            case LAST_PART -> fetched(selection, Math.max(0, users.size() - most), users.size(), Optional.empty());
            case LAST_PAGE -> fetched(selection, lastPage, users.size(), Optional.empty());
        };
    }

    private Fetched linked(Selection selection, int answer) {
        int last = starts.size() - 1;
        int at = astray == 4 ? answer % (last + 1) : answer; // the same users again at further addresses
        if (at > last) {
            throw new CallFailure(ErrorCode.NOT_FOUND, "past the end");
        }
        int end = at < last ? starts.get(at + 1) : users.size();
        boolean closed = end == users.size() && seed % 2 == 0 || at == last; // else an empty answer follows
        Optional<String> next = closed ? past(answer) : Optional.of(address(answer + 1));
        return fetched(selection, starts.get(at), end, next);
    }

    /** What the last answer names: nothing, or the first, itself, one that is not there, elsewhere, on and on. */
    private Optional<String> past(int answer) {
        return switch (astray) {
            case 0 -> Optional.of(address(0));
            case 1 -> Optional.of(address(answer));
            case 2 -> Optional.of("/v1/list?c=100000");
            case 3 -> Optional.of("https://elsewhere.example/v1/list?c=1");
            case 4 -> Optional.of(address(answer + 1));
            default -> Optional.empty();
        };
    }

    private static String address(int answer) {
        return List.of("?c=" + answer, "https://USERS.corp.example:443/%76%31/list?c=" + answer, "list?c=" + answer)
                .get(answer % 3);
    }

    private Fetched fetched(Selection selection, int from, int to, Optional<String> next) {
        List<JsonNode> items = users.subList(from, to);
        List<JsonNode> records = new ArrayList<>();
        for (long i = Math.max(0, selection.skip()); i < items.size() && selection.wants(i); i++) {
            records.add(items.get((int) i));
        }
        List<Long> marks = new ArrayList<>();
        for (int i = 0; i < items.size() && i < selection.marked(); i++) {
            marks.add(items.get(i).path("id").longValue() + 1);
        }
        return new Fetched(true, records, marks, items.size(), total(from), next, Optional.empty());
    }

    /** Now and then a total is another one in every answer, or in some none. */
    private OptionalLong total(int from) {
        int off = wavers ? new Random(seed + from).nextInt(4) - 1 : 0;
        return total.isEmpty() || off == 2
                ? OptionalLong.empty()
                : OptionalLong.of(Math.max(0, total.getAsLong() + off));
    }

    @Override
    public String toString() {
        return paging + " of " + users.size() + ", cap " + cap + ", past the end " + past + ", total " + total
                + (ignoresStart ? ", ignores start" : "")
                + (countsOtherwise ? ", counts otherwise" : "") + (ignoresLimit ? ", ignores limit" : "")
                + (stingy ? ", stingy" : "") + (wavers ? ", wavers" : "") + ", astray " + astray + ", seed " + seed;
    }
}
