package dev.userservice.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * However an API pages and whatever is wrong with it: going on from page to page gives every user once, in order, or
 * the call fails; with and without what is remembered of the calls before.
 */
final class WalkPropertyTest {

    private static final int CASES = 5_000;
    private static final PathTemplate PATH = PathTemplate.parse("/{department}", "department");

    private record End(Optional<ApiAnswer> answer, Optional<ErrorCode> failure) {}

    @ParameterizedTest
    @ValueSource(longs = {20261124, 20261125, 20261126, 20261127})
    void givesEveryUserOnceOrFails(long seed) {
        Random random = new Random(seed);
        int whole = 0;
        for (int i = 0; i < CASES; i++) {
            PagedList api = new PagedList(random);
            Continuations memory = new Continuations(() -> 0);
            whole += walks(api, memory, random) ? 1 : 0;
            jumps(api, memory, random);
        }
        assertTrue(whole > CASES / 4 && whole < CASES * 3 / 4, whole + " of " + CASES + " gave every user");
    }

    /** Returns whether going on from page to page came to the end. */
    private static boolean walks(PagedList api, Continuations memory, Random random) {
        long offset = 0;
        while (true) {
            int limit = 1 + random.nextInt(api.users.size() < 200 && random.nextBoolean() ? 10 : 100);
            String reason = api + " at " + offset + " limit " + limit;
            End end = end(api, offset, limit, memory);
            if (random.nextInt(4) == 0 && !api.wavers && !api.isLong()) {
                assertEquals(end, end(api, offset, limit, new Continuations(() -> 0)), reason);
            }
            if (end.failure().isPresent()) {
                boolean nobody = api.users.isEmpty() && end.failure().get() == ErrorCode.NOT_FOUND;
                assertTrue(nobody || end.failure().get() == ErrorCode.UPSTREAM_CONTRACT, reason);
                assertTrue(!api.isHonest(), reason);
                return false;
            }
            requireSlice(api, offset, end.answer().get());
            offset += end.answer().get().records().size();
            if (!end.answer().get().more()) {
                OptionalLong total = end.answer().get().total();
                boolean believed = total.isPresent() && total.getAsLong() <= offset;
                assertTrue(offset == api.users.size() || believed, api + " ended at " + offset);
                return true;
            }
        }
    }

    /** Wherever a call begins, it gives the users that stand there. */
    private static void jumps(PagedList api, Continuations memory, Random random) {
        long offset = random.nextInt(api.users.size() + 60);
        int limit = 1 + random.nextInt(100);
        String reason = api + " at " + offset + " limit " + limit;
        End end = end(api, offset, limit, memory);
        if (!api.wavers && !api.isLong()) {
            assertEquals(end, end(api, offset, limit, new Continuations(() -> 0)), reason);
        }
        end.answer().ifPresent(answer -> requireSlice(api, offset, answer));
        assertTrue(end.answer().isPresent() || !api.isHonest() || api.isLong(), reason);
    }

    private static void requireSlice(PagedList api, long offset, ApiAnswer answer) {
        int from = (int) Math.min(offset, api.users.size());
        List<JsonNode> there = api.users.subList(from, api.users.size());
        assertEquals(
                there.subList(0, Math.min(there.size(), answer.records().size())),
                answer.records(),
                api + " at " + offset);
        assertTrue(!answer.more() || !answer.records().isEmpty(), api + " at " + offset);
    }

    private static End end(PagedList api, long offset, int limit, Continuations memory) {
        ListLayout layout = new ListLayout(JsonPointer.empty(), api.paging, Optional.empty(), Optional.empty());
        ApiRequest request = new ApiRequest(PATH, "list", List.of(), Optional.of(layout), (int) offset, limit);
        CompletableFuture<ApiAnswer> end =
                api.run(requests -> new Walk(request, PagedList.BASE, requests, memory).begin());
        try {
            return new End(Optional.of(end.getNow(new ApiAnswer(List.of(), null, true))), Optional.empty());
        } catch (CompletionException e) {
            if (e.getCause() instanceof CallFailure failure) {
                return new End(Optional.empty(), Optional.of(failure.code()));
            }
            throw e;
        }
    }
}
