package dev.userservice.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonPointer;
import dev.userservice.ManualTime;
import dev.userservice.RawApi;
import dev.userservice.TokenEndpoint;
import dev.userservice.UserApiFactory;
import dev.userservice.model.Call;
import dev.userservice.model.CallFailure;
import dev.userservice.model.Json;
import dev.userservice.model.Secret;
import dev.userservice.model.TraceContext;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import okhttp3.mockwebserver.MockResponse;
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

/** Tokens by OAuth for calls to an API, both over real HTTP on loopback; time passes by hand. */
@Timeout(60)
final class OAuthTokensTest {

    private static final String ADA = "{\"id\":\"7\",\"name\":\"Ada\"}";
    private static final Secret SECRET = new Secret("p@ss:w/rd+%41=0123");
    private static final String REFUSED = RawApi.response("401 Unauthorized", "{}");
    private static final long PATIENCE_SECONDS = 20;
    private static final int MAX_BODY_BYTES = 1024;

    private final UserApiFactory loopback = new UserApiFactory();
    private final ManualTime time = loopback.time();

    @TempDir
    private Path folder;

    private TokenEndpoint endpoint;
    private RawApi server;
    private volatile RawApi.Answering answering = (request, socket) -> RawApi.write(socket, RawApi.ok(ADA));

    @BeforeEach
    void start() throws IOException {
        endpoint = new TokenEndpoint();
        server = new RawApi((request, socket) -> answering.answer(request, socket));
    }

    @AfterEach
    void stop() throws IOException {
        loopback.close();
        server.close();
        endpoint.close();
    }

    @Test
    void takesATokenWhateverTheEndpointCallsTheRequest() throws Exception {
        endpoint.answer(number ->
                TokenEndpoint.issued(TokenEndpoint.token(number), "3600").setHeader("X-Request-Id", "6f0c1d2e-7"));
        assertEquals(ADA, end(open().get(user(), call())));
    }

    @Test
    void asksAsTheStandardHasItAndSaysNothingMore() throws Exception {
        UserApi api = open(new OAuthSettings(
                endpoint.url(),
                "user service:ä",
                Optional.of(SECRET),
                Optional.empty(),
                Optional.of("users.read a/b")));
        assertEquals(ADA, end(api.get(user(), call())));
        RecordedRequest request = endpoint.requests().get(0);
        assertEquals("POST /oauth2/token HTTP/1.1", request.getRequestLine());
        assertEquals(
                "grant_type=client_credentials&scope=users.read+a%2Fb",
                request.getBody().readUtf8());
        Map<String, String> headers = new TreeMap<>();
        request.getHeaders().forEach(header -> headers.put(header.getFirst(), header.getSecond()));
        String credential = headers.remove("Authorization").substring("Basic ".length());
        assertEquals(
                "user+service%3A%C3%A4:p%40ss%3Aw%2Frd%2B%2541%3D0123",
                new String(Base64.getDecoder().decode(credential), StandardCharsets.US_ASCII));
        headers.keySet().removeAll(Set.of("Connection", "Host", "Http2-Settings", "Upgrade"));
        assertEquals(
                Map.of(
                        "Accept", "application/json",
                        "Content-Length", "52",
                        "Content-Type", "application/x-www-form-urlencoded",
                        "User-Agent", "user-service/1.0.0"),
                headers);
        assertEquals(List.of("Bearer " + TokenEndpoint.token(1)), credentials());
    }

    @Test
    void asksForNoScopeWhereNoneIsSet() throws Exception {
        assertEquals(ADA, end(open().get(user(), call())));
        assertEquals(
                "grant_type=client_credentials",
                endpoint.requests().get(0).getBody().readUtf8());
    }

    @Test
    void asksOnceForAllCallsThatWaitAndHoldsNoPlaceMeanwhile() throws Exception {
        endpoint.hold();
        UserApi api = open();
        List<Call> calls = Stream.generate(this::call).limit(64).toList();
        List<CompletableFuture<ApiAnswer>> answers =
                calls.stream().map(call -> api.get(user(), call)).toList();
        endpoint.await(1);
        awaitIdlePlaces();
        assertEquals(List.of(Duration.ofSeconds(5)), time.waits(), "one request has a time limit");
        endpoint.letGo(1);
        for (CompletableFuture<ApiAnswer> answer : answers) {
            assertEquals(ADA, end(answer));
        }
        assertEquals(1, endpoint.requests().size());
        assertEquals(Collections.nCopies(64, "Bearer " + TokenEndpoint.token(1)), credentials());
        assertEquals(64, calls.stream().mapToInt(Call::attempts).sum(), "the token's request is nobody's attempt");
    }

