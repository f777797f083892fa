package dev.userservice.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonPointer;
import dev.userservice.Layouts;
import dev.userservice.ManualTime;
import dev.userservice.RawApi;
import dev.userservice.UserApiFactory;
import dev.userservice.model.Call;
import dev.userservice.model.CallFailure;
import dev.userservice.model.Json;
import dev.userservice.model.TraceContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import okhttp3.mockwebserver.Dispatcher;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.MockWebServer;
import okhttp3.mockwebserver.RecordedRequest;
import okhttp3.mockwebserver.SocketPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real HTTP over loopback; time passes by hand. */
@Timeout(60)
final class UserApiTest {

    private static final String ADA = "{\"id\":\"123\",\"name\":\"Ada\",\"ssn\":\"078\"}";
    private static final String ADA_RELEASED = "{\"id\":\"123\",\"name\":\"Ada\"}";
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final long PATIENCE_SECONDS = 20;
    private static final int MAX_BODY_BYTES = 2048;

    private final UserApiFactory loopback = new UserApiFactory();
    private final ManualTime time = loopback.time();
    private final MockWebServer server = new MockWebServer();

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws IOException {
        server.start(InetAddress.getLoopbackAddress(), 0);
    }

    @AfterEach
    void stop() throws IOException {
        server.shutdown();
        loopback.close();
    }

    @ParameterizedTest
    @CsvSource({
        "200, '{\"id\":\"123\",\"name\":\"Ada\"}', 1, the record",
        "201, upstream_contract,    1, only 200 is success",
        "202, upstream_contract,    1, only 200 is success",
        "204, upstream_contract,    1, no content is no user",
        "206, upstream_contract,    1, only 200 is success",
        "301, upstream_contract,    1, a redirect",
        "302, upstream_contract,    1, a redirect",
        "304, upstream_contract,    1, nothing was asked for conditionally",
        "307, upstream_contract,    1, a redirect",
        "400, upstream_contract,    1, the request is not what the API expects",
        "401, upstream_denied,      1, the credential is refused",
        "403, upstream_denied,      1, the account may not",
        "404, not_found,            1, there is no such user",
        "407, upstream_contract,    1, any other status",
        "410, upstream_contract,    1, any other status",
        "418, upstream_contract,    1, any other status",
        "429, upstream_unavailable, 3, too many requests: tried again",
        "500, upstream_unavailable, 1, the server's mistake may repeat itself",
        "501, upstream_unavailable, 1, nor does this pass",
        "502, upstream_unavailable, 3, passing trouble: tried again",
        "503, upstream_unavailable, 3, passing trouble: tried again",
        "504, upstream_unavailable, 3, passing trouble: tried again",
        "599, upstream_unavailable, 1, a status without a name",
    })
    void tellsByTheStatus(int status, String end, int requests, String reason) throws Exception {
        boolean bodiless = status == 204 || status == 304;
        answerAlways(new MockResponse().setResponseCode(status).setBody(bodiless ? "" : ADA));
        Call call = call();
        assertEquals(end, end(api().get(user(), call)), reason);
        assertEquals(requests, server.getRequestCount(), reason);
        assertEquals(requests, call.attempts(), reason);
        assertEquals(status, call.httpStatus().orElseThrow(), reason);
    }

    @ParameterizedTest
    @MethodSource
    void refusesAnAnswerItCannotUse(MockResponse answer, String reason) throws Exception {
        answerAlways(answer);
        UserApi api = loopback.open(UserApiFactory.settings(base(), 2, MAX_BODY_BYTES, 8));
        assertEquals("upstream_contract", end(api.get(user(), call())), reason);
        assertEquals(1, server.getRequestCount(), reason);
    }

