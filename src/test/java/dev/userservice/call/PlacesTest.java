package dev.userservice.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonPointer;
import dev.userservice.LoopbackApi;
import dev.userservice.ManualTime;
import dev.userservice.RawApi;
import dev.userservice.RawApi.Answering;
import dev.userservice.model.Call;
import dev.userservice.model.CallFailure;
import dev.userservice.model.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The one place of an API that has one: who holds it, for how long, and how it is given up. Over real sockets. */
@Timeout(60)
final class PlacesTest {

    private static final String ADA = "{\"id\":\"7\",\"name\":\"Ada\"}";
    private static final String HEAD = "HTTP/1.1 200 OK\r\n";
    private static final String LONG_BODY = HEAD + "Content-Length: 1000000\r\n\r\n";
    private static final long PATIENCE_SECONDS = 20;

    private final LoopbackApi loopback = new LoopbackApi();
    private final ManualTime time = loopback.time();

    @AfterEach
    void stop() {
        loopback.close();
    }

    @Test
    void isNotGivenOutTwiceWhereQueuedCallsAreTakenBack() throws Exception {
        Semaphore asked = new Semaphore(0);
        Semaphore exits = new Semaphore(0);
        Answering slow = (request, socket) -> {
            asked.release();
            exits.acquireUninterruptibly();
            RawApi.write(socket, RawApi.ok(ADA));
        };
        try (RawApi server = new RawApi(slow)) {
            UserApi api = onePlace(server);
            List<CompletableFuture<ApiAnswer>> answers = IntStream.range(0, 4)
                    .mapToObj(i -> {
                        CompletableFuture<ApiAnswer> answer = get(api, call());
                        takeBack(api, 20, false);
                        takeBack(api, 20, true);
                        return answer;
                    })
                    .toList();
            for (CompletableFuture<ApiAnswer> answer : answers) {
                assertTrue(asked.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS));
                exits.release();
                assertEquals(ADA, end(answer));
            }
            assertEquals(1, server.most(), "requests at a time");
            assertEquals(4, server.requests().size());
        }
    }

    private void takeBack(UserApi api, int calls, boolean beforeItQueues) {
        for (int i = 0; i < calls; i++) {
            Call call = call();
            if (beforeItQueues) {
                call.cancel();
            }
            get(api, call);
            call.cancel();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 200", HEAD, HEAD + "Content-Length: 9\r\n\r\n", LONG_BODY + "{\"id\":"})
    void isFreeAgainAfterTheTimeLimitWhateverTheServerSaysUntilThen(String beginning) throws Exception {
        assertIsGivenUp((request, socket) -> RawApi.write(socket, beginning), false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", LONG_BODY, "HTTP/1.1 404 No\r\nContent-Length: 10\r\n\r\n"})
    void isFreeAgainAsSoonAsItsCallIsTakenBack(String beginning) throws Exception {
        assertIsGivenUp((request, socket) -> RawApi.write(socket, beginning), true);
    }

    @Test
    void isFreeAgainWhereTheAnswerComesByteByByte() throws Exception {
        Answering dripping = (request, socket) -> {
            RawApi.write(socket, LONG_BODY);
            for (int i = 0; i < 1_000_000; i++) {
                RawApi.write(socket, " "); // until the client hangs up
                Thread.onSpinWait();
            }
        };
        assertIsGivenUp(dripping, false);
    }

    /** The first request is answered as given and given up, the second as it should be, on the same place. */
    private void assertIsGivenUp(Answering answering, boolean cancelled) throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch hungUp = new CountDownLatch(1);
        Answering firstOnly = (request, socket) -> {
            if (asked.getCount() == 0) {
                RawApi.write(socket, RawApi.ok(ADA));
                return;
            }
            try {
                asked.countDown();
                answering.answer(request, socket);
                while (socket.getInputStream().read() >= 0) {
                    // nothing more is sent
                }
            } finally {
                hungUp.countDown();
            }
        };
        try (RawApi server = new RawApi(firstOnly)) {
            UserApi api = onePlace(server);
            Call call = call();
            CompletableFuture<ApiAnswer> first = get(api, call);
            assertTrue(asked.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
            time.awaitAlarms(Duration.ofSeconds(5), 1);
            if (cancelled) {
                call.cancel();
            } else {
                time.advance(Duration.ofMillis(4_999));
                assertFalse(first.isDone());
                time.advance(Duration.ofMillis(1));
            }
            String end = end(first);
            assertTrue(end.equals(cancelled ? "cancelled" : "upstream_timeout") || end.equals("not_found"), end);
            assertTrue(hungUp.await(PATIENCE_SECONDS, TimeUnit.SECONDS), "the connection is given up");
            assertEquals(ADA, end(get(api, call())));
        }
    }

    /** The client looks addresses up on its executor; one that runs nothing is a resolver that never answers. */
    @Test
    void isFreeAgainWhereTheResolverHangs() throws Exception {
        HttpClient hanging = HttpClient.newBuilder().executor(task -> {}).build();
        try (RawApi server = RawApi.always(RawApi.ok(ADA))) {
            UserApi api = loopback.open(onePlaceAt(server), () -> hanging);
            CompletableFuture<ApiAnswer> first = get(api, call());
            time.advanceWhenAskedFor(Duration.ofSeconds(5));
            assertEquals("upstream_timeout", end(first));
            Call second = call();
            CompletableFuture<ApiAnswer> taken = get(api, second);
            time.awaitAlarms(Duration.ofSeconds(5), 1);
            second.cancel();
            assertEquals("cancelled", end(taken));
        }
    }

    @Test
    void isNotTakenFromACallByTheEndOfTheOneBefore() throws Exception {
        Semaphore asked = new Semaphore(0);
        Semaphore exits = new Semaphore(0);
        Answering slow = (request, socket) -> {
            asked.release();
            exits.acquireUninterruptibly();
            RawApi.write(socket, RawApi.ok(ADA));
        };
        try (RawApi server = new RawApi(slow)) {
            UserApi api = onePlace(server);
            Call before = call();
            exits.release();
            assertEquals(ADA, end(get(api, before)));
            CompletableFuture<ApiAnswer> second = get(api, call());
            asked.acquire(2);
            before.end();
            exits.release();
            assertEquals(ADA, end(second));
        }
    }

    private UserApi onePlace(RawApi server) {
        return loopback.open(onePlaceAt(server));
    }

    private static ApiSettings onePlaceAt(RawApi server) {
        return LoopbackApi.settings(URI.create(server.url()), 0, 1024 * 1024 * 16, 1);
    }

    private static CompletableFuture<ApiAnswer> get(UserApi api, Call call) {
        List<JsonPointer> fields = List.of(JsonPointer.compile("/id"), JsonPointer.compile("/name"));
        return api.get(
                new ApiRequest(
                        PathTemplate.parse("/users/{user_id}", "user_id"), "7", Map.of(), Selection.record(fields)),
                call);
    }

    private Call call() {
        return new Call("6f0c1d2e-1", Optional.empty(), Duration.ofSeconds(20), time);
    }

    private static String end(CompletableFuture<ApiAnswer> answer) throws Exception {
        try {
            return Json.text(
                    answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS).records().get(0));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CallFailure failure) {
                return failure.code().label();
            }
            throw new IOException(e);
        }
    }
}