    /** Waits until every thread that is a place at the API waits for the next attempt, and has none in hand. */
    private static void awaitIdlePlaces() {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey().getName().equals("waiting-for-the-api"))
                .allMatch(thread -> thread.getKey().getState() == Thread.State.WAITING
                        && Stream.of(thread.getValue())
                                .anyMatch(frame -> frame.getMethodName().equals("getTask")))) {
            assertTrue(System.nanoTime() < giveUp, "a place is held");
            Thread.onSpinWait();
        }
    }

    @Test
    void letsCallsGoOnInTheOrderTheyCame() throws Exception {
        endpoint.hold();
        UserApi api = loopback.open(
                UserApiFactory.settings(URI.create(server.url()), 0, MAX_BODY_BYTES, 1),
                tokens(),
                UserApiFactory.SHORTEST);
        List<CompletableFuture<ApiAnswer>> answers = IntStream.range(0, 9)
                .mapToObj(i -> api.get(user(Integer.toString(i)), call()))
                .toList();
        endpoint.await(1);
        awaitIdlePlaces();
        endpoint.letGo(1);
        for (CompletableFuture<ApiAnswer> answer : answers) {
            end(answer);
        }
        assertEquals(IntStream.range(0, 9).mapToObj(i -> "/users/" + i).toList(), server.targets());
    }

    @Test
    void renewsATokenShortlyBeforeItsEnd() throws Exception {
        UserApi api = open();
        assertEquals(ADA, end(api.get(user(), call())));
        time.advance(Duration.ofSeconds(3570).minusMillis(1));
        assertEquals(ADA, end(api.get(user(), call())));
        time.advance(Duration.ofMillis(1));
        assertEquals(ADA, end(api.get(user(), call())));
        assertEquals(
                List.of(
                        "Bearer " + TokenEndpoint.token(1),
                        "Bearer " + TokenEndpoint.token(1),
                        "Bearer " + TokenEndpoint.token(2)),
                credentials());
    }

    @Test
    void usesATokenThatIsOverAlreadyForTheCallsThatWaitedAndNoOther() throws Exception {
        endpoint.answer(number -> TokenEndpoint.issued(TokenEndpoint.token(number), "0"));
        answering = (request, socket) -> RawApi.write(
                socket, server.requests().size() == 1 ? RawApi.response("503 Busy", "{}") : RawApi.ok(ADA));
        UserApi api = open();
        assertEquals(ADA, end(api.get(user(), call())));
        assertEquals(ADA, end(api.get(user(), call())));
        assertEquals(
                List.of(
                        "Bearer " + TokenEndpoint.token(1),
                        "Bearer " + TokenEndpoint.token(1),
                        "Bearer " + TokenEndpoint.token(2)),
                credentials());
    }

    @ParameterizedTest
    @MethodSource
    void deniesWhereTheEndpointGivesNoBearerToken(MockResponse answer, String sentence) throws Exception {
        endpoint.answer(number -> answer);
        Call call = call();
        assertEquals("upstream_denied: the token endpoint" + sentence, end(open().get(user(), call)));
        assertEquals(1, endpoint.requests().size(), "not asked again");
        assertEquals(0, server.requests().size());
        assertEquals(0, call.attempts());
        assertTrue(call.httpStatus().isEmpty(), "of the API");
    }

    static Stream<Arguments> deniesWhereTheEndpointGivesNoBearerToken() {
        String good =
                TokenEndpoint.issued(TokenEndpoint.token(1), "3600").getBody().readUtf8();
        String error = "{\"error\":\"invalid_client\"}";
        return Stream.of(
                Arguments.of(new MockResponse().setResponseCode(400).setBody(error), " gave no token: HTTP 400"),
                Arguments.of(new MockResponse().setResponseCode(401).setBody(error), " gave no token: HTTP 401"),
                Arguments.of(new MockResponse().setResponseCode(403), " gave no token: HTTP 403"),
                Arguments.of(new MockResponse().setResponseCode(404), " gave no token: HTTP 404"),
                Arguments.of(new MockResponse().setResponseCode(201).setBody(good), " gave no token: HTTP 201"),
                Arguments.of(
                        new MockResponse().setResponseCode(302).setHeader("Location", "/elsewhere"),
                        " gave no token: HTTP 302"),
                Arguments.of(
                        new MockResponse().setResponseCode(307).setHeader("Location", "/elsewhere"),
                        " gave no token: HTTP 307"),
                Arguments.of(new MockResponse(), " gave no token: the answer is empty"),
                Arguments.of(new MockResponse().setBody("<html>"), " gave no token: the answer is not JSON"),
                Arguments.of(new MockResponse().setBody("{}"), "'s answer holds no usable token"),
                Arguments.of(new MockResponse().setBody("[" + good + "]"), "'s answer holds no usable token"),
                Arguments.of(
                        new MockResponse().setBody(good.replace("bearer", "mac")),
                        "'s token is not of the type Bearer"),
                Arguments.of(
                        new MockResponse().setBody(good.substring(0, 40)), " gave no token: the answer is not JSON"),
                Arguments.of(
                        new MockResponse().setChunkedBody(" ".repeat(1024 * 1024) + good, 4096),
                        " gave no token: the answer is longer than the configured limit"));
    }

    @ParameterizedTest
    @CsvSource({
        "400, ",
        "401, ",
        "403, ",
        "404, check INTERNAL_API_OAUTH_TOKEN_URL",
        "302, check INTERNAL_API_OAUTH_TOKEN_URL",
        "200, check INTERNAL_API_OAUTH_TOKEN_URL",
        "407, '" + Proxies.NO_CREDENTIALS + "'",
    })
    void blamesTheAddressUnlessTheEndpointRefusesTheClient(int status, String remedy) throws Exception {
        endpoint.answer(number -> new MockResponse().setResponseCode(status).setBody("<html>"));
        CompletionException thrown = assertThrows(CompletionException.class, open().get(user(), call())::join);
        assertEquals(Optional.ofNullable(remedy), ((CallFailure) thrown.getCause()).remedy());
    }

    @Test
    void readsAnAnswerLongerThanTheApisMayBe() throws Exception {
        String good =
                TokenEndpoint.issued(TokenEndpoint.token(1), "3600").getBody().readUtf8();
        endpoint.answer(number -> new MockResponse().setBody(good + " ".repeat(64 * 1024 - good.length())));
        assertEquals(ADA, end(open().get(user(), call())));
    }

    @ParameterizedTest
    @CsvSource({"429, 3", "500, 1", "502, 3", "503, 3", "504, 3"})
    void triesAgainAsAtTheApiWhereTheEndpointIsInTrouble(int status, int requests) throws Exception {
        endpoint.answer(number -> new MockResponse().setResponseCode(status).setHeader("Retry-After", "30"));
        UserApi api = open();
        for (int i = 1; i <= 6; i++) { // as often as would open a circuit
            Call call = call();
            assertEquals(
                    "upstream_unavailable: the token endpoint gave no token: HTTP " + status,
                    end(api.get(user(), call)));
            assertEquals(i * requests, endpoint.requests().size());
            assertTrue(call.httpStatus().isEmpty());
        }
        endpoint.answer(number -> TokenEndpoint.issued(TokenEndpoint.token(number), "3600"));
        assertEquals(ADA, end(api.get(user(), call())), "neither circuit nor hold-back are about the endpoint");
    }

    @Test
    void backsOffWithoutAThread() throws Exception {
        endpoint.answer(number -> new MockResponse().setSocketPolicy(SocketPolicy.DISCONNECT_AFTER_REQUEST));
        UserApi api = open(UserApiFactory.LONGEST);
        CompletableFuture<ApiAnswer> answer = api.get(user(), call());
        time.awaitAlarms(Duration.ofMillis(200), 1);
        assertEquals(1, endpoint.requests().size());
        CompletableFuture<ApiAnswer> second = api.get(user(), call());
        time.advance(Duration.ofMillis(200));
        time.advanceWhenAskedFor(Duration.ofMillis(400));
        String unavailable = "upstream_unavailable: the token endpoint gave no token: no connection";
        assertEquals(List.of(unavailable, unavailable), List.of(end(answer), end(second)));
        assertEquals(3, endpoint.requests().size());
        assertEquals(List.of(), time.waits());
    }

    @ParameterizedTest
    @CsvSource({"''", "'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{'"})
    void givesUpOnAnEndpointThatDoesNotAnswerInTime(String beginning) throws Exception {
        try (RawApi silent = RawApi.always(beginning)) {
            UserApi api = open(oauth(URI.create(silent.url())));
            List<CompletableFuture<ApiAnswer>> answers =
                    Stream.generate(() -> api.get(user(), call())).limit(64).toList();
            time.awaitAlarms(Duration.ofSeconds(5), 1);
            awaitIdlePlaces();
            silent.awaitConnection(); // which takes real time
            time.advance(Duration.ofSeconds(5));
            for (CompletableFuture<ApiAnswer> answer : answers) {
                assertEquals("upstream_timeout: the token endpoint gave no token: no answer in time", end(answer));
            }
            assertEquals(1, silent.connections());
            silent.awaitEnd();
        }
    }

    @Test
    void goesOnForTheOthersWhereACallIsTakenBack() throws Exception {
        endpoint.hold();
        UserApi api = open();
        Call first = call();
        CompletableFuture<ApiAnswer> takenBack = api.get(user("1"), first);
        endpoint.await(1);
        CompletableFuture<ApiAnswer> second = api.get(user("2"), call());
        first.cancel();
        endpoint.letGo(1);
        assertEquals(ADA, end(second));
        assertFalse(takenBack.isDone());
        assertEquals(List.of("/users/2"), server.targets());
        assertEquals(1, endpoint.requests().size());
    }

    @Test
    void getsOneTokenMoreAfterARefusal() throws Exception {
        answering = (request, socket) -> RawApi.write(
                socket, request.header("Authorization").endsWith(TokenEndpoint.token(1)) ? REFUSED : RawApi.ok(ADA));
        Call call = call();
        ApiSettings noRetries = UserApiFactory.settings(URI.create(server.url()), 0, MAX_BODY_BYTES, 8);
        UserApi api = loopback.open(noRetries, tokens(), UserApiFactory.SHORTEST);
        assertEquals(ADA, end(api.get(user(), call)));
        assertEquals(2, call.attempts());
        assertEquals(200, call.httpStatus().orElseThrow());
        assertEquals(2, endpoint.requests().size());
        assertEquals(ADA, end(api.get(user(), call())));
        assertEquals(2, endpoint.requests().size(), "the new one is kept");
    }

    @Test
    void getsOneTokenMoreForAllCallsWhoseTokenWasRefused() throws Exception {
        RawApi.Gate gate = new RawApi.Gate((request, socket) -> RawApi.write(
                socket, request.header("Authorization").endsWith(TokenEndpoint.token(1)) ? REFUSED : RawApi.ok(ADA)));
        answering = gate;
        UserApi api = open();
        List<CompletableFuture<ApiAnswer>> answers =
                Stream.generate(() -> api.get(user(), call())).limit(8).toList();
        gate.await(8);
        gate.letGo(16);
        for (CompletableFuture<ApiAnswer> answer : answers) {
            assertEquals(ADA, end(answer));
        }
        assertEquals(2, endpoint.requests().size());
    }

    @ParameterizedTest
    @CsvSource({
        "false, 2, 2, 'a new token is refused too: once, not for ever'",
        "true,  1, 2, the same token would be refused again"
    })
    void staysRefusedWhereANewTokenDoesNotHelp(boolean same, int attempts, int tokens, String reason) throws Exception {
        endpoint.answer(number -> TokenEndpoint.issued(TokenEndpoint.token(same ? 1 : number), "3600"));
        answering = (request, socket) -> RawApi.write(socket, REFUSED);
        Call call = call();
        assertEquals("upstream_denied: the API refused the credential", end(open().get(user(), call)), reason);
        assertEquals(attempts, call.attempts(), reason);
        assertEquals(tokens, endpoint.requests().size(), reason);
    }

    @Test
    void saysThatTheEndpointFailedWhereItDoesAfterARefusal() throws Exception {
        endpoint.answer(number -> number == 1
                ? TokenEndpoint.issued(TokenEndpoint.token(1), "3600")
                : new MockResponse().setResponseCode(400));
        answering = (request, socket) -> RawApi.write(socket, REFUSED);
        Call call = call();
        assertEquals("upstream_denied: the token endpoint gave no token: HTTP 400", end(open().get(user(), call)));
        assertEquals(401, call.httpStatus().orElseThrow(), "of the API");
    }

    @Test
    void readsTheSecretAnewForEachRequest() throws Exception {
        Path file = Files.writeString(folder.resolve("secret"), "first-secret-0123456789\n");
        FileTime modified = Files.getLastModifiedTime(file);
        endpoint.answer(number -> TokenEndpoint.issued(TokenEndpoint.token(number), "0"));
        UserApi api =
                open(new OAuthSettings(endpoint.url(), "id", Optional.empty(), Optional.of(file), Optional.empty()));
        assertEquals("[redacted]", loopback.redactor().redact("first-secret-0123456789"), "before it is used");
        assertEquals(ADA, end(api.get(user(), call())));
        Files.writeString(file, "other-secret-0123456789\n");
        Files.setLastModifiedTime(file, modified);
        assertEquals(ADA, end(api.get(user(), call())));
        Files.writeString(file, "short");
        assertEquals(
                "upstream_denied: the client secret file cannot be used: not one client secret of 16 to 8192 visible"
                        + " ASCII characters without spaces",
                end(api.get(user(), call())));
        Files.writeString(file, "third-secret-0123456789\n");
        api.refreshToken();
        assertEquals("[redacted]", loopback.redactor().redact("third-secret-0123456789"), "before it is used");
        assertEquals(ADA, end(api.get(user(), call())));
        assertEquals(
                List.of("id:first-secret-0123456789", "id:other-secret-0123456789", "id:third-secret-0123456789"),
                endpoint.requests().stream()
                        .map(request -> request.getHeader("Authorization").substring("Basic ".length()))
                        .map(sent -> new String(Base64.getDecoder().decode(sent), StandardCharsets.US_ASCII))
                        .toList());
    }

    @Test
    void hasTheSecretAndTheLastTokensRedactedHoweverManyThereWere() throws Exception {
        endpoint.answer(number -> TokenEndpoint.issued(TokenEndpoint.token(number), "0"));
        UserApi api = open();
        for (int i = 0; i < 12; i++) {
            assertEquals(ADA, end(api.get(user(), call())));
        }
        String tokens = String.join(
                " ", IntStream.rangeClosed(5, 12).mapToObj(TokenEndpoint::token).toList());
        assertEquals("[redacted] ".repeat(8).strip(), loopback.redactor().redact(tokens));
        assertEquals("[redacted]", loopback.redactor().redact(SECRET.reveal()));
        String sent = endpoint.requests().get(11).getHeader("Authorization");
        String said = loopback.redactor().redact(sent);
        assertEquals("Basic dXNlci1zZXJ2aWNlO[redacted]", said.replaceFirst("O.\\[", "O["), "id and colon are left");
    }

    private UserApi open() {
        return open(UserApiFactory.SHORTEST);
    }

    private UserApi open(RandomGenerator random) {
        return loopback.open(settings(), tokens(), random);
    }

    private UserApi open(OAuthSettings oauth) {
        return loopback.open(settings(), new OAuthTokens(oauth, loopback.redactor(), time), UserApiFactory.SHORTEST);
    }

    private TokenSource tokens() {
        return new OAuthTokens(oauth(endpoint.url()), loopback.redactor(), time);
    }

    private static OAuthSettings oauth(URI url) {
        return new OAuthSettings(url, "user-service", Optional.of(SECRET), Optional.empty(), Optional.empty());
    }

    private ApiSettings settings() {
        return UserApiFactory.settings(URI.create(server.url()), 2, MAX_BODY_BYTES, 8);
    }

    private List<String> credentials() {
        return server.requests().stream()
                .map(request -> request.header("Authorization"))
                .toList();
    }

    private static ApiRequest user() {
        return user("7");
    }

    private static ApiRequest user(String id) {
        List<JsonPointer> fields = List.of(JsonPointer.compile("/id"), JsonPointer.compile("/name"));
        return ApiRequest.record(PathTemplate.parse("/users/{user_id}", "user_id"), id, fields);
    }

    private Call call() {
        return new Call("6f0c1d2e-1", TraceContext.NONE, Duration.ofSeconds(20), time);
    }

    /** Returns the first record, or the failure's code and sentence. */
    private static String end(CompletableFuture<ApiAnswer> answer) throws Exception {
        try {
            return Json.text(
                    answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS).records().get(0));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CallFailure failure) {
                return failure.code().label() + ": " + failure.getMessage();
            }
            throw e;
        }
    }
}