    static Stream<Arguments> refusesAnAnswerItCannotUse() {
        String tooLong = "{\"photo\":\"" + "A".repeat(MAX_BODY_BYTES) + "\"}";
        return Stream.of(
                Arguments.of(new MockResponse(), "empty"),
                Arguments.of(new MockResponse().setBody("<html>not JSON</html>"), "a web page"),
                Arguments.of(new MockResponse().setBody(ADA + ADA), "two records"),
                Arguments.of(new MockResponse().setBody(tooLong), "over the limit"),
                Arguments.of(new MockResponse().setChunkedBody(tooLong, 100), "over the limit, its length not told"),
                Arguments.of(new MockResponse().setBody(ADA.substring(0, 20)), "cut, its length told as it is"),
                Arguments.of(
                        new MockResponse().setHeader("Content-Encoding", "gzip").setBody("\u001f\u008b"),
                        "compressed, though nobody asked for that"));
    }

    @Test
    void readsAnAnswerOfExactlyTheLimit() throws Exception {
        String padding = " ".repeat(MAX_BODY_BYTES - ADA.length());
        answerAlways(new MockResponse().setBody(ADA + padding));
        UserApi api = loopback.open(UserApiFactory.settings(base(), 0, MAX_BODY_BYTES, 8));
        assertEquals(ADA_RELEASED, end(api.get(user(), call())));
    }

    @ParameterizedTest
    @MethodSource
    void triesAgainWhereThereIsNoConnection(RawApi.Answering answering, String reason) throws Exception {
        try (RawApi raw = new RawApi(answering)) {
            Call call = call();
            assertEquals("upstream_unavailable", end(api(raw).get(user(), call)), reason);
            assertEquals(3, raw.requests().size(), "the HTTP client adds none of its own to one and two retries");
            assertEquals(3, call.attempts(), reason);
        }
    }

    static Stream<Arguments> triesAgainWhereThereIsNoConnection() {
        RawApi.Answering reset = (request, socket) -> {
            socket.setSoLinger(true, 0);
            socket.close();
        };
        return Stream.of(
                Arguments.of(hangingUpAfter(""), "closed without an answer"),
                Arguments.of(reset, "reset"),
                Arguments.of(hangingUpAfter("HTTP/1.1 200 "), "closed within the status line"),
                Arguments.of(hangingUpAfter("HTTP/1.1 200 OK\r\nContent-"), "closed within the headers"));
    }

    @Test
    void triesAgainWhereTheConnectionIsRefused() throws Exception {
        int port = server.getPort();
        server.shutdown();
        Call call = call();
        UserApi api = loopback.open(settings(URI.create("http://127.0.0.1:" + port)));
        assertEquals("upstream_unavailable", end(api.get(user(), call)));
        assertEquals(3, call.attempts());
    }

    @Test
    void sendsNoRequestASecondTimeOnAConnectionThatWasClosedMeanwhile() throws Exception {
        AtomicInteger answered = new AtomicInteger();
        RawApi.Answering onlyOnce = (request, socket) -> {
            if (answered.getAndIncrement() == 0) {
                RawApi.write(socket, RawApi.ok(ADA));
            } else {
                socket.close();
            }
        };
        try (RawApi raw = new RawApi(onlyOnce)) {
            UserApi api = loopback.open(UserApiFactory.settings(URI.create(raw.url()), 0, MAX_BODY_BYTES, 8));
            assertEquals(ADA_RELEASED, end(api.get(user(), call())));
            assertEquals("upstream_unavailable", end(api.get(user(), call())));
            assertEquals(2, raw.requests().size());
            assertEquals(1, raw.connections());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTP/1.1 200 OK~Content-Length: 2~Content-Length: 2~~{}  | two lengths",
                "HTTP/1.1 200 OK~Content-Length: two~~{}                  | a length that is no number",
                "HTTP/1.1 200 OK~Content-Length: +2~~{}                   | a length with a sign",
                "HTTP/1.1 200 OK~Content-Length: 1234567890123456789~~{}  | a length of 19 digits",
                "HTTP/1.1 204 No Content~Content-Length: 2~~{}            | a length where nothing can follow",
            })
    void endsAConnectionThatIsNotHttpAndDoesNotTryAgain(String answer, String reason) throws Exception {
        try (RawApi raw = RawApi.always(answer.replace("~", "\r\n"))) {
            assertEquals("upstream_contract", end(api(raw).get(user(), call())), reason);
            assertEquals(1, raw.requests().size(), reason);
            raw.awaitEnd();
        }
    }

