package dev.userservice.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonPointer;
import dev.userservice.ManualTime;
import dev.userservice.RawApi;
import dev.userservice.RawApi.Answering;
import dev.userservice.RawApi.Gate;
import dev.userservice.UserApiFactory;
import dev.userservice.model.Call;
import dev.userservice.model.CallFailure;
import dev.userservice.model.Json;
import dev.userservice.model.TraceContext;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
    private static final Answering FOUND = (request, socket) -> RawApi.write(socket, RawApi.ok(ADA));
    private static final Answering HANGING_UP = (request, socket) -> socket.close();
    private static final long PATIENCE_SECONDS = 20;
    private static final int MAX_BODY_BYTES = 16 * 1024 * 1024;

    private final UserApiFactory loopback = new UserApiFactory();
    private final ManualTime time = loopback.time();

    @AfterEach
    void stop() {
        loopback.close();
    }

    @Test
    void isNotGivenOutTwiceWhereQueuedCallsAreTakenBack() throws Exception {
        Gate gate = new Gate(FOUND);
        try (RawApi server = new RawApi(gate)) {
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
                gate.await(1);
                gate.letGo(1);
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
        Answering announced = (request, socket) -> {
            asked.countDown();
            answering.answer(request, socket);
        };
        try (RawApi server = new RawApi(firstOnly(announced))) {
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
            server.awaitEnd();
            assertEquals(ADA, end(get(api, call())));
        }
    }

    /** The client looks addresses up on the thread that sends, which notices no interruption then. */
    @Test
    void isHeldWhileTheResolverHangsAndItsCallGivenUpInTime() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CompletableFuture<Void> found = new CompletableFuture<>();
        try (RawApi server = RawApi.always(RawApi.ok(ADA))) {
            ApiSettings settings = onePlaceAt(server);
            HttpClient client = Connection.open(settings, Optional.empty(), HttpClient.Builder.NO_PROXY);
            Runnable lookUp = () -> {
                asked.countDown();
                found.join(); // which goes on through interruptions
            };
            UserApi api = loopback.open(settings, () -> new MeddlingClient(client, lookUp, () -> {}));
            CompletableFuture<ApiAnswer> first = get(api, call());
            assertTrue(asked.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
            time.advance(Duration.ofMillis(4_999));
            assertFalse(first.isDone());
            time.advance(Duration.ofMillis(1));
            assertEquals("upstream_timeout", end(first));
            CompletableFuture<ApiAnswer> second = get(api, call());
            assertFalse(second.isDone());
            assertEquals(List.of(), server.requests(), "the second has no place");
            found.complete(null);
            assertEquals(ADA, end(second));
            assertEquals(1, server.requests().size(), "the first is not sent after all");
        }
    }

    /** One that runs nothing makes no connection, which an interruption ends. */
    @Test
    void isFreeAgainWhereTheClientHangs() throws Exception {
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

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isNotTakenFromACallByTheEndOfTheOneBefore(boolean answered) throws Exception {
        Gate gate = new Gate(FOUND);
        AtomicBoolean isFirst = new AtomicBoolean(true);
        Answering first = (request, socket) -> {
            if (isFirst.getAndSet(false)) {
                (answered ? FOUND : HANGING_UP).answer(request, socket);
            } else {
                gate.answer(request, socket);
            }
        };
        try (RawApi server = new RawApi(first)) {
            UserApi api = onePlace(server);
            Call before = call();
            assertEquals(answered ? ADA : "upstream_unavailable", end(get(api, before)));
            CompletableFuture<ApiAnswer> second = get(api, call());
            gate.await(1);
            before.end();
            gate.letGo(1);
            assertEquals(ADA, end(second));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isFreeAgainWhereSendingDoesNotNoticeThatItsCallIsTakenBack(boolean answered) throws Exception {
        Call call = call();
        Runnable nothing = () -> {};
        Runnable takeBack = () -> {
            call.cancel();
            Thread.interrupted();
        };
        try (RawApi server = new RawApi(firstOnly((request, socket) -> RawApi.write(socket, LONG_BODY)))) {
            ApiSettings settings = onePlaceAt(server);
            HttpClient client = Connection.open(settings, Optional.empty(), HttpClient.Builder.NO_PROXY);
            UserApi api = loopback.open(
                    settings,
                    () -> new MeddlingClient(client, answered ? nothing : takeBack, answered ? takeBack : nothing));
            assertEquals("cancelled", end(get(api, call)));
            server.awaitEnd();
            assertEquals(ADA, end(get(api, call())));
        }
    }

    /** An interrupted thread could not even write the audit line: it would close the file. */
    @Test
    void isLeftWithoutAnInterruptionThatCameTooLate() throws Exception {
        Call call = call();
        CompletableFuture<Void> watched = new CompletableFuture<>();
        Runnable takeBack = () -> {
            watched.join();
            call.cancel();
        };
        try (RawApi server = new RawApi(FOUND)) {
            ApiSettings settings = onePlaceAt(server);
            HttpClient client = Connection.open(settings, Optional.empty(), HttpClient.Builder.NO_PROXY);
            UserApi api = loopback.open(settings, () -> new MeddlingClient(client, () -> {}, takeBack));
            CompletableFuture<ApiAnswer> answer = get(api, call);
            CompletableFuture<Boolean> interrupted =
                    answer.handle((found, failure) -> Thread.currentThread().isInterrupted());
            watched.complete(null);
            assertFalse(interrupted.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
            assertEquals("cancelled", end(answer));
        }
    }

    @Test
    void isGivenToAsManyCallsAsThereArePlaces() throws Exception {
        Gate gate = new Gate(FOUND);
        try (RawApi server = new RawApi(gate)) {
            UserApi api = loopback.open(UserApiFactory.settings(URI.create(server.url()), 0, MAX_BODY_BYTES, 3));
            List<CompletableFuture<ApiAnswer>> answers =
                    IntStream.range(0, 12).mapToObj(i -> get(api, call())).toList();
            gate.await(3);
            for (int i = 3; i < 12; i++) {
                gate.letGo(1);
                gate.await(1);
            }
            gate.letGo(3);
            for (CompletableFuture<ApiAnswer> answer : answers) {
                assertEquals(ADA, end(answer));
            }
            assertEquals(3, server.most());
        }
    }

    @Test
    void isNotGivenToACallThatEndedWhileItWaited() throws Exception {
        Gate gate = new Gate(FOUND);
        try (RawApi server = new RawApi(gate)) {
            UserApi api = onePlace(server);
            CompletableFuture<ApiAnswer> first = get(api, call());
            gate.await(1);
            Call waiting = call();
            CompletableFuture<ApiAnswer> second = get(api, waiting);
            CompletableFuture<ApiAnswer> third = get(api, call());
            waiting.cancel();
            gate.letGo(2);
            assertEquals(List.of(ADA, ADA), List.of(end(first), end(third)));
            assertFalse(second.isDone());
            assertEquals(0, waiting.attempts());
            assertEquals(2, server.requests().size());
        }
    }

    @Test
    void isNotHeldByACallThatBacksOff() throws Exception {
        try (RawApi server = new RawApi(firstOnly(busy("503 Service Unavailable")))) {
            ApiSettings retrying = UserApiFactory.settings(URI.create(server.url()), 2, MAX_BODY_BYTES, 1);
            TokenSource tokens = SecretSource.fixed(UserApiFactory.TOKEN, loopback.redactor()::know);
            UserApi api = loopback.open(retrying, tokens, UserApiFactory.LONGEST);
            CompletableFuture<ApiAnswer> backingOff = get(api, call());
            time.awaitAlarms(Duration.ofMillis(200), 1);
            assertEquals(ADA, end(get(api, call())));
            time.advance(Duration.ofMillis(200));
            assertEquals(ADA, end(backingOff));
        }
    }

    /** The second call has its place when it learns that the API wants to be left alone. */
    @Test
    void isGivenBackWhereTheApiHasAskedToBeLeftAloneMeanwhile() throws Exception {
        Gate gate = new Gate(firstOnly(busy("429 Too Many Requests", "Retry-After: 7")));
        try (RawApi server = new RawApi(gate)) {
            UserApi api = onePlace(server);
            CompletableFuture<ApiAnswer> first = get(api, call());
            gate.await(1);
            Call second = call();
            CompletableFuture<ApiAnswer> queued = get(api, second);
            gate.letGo(2);
            assertEquals("upstream_unavailable", end(first));
            time.awaitAlarms(Duration.ofSeconds(7), 1);
            assertEquals(0, second.attempts());
            time.advance(Duration.ofSeconds(7));
            assertEquals(ADA, end(queued));
        }
    }

    /** Returns what answers the first request as given, any other as it should be. */
    private static Answering firstOnly(Answering answering) {
        AtomicBoolean first = new AtomicBoolean(true);
        return (request, socket) -> (first.getAndSet(false) ? answering : FOUND).answer(request, socket);
    }

    @Test
    void isGivenBackWhereTheCircuitHasOpenedMeanwhile() throws Exception {
        Gate gate = new Gate(busy("500 Internal Server Error"));
        try (RawApi server = new RawApi(gate)) {
            UserApi api = onePlace(server);
            gate.letGo(4);
            for (int i = 0; i < 4; i++) {
                assertEquals("upstream_unavailable", end(get(api, call())));
            }
            CompletableFuture<ApiAnswer> fifth = get(api, call());
            Call queued = call();
            CompletableFuture<ApiAnswer> sixth = get(api, queued);
            gate.letGo(2);
            assertEquals(List.of("upstream_unavailable", "upstream_unavailable"), List.of(end(fifth), end(sixth)));
            assertEquals(0, queued.attempts());
            assertEquals(5, server.requests().size());
        }
    }

    private static Answering busy(String status, String... headers) {
        return (request, socket) -> RawApi.write(socket, RawApi.response(status, "{}", headers));
    }

    private UserApi onePlace(RawApi server) {
        return loopback.open(onePlaceAt(server));
    }

    private static ApiSettings onePlaceAt(RawApi server) {
        return UserApiFactory.settings(URI.create(server.url()), 0, MAX_BODY_BYTES, 1);
    }

    private static CompletableFuture<ApiAnswer> get(UserApi api, Call call) {
        List<JsonPointer> fields = List.of(JsonPointer.compile("/id"), JsonPointer.compile("/name"));
        return api.get(ApiRequest.record(PathTemplate.parse("/users/{user_id}", "user_id"), "7", fields), call);
    }

    private Call call() {
        return new Call("6f0c1d2e-1", TraceContext.NONE, Duration.ofSeconds(20), time);
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