    @Test
    void doesNotTryAgainWhatSpeaksAnotherProtocol() throws Exception {
        try (RawApi raw = new RawApi(hangingUpAfter("220 mail.corp ESMTP ready\r\n\r\n"))) {
            assertEquals("upstream_contract", end(api(raw).get(user(), call())));
            assertEquals(1, raw.requests().size());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Content-Length: 100~~{\"id\":7       | of a length that is known",
                "Content-Length: 100~~{\"id\":7}      | though what came is a record",
                "Transfer-Encoding: chunked~~8~{\"id\":7}~ | of a length that is not known",
            })
    void doesNotTryAgainAnAnswerThatWasCut(String answer, String reason) throws Exception {
        try (RawApi raw = new RawApi(hangingUpAfter("HTTP/1.1 200 OK\r\n" + answer.replace("~", "\r\n")))) {
            assertEquals("upstream_contract", end(api(raw).get(user(), call())), reason);
            assertEquals(1, raw.requests().size(), reason);
        }
    }

    @Test
    void readsNoMoreOfARefusalThanIsWorthTheConnection() throws Exception {
        String endless = "HTTP/1.1 404 Not Found\r\nContent-Length: 1000000\r\n\r\n" + " ".repeat(16 * 1024);
        try (RawApi raw = RawApi.always(endless)) {
            assertEquals("not_found", end(api(raw).get(user(), call())));
            raw.awaitEnd();
        }
    }

    @Test
    void usesAConnectionAgainAfterAShortRefusal() throws Exception {
        try (RawApi raw = RawApi.always(RawApi.response("404 Not Found", " ".repeat(15 * 1024)))) {
            UserApi api = api(raw);
            assertEquals("not_found", end(api.get(user(), call())));
            assertEquals("not_found", end(api.get(user(), call())));
            assertEquals(1, raw.connections());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "404 Not Found,           not_found",
        "503 Service Unavailable, 'upstream_unavailable, again after PT7S'",
    })
    void goesByTheStatusWhereTheRestOfTheAnswerDoesNotCome(String status, String end) throws Exception {
        String head = "HTTP/1.1 " + status + "\r\nRetry-After: 7\r\nContent-Length: 100\r\n\r\n";
        try (RawApi raw = RawApi.always(head)) {
            UserApi api = loopback.open(UserApiFactory.settings(URI.create(raw.url()), 0, MAX_BODY_BYTES, 8));
            Call call = call();
            CompletableFuture<ApiAnswer> answer = api.get(user(), call);
            while (call.httpStatus().isEmpty()) {
                Thread.onSpinWait();
            }
            time.advanceWhenAskedFor(Duration.ofSeconds(5));
            assertEquals(end, end(answer));
            raw.awaitEnd();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":"})
    void givesUpOnASlowAnswerAfterOneAttempt(String beginning) throws Exception {
        CountDownLatch written = new CountDownLatch(1);
        RawApi.Answering slow = (request, socket) -> {
            RawApi.write(socket, beginning);
            written.countDown();
        };
        try (RawApi raw = new RawApi(slow)) {
            CompletableFuture<ApiAnswer> answer = api(raw).get(user(), call());
            assertTrue(written.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
            time.awaitAlarms(Duration.ofSeconds(5), 1);
            time.advance(Duration.ofMillis(4_999));
            assertFalse(answer.isDone());
            time.advance(Duration.ofMillis(1));
            assertEquals("upstream_timeout", end(answer));
            assertEquals(1, raw.requests().size());
            raw.awaitEnd();
        }
    }

    @Test
    void givesUpWhereTheCallEndsFirst() throws Exception {
        answerAlways(new MockResponse().setSocketPolicy(SocketPolicy.NO_RESPONSE));
        Call call = call();
        CompletableFuture<ApiAnswer> answer = api().get(user(), call);
        request();
        call.end(); // as at its deadline
        assertEquals("upstream_timeout", end(answer));
    }

    @Test
    void dropsTheRequestOfACancelledCall() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        try (RawApi raw = new RawApi((request, socket) -> arrived.countDown())) {
            Call call = call();
            CompletableFuture<ApiAnswer> answer = api(raw).get(user(), call);
            assertTrue(arrived.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
            call.cancel();
            assertEquals("cancelled", end(answer));
            raw.awaitEnd();
            assertEquals(1, raw.requests().size());
        }
    }

    @Test
    void sendsWhatTheContractNamesAndNothingOfItsOwn() throws Exception {
        answerAlways(new MockResponse().setBody(ADA));
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        TraceContext context = new TraceContext(Optional.of(trace), Optional.of("rojo=00f067aa0ba902b7"));
        end(api().get(user(), new Call("6f0c1d2e-1", context, DEADLINE, time)));
        RecordedRequest request = request();
        assertEquals("GET /users/123 HTTP/1.1", request.getRequestLine());
        Map<String, String> expected = new TreeMap<>();
        expected.put("Accept", "application/json");
        expected.put("Authorization", "Bearer " + UserApiFactory.TOKEN.reveal());
        expected.put("Host", "127.0.0.1:" + server.getPort());
        expected.put("User-Agent", "user-service/1.0.0");
        expected.put("X-Request-Id", "6f0c1d2e-1");
        expected.put("traceparent", trace);
        expected.put("tracestate", "rojo=00f067aa0ba902b7");
        Map<String, String> sent = new TreeMap<>();
        request.getHeaders().names().forEach(name -> sent.put(name, request.getHeader(name)));
        sent.remove("Content-Length"); // JDK 17 sends one of zero, later ones do not
        assertEquals(expected, sent);
    }

    @Test
    void sendsNoTraceContextThatIsNotValid() throws Exception {
        answerAlways(new MockResponse().setBody(ADA));
        TraceContext context = new TraceContext(Optional.of("00-x\r\nX-Admin: 1"), Optional.of("rojo=1"));
        end(api().get(user(), new Call("6f0c1d2e-1", context, DEADLINE, time)));
        RecordedRequest request = request();
        assertEquals(List.of(), request.getHeaders().values("traceparent"));
        assertEquals(List.of(), request.getHeaders().values("tracestate"));
    }

    @ParameterizedTest
    @CsvSource({
        "X-Api-Key,     '',     token-0123456789abcdef,        a header of its own without a word before the token",
        "Authorization, Token,  Token token-0123456789abcdef,  another word",
    })
    void sendsTheTokenAsConfigured(String header, String scheme, String value, String reason) throws Exception {
        answerAlways(new MockResponse().setBody(ADA));
        ApiSettings like = settings(base());
        ApiSettings settings = new ApiSettings(
                like.base(),
                header,
                scheme,
                like.connectTimeout(),
                like.timeout(),
                0,
                MAX_BODY_BYTES,
                8,
                like.userAgent());
        end(loopback.open(settings).get(user(), call()));
        assertEquals(value, request().getHeader(header), reason);
    }

    @Test
    void keepsThePathPrefixAndEncodesTheValue() throws Exception {
        answerAlways(new MockResponse().setBody("{\"users\":[]}"));
        UserApi api = loopback.open(settings(URI.create(base() + "/v1/internal")));
        PathTemplate path = PathTemplate.parse("/users?department={department}", "department");
        ListLayout layout = Layouts.list("/users", new Paging.Numbered("$top", "page[start]", 1, OptionalInt.empty()));
        end(api.get(new ApiRequest(path, "r&d/../x", List.of(), Optional.of(layout), 100, 50), call()));
        assertEquals(
                "/v1/internal/users?department=r%26d%2F..%2Fx&%24top=50&page%5Bstart%5D=101",
                request().getPath());
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void neverFollowsARedirect(int status) throws Exception {
        server.enqueue(new MockResponse().setResponseCode(status).setHeader("Location", base() + "/elsewhere"));
        server.enqueue(new MockResponse().setBody(ADA));
        assertEquals("upstream_contract", end(api().get(user(), call())));
        assertEquals(1, server.getRequestCount());
    }

    @ParameterizedTest
    @CsvSource({
        "6f0c1d2e-1,  ok,                its own",
        "6f0c1d2e-12, upstream_contract, 'one answer too many came before it'",
        "6f0c1d2e-,   upstream_contract, 'none of ours is so'",
        "7f0c1d2e-2,  ok,                'of another server, or made by a gateway'",
    })
    void takesNoAnswerToAnotherRequest(String id, String end, String reason) throws Exception {
        answerAlways(new MockResponse().setBody(ADA).setHeader("X-Request-Id", id));
        String expected = end.equals("ok") ? "{\"id\":\"123\",\"name\":\"Ada\"}" : end;
        assertEquals(expected, end(api().get(user(), call())), reason);
        assertEquals(1, server.getRequestCount(), reason);
    }

    @Test
    void keepsNoCookies() throws Exception {
        answerAlways(new MockResponse().setBody(ADA).setHeader("Set-Cookie", "session=1; Path=/"));
        UserApi api = api();
        end(api.get(user(), call()));
        end(api.get(user(), call()));
        request();
        assertEquals(List.of(), request().getHeaders().values("Cookie"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5})
    void triesAsOftenAsConfigured(int retries) throws Exception {
        answerAlways(new MockResponse().setResponseCode(429));
        UserApi api = loopback.open(UserApiFactory.settings(base(), retries, MAX_BODY_BYTES, 8));
        assertEquals("upstream_unavailable", end(api.get(user(), call())));
        assertEquals(1 + retries, server.getRequestCount());
    }

    @Test
    void backsOffLongerEachTimeAndRecovers() throws Exception {
        server.enqueue(new MockResponse().setResponseCode(503));
        server.enqueue(new MockResponse().setSocketPolicy(SocketPolicy.DISCONNECT_AFTER_REQUEST));
        server.enqueue(new MockResponse().setBody(ADA));
        Call call = call();
        CompletableFuture<ApiAnswer> answer = patient().get(user(), call);
        time.advanceWhenAskedFor(Duration.ofMillis(200));
        time.advanceWhenAskedFor(Duration.ofMillis(400));
        assertEquals(ADA_RELEASED, end(answer));
        assertEquals(3, call.attempts());
        assertEquals(List.of(), time.waits(), "no alarm is left behind");
    }

    @Test
    void doesNotBeginABackOffThatWouldOutlastTheDeadline() throws Exception {
        answerAlways(new MockResponse().setResponseCode(503));
        Call call = call(Duration.ofMillis(200));
        assertEquals("upstream_unavailable", end(patient().get(user(), call)));
        assertEquals(1, call.attempts());
        assertEquals(Duration.ZERO, time.elapsed());
    }

    @ParameterizedTest
    @CsvSource({"429, 7", "503, 7", "503, 'Sun, 22 Nov 2026 07:31:12 GMT'"})
    void holdsBackAllCallsAsLongAsTheApiAsks(int status, String header) throws Exception {
        List<Duration> arrivals = Collections.synchronizedList(new ArrayList<>());
        MockResponse busy = new MockResponse().setResponseCode(status).setHeader("Retry-After", header);
        answer(request -> {
            arrivals.add(time.elapsed());
            return arrivals.size() == 1 ? busy : new MockResponse().setBody(ADA);
        });
        UserApi api = api();
        CompletableFuture<ApiAnswer> first = api.get(user(), call());
        time.awaitAlarms(Duration.ofSeconds(7), 1);
        CompletableFuture<ApiAnswer> second = api.get(user(), call());
        time.advanceWhenAskedFor(Duration.ofSeconds(7), 2);
        assertEquals(List.of(ADA_RELEASED, ADA_RELEASED), List.of(end(first), end(second)));
        assertEquals(List.of(Duration.ZERO, Duration.ofSeconds(7), Duration.ofSeconds(7)), arrivals);
    }

    @Test
    void failsAtOnceWhereTheDeadlineDoesNotLeaveThatLong() throws Exception {
        answerAlways(new MockResponse().setResponseCode(429).setHeader("Retry-After", "7"));
        UserApi api = api();
        assertEquals("upstream_unavailable, again after PT7S", end(api.get(user(), call(Duration.ofSeconds(7)))));
        time.advance(Duration.ofSeconds(2));
        assertEquals("upstream_unavailable, again after PT5S", end(api.get(user(), call(Duration.ofSeconds(5)))));
        assertEquals(1, server.getRequestCount());
    }

    @Test
    void heedsNoRetryAfterOfAnAnswerThatIsFinal() throws Exception {
        answerAlways(new MockResponse().setResponseCode(404).setHeader("Retry-After", "7"));
        assertEquals("not_found", end(api().get(user(), call())));
        assertEquals(List.of(), time.waits());
    }

    @Test
    void sendsNothingWhileTheCircuitIsOpenThenOneProbe() throws Exception {
        answerAlways(new MockResponse().setResponseCode(500));
        UserApi api = api();
        for (int i = 0; i < 5; i++) {
            assertEquals("upstream_unavailable", end(api.get(user(), call())));
        }
        assertEquals("upstream_unavailable, again after PT15S", end(api.get(user(), call())));
        assertEquals(5, server.getRequestCount());
        time.advance(Duration.ofSeconds(15));
        assertEquals("upstream_unavailable", end(api.get(user(), call())), "the probe");
        assertEquals("upstream_unavailable, again after PT15S", end(api.get(user(), call())));
        assertEquals(6, server.getRequestCount());
        time.advance(Duration.ofSeconds(15));
        answerAlways(new MockResponse().setBody(ADA));
        assertEquals(ADA_RELEASED, end(api.get(user(), call())), "the probe that closes it");
        assertEquals(ADA_RELEASED, end(api.get(user(), call())));
    }

    @Test
    void countsAttemptsAndNotCallsForTheCircuit() throws Exception {
        answerAlways(new MockResponse().setResponseCode(503));
        UserApi api = api();
        assertEquals("upstream_unavailable", end(api.get(user(), call())));
        assertEquals("upstream_unavailable, again after PT15S", end(api.get(user(), call())));
        assertEquals(5, server.getRequestCount());
    }

    @Test
    void opensNoCircuitForAnswersThatAreNoFailures() throws Exception {
        answerAlways(new MockResponse().setResponseCode(429));
        UserApi api = loopback.open(UserApiFactory.settings(base(), 5, MAX_BODY_BYTES, 8));
        end(api.get(user(), call()));
        answerAlways(new MockResponse().setResponseCode(404));
        for (int i = 0; i < 6; i++) {
            assertEquals("not_found", end(api.get(user(), call())));
        }
    }

    @Test
    void asksTheCircuitBeforeItBacksOff() throws Exception {
        answerAlways(new MockResponse().setResponseCode(503));
        UserApi api =
                loopback.open(UserApiFactory.settings(base(), 5, MAX_BODY_BYTES, 8), fixed(), UserApiFactory.LONGEST);
        CompletableFuture<ApiAnswer> answer = api.get(user(), call());
        for (int millis : new int[] {200, 400, 800, 1600}) {
            time.advanceWhenAskedFor(Duration.ofMillis(millis));
        }
        assertEquals("upstream_unavailable, again after PT15S", end(answer));
        assertEquals(List.of(), time.waits());
        assertEquals(5, server.getRequestCount());
    }

    @Test
    void triesOnceMoreWithATokenThatWasRotated() throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "first-token-0123456789");
        List<String> credentials = Collections.synchronizedList(new ArrayList<>());
        answer(request -> {
            credentials.add(request.getHeader("Authorization"));
            rewrite(file, "token-number-" + credentials.size() + "-0123456789");
            return new MockResponse().setResponseCode(401);
        });
        UserApi api = loopback.open(
                settings(base()), SecretSource.file("token", file, loopback.redactor()::know), UserApiFactory.SHORTEST);
        assertEquals("upstream_denied", end(api.get(user(), call())));
        assertEquals(
                List.of("Bearer first-token-0123456789", "Bearer token-number-1-0123456789"),
                credentials,
                "once, not for ever");
    }

    @Test
    void spendsNoRetryOnARotatedToken() throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "first-token-0123456789");
        AtomicInteger requests = new AtomicInteger();
        answer(request -> {
            rewrite(file, "other-token-0123456789");
            return requests.incrementAndGet() == 1
                    ? new MockResponse().setResponseCode(401)
                    : new MockResponse().setBody(ADA);
        });
        ApiSettings noRetries = UserApiFactory.settings(base(), 0, MAX_BODY_BYTES, 8);
        UserApi api = loopback.open(
                noRetries, SecretSource.file("token", file, loopback.redactor()::know), UserApiFactory.SHORTEST);
        assertEquals(ADA_RELEASED, end(api.get(user(), call())));
        assertEquals(2, requests.get());
    }

    @Test
    void sendsNothingWithoutAUsableToken() throws Exception {
        UserApi api = loopback.open(
                settings(base()),
                SecretSource.file("token", folder.resolve("missing"), loopback.redactor()::know),
                UserApiFactory.SHORTEST);
        for (int i = 0; i < 10; i++) {
            Call call = call();
            assertEquals("upstream_denied", end(api.get(user(), call)), "and every place is given back");
            assertEquals(0, call.attempts());
        }
        assertEquals(0, server.getRequestCount());
    }

    @Test
    void forgetsACallThatEndsWhileItBacksOff() throws Exception {
        answerAlways(new MockResponse().setResponseCode(503));
        Call call = call();
        patient().get(user(), call);
        time.awaitAlarms(Duration.ofMillis(200), 1);
        call.cancel();
        while (!time.waits().isEmpty()) { // the place may be about to say how the wait is ended
            Thread.onSpinWait();
        }
    }

    @Test
    void namesTheHoldBackOnlyWhereTryingAgainCanHelp() throws Exception {
        RawApi.Gate gate = new RawApi.Gate((request, socket) -> RawApi.write(
                socket,
                request.target().endsWith("/1")
                        ? RawApi.response("404 Not Found", "{}")
                        : RawApi.response("429 Too Many Requests", "{}", "Retry-After: 7")));
        try (RawApi raw = new RawApi(gate)) {
            UserApi api = loopback.open(UserApiFactory.settings(URI.create(raw.url()), 0, MAX_BODY_BYTES, 8));
            CompletableFuture<ApiAnswer> missing = api.get(user("1"), call());
            CompletableFuture<ApiAnswer> busy = api.get(user("2"), call());
            gate.await(2);
            gate.letGo(2);
            assertEquals("upstream_unavailable, again after PT7S", end(busy));
            assertEquals("not_found", end(missing));
        }
    }

    @Test
    void endsTheCallWithWhatKeptTheClientFromBeingMade() throws Exception {
        UserApi broken = loopback.open(settings(base()), () -> {
            throw new IllegalStateException();
        });
        assertEquals("internal", end(broken.get(user(), call())));
        StackOverflowError error = new StackOverflowError();
        UserApi exhausted = loopback.open(settings(base()), () -> {
            throw error;
        });
        ExecutionException thrown = assertThrows(
                ExecutionException.class, () -> exhausted.get(user(), call()).get(PATIENCE_SECONDS, TimeUnit.SECONDS));
        assertSame(error, thrown.getCause().getCause());
    }

    @Test
    void makesItsClientOnceAndBeforeTheFirstCallWhereAskedTo() throws Exception {
        answerAlways(new MockResponse().setBody(ADA));
        AtomicInteger made = new AtomicInteger();
        UserApi api = loopback.open(settings(base()), () -> {
            made.incrementAndGet();
            return Connection.open(settings(base()), Optional.empty(), HttpClient.Builder.NO_PROXY);
        });
        assertEquals(0, made.get());
        api.prepare();
        assertEquals(1, made.get());
        assertEquals(ADA_RELEASED, end(api.get(user(), call())));
        assertEquals(1, made.get());
    }

    @Test
    void sendsNothingAndKeepsNoThreadOnceItIsClosed() throws Exception {
        answerAlways(new MockResponse().setBody(ADA));
        UserApi api = api();
        assertEquals(ADA_RELEASED, end(api.get(user(), call())));
        List<Thread> selectors = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().endsWith("-SelectorManager"))
                .toList();
        assertFalse(selectors.isEmpty());
        api.close();
        for (Thread selector : selectors) {
            selector.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            assertFalse(selector.isAlive());
        }
        ExecutionException refusal = assertThrows(
                ExecutionException.class, () -> api.get(user(), call()).get(PATIENCE_SECONDS, TimeUnit.SECONDS));
        assertInstanceOf(RejectedExecutionException.class, refusal.getCause());
        assertEquals(1, server.getRequestCount());
    }

    @Test
    void makesARotatedTokenKnownWithoutACall() throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "first-token-0123456789");
        UserApi api = loopback.open(
                settings(base()), SecretSource.file("token", file, loopback.redactor()::know), UserApiFactory.SHORTEST);
        rewrite(file, "a-longer-token-0123456789");
        api.refreshToken();
        assertEquals("[redacted]", loopback.redactor().redact("a-longer-token-0123456789"));
        Files.delete(file);
        api.refreshToken();
    }

    private UserApi api() {
        return loopback.open(settings(base()));
    }

    private UserApi api(RawApi raw) {
        return loopback.open(settings(URI.create(raw.url())));
    }

    /** Returns an API whose back-off is the longest possible. */
    private UserApi patient() {
        return loopback.open(settings(base()), fixed(), UserApiFactory.LONGEST);
    }

    private TokenSource fixed() {
        return SecretSource.fixed(UserApiFactory.TOKEN, loopback.redactor()::know);
    }

    private static ApiSettings settings(URI base) {
        return UserApiFactory.settings(base);
    }

    private URI base() {
        return URI.create("http://127.0.0.1:" + server.getPort());
    }

    private static ApiRequest user() {
        return user("123");
    }

    private static ApiRequest user(String id) {
        List<JsonPointer> fields = List.of(JsonPointer.compile("/id"), JsonPointer.compile("/name"));
        return ApiRequest.record(PathTemplate.parse("/users/{user_id}", "user_id"), id, fields);
    }

    private Call call() {
        return call(DEADLINE);
    }

    private Call call(Duration timeout) {
        return new Call("6f0c1d2e-1", TraceContext.NONE, timeout, time);
    }

    private RecordedRequest request() throws InterruptedException {
        return Optional.ofNullable(server.takeRequest(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .orElseThrow();
    }

    private void answerAlways(MockResponse response) {
        answer(request -> response);
    }

    private void answer(Answering answering) {
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
                return answering.to(request);
            }
        });
    }

    @FunctionalInterface
    private interface Answering {
        MockResponse to(RecordedRequest request) throws InterruptedException;
    }

    /** Returns the first record, or the code of the failure and the wait it names. */
    private static String end(CompletableFuture<ApiAnswer> answer) throws Exception {
        try {
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS).records().stream()
                    .map(Json::text)
                    .findFirst()
                    .orElse("");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CallFailure failure) {
                return failure.code().label()
                        + failure.retryAfter()
                                .map(wait -> ", again after " + wait)
                                .orElse("");
            }
            throw e;
        }
    }

    /** Returns what writes a beginning and hangs up. */
    private static RawApi.Answering hangingUpAfter(String beginning) {
        return (request, socket) -> {
            RawApi.write(socket, beginning);
            socket.close();
        };
    }

    private static void rewrite(Path file, String token) {
        try {
            Files.writeString(file, token);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
