package dev.userservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import okhttp3.mockwebserver.MockResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server that gets its tokens from a token endpoint: slow, broken, refusing, expiring and rotating ones. */
@Timeout(60)
final class OAuthIT {

    private static final String SECRET = "client.\"\\%25?=&0123456789abcdefgh";
    private static final String ADA = "{\"id\":7,\"name\":\"Ada\"}";
    private static final String REFUSED = RawApi.response("401 Unauthorized", "{}");

    @TempDir
    private Path folder;

    private TokenEndpoint endpoint;
    private RawApi api;
    private volatile RawApi.Answering answering = (request, socket) -> RawApi.write(socket, RawApi.ok(ADA));

    @BeforeEach
    void start() throws IOException {
        endpoint = new TokenEndpoint();
        api = new RawApi((request, socket) -> answering.answer(request, socket));
    }

    @AfterEach
    void stop() throws IOException {
        api.close();
        endpoint.close();
    }

    @Test
    void getsOneTokenForSixtyFourCalls() throws Exception {
        endpoint.hold();
        try (ServerProcess server = ServerProcess.start(settings(), folder)) {
            server.initialize();
            call(server, 64);
            endpoint.await(1);
            server.answersBeforePing();
            endpoint.letGo(1);
            assertEquals(Collections.nCopies(64, "ok"), answers(server, 64));
            assertEquals(1, endpoint.requests().size());
            assertEquals(Set.of("Bearer " + TokenEndpoint.token(1)), credentials());
            assertEquals(
                    64, audited(server, "attempts").stream().filter("1"::equals).count());
        }
    }

    @Test
    void renewsTokensWhileCallsRunOneRequestAtATime() throws Exception {
        endpoint.answer(number -> TokenEndpoint.issued(TokenEndpoint.token(number), "0"));
        try (ServerProcess server = ServerProcess.start(settings(), folder)) {
            server.initialize();
            for (int round = 0; round < 10; round++) {
                call(server, 64);
                assertEquals(Collections.nCopies(64, "ok"), answers(server, 64));
            }
            assertTrue(endpoint.requests().size() > 9, "each round needs another at least");
            assertEquals(1, endpoint.most(), "requests at a time");
        }
    }

    @Test
    void getsANewTokenOnceTheApiRefusesTheOld() throws Exception {
        answering = (request, socket) -> RawApi.write(
                socket, request.header("Authorization").endsWith(TokenEndpoint.token(1)) ? REFUSED : RawApi.ok(ADA));
        try (ServerProcess server = ServerProcess.start(settings(), folder)) {
            server.initialize();
            assertEquals("ok", call(server));
            assertEquals("ok", call(server));
            assertEquals(2, endpoint.requests().size());
            assertEquals(List.of("2", "1"), audited(server, "attempts"));
            assertEquals(List.of("200", "200"), audited(server, "http_status"));
        }
    }

    @Test
    void namesTheEndpointsStatusAloneWhereBothRefuse() throws Exception {
        answering = (request, socket) -> RawApi.write(socket, REFUSED);
        endpoint.answer(number -> number == 1
                ? TokenEndpoint.issued(TokenEndpoint.token(number), "3600")
                : new MockResponse().setResponseCode(400));
        Run run = Run.of(settings(), folder, "check");
        assertTrue(
                run.stage("credential")
                        .startsWith(
                                "FAIL list_users_by_department: the token endpoint gave no token: HTTP 400. Remedy: "),
                run.out());
        assertTrue(run.err().contains("the token endpoint gave no token: HTTP 400"), run.err());
        assertFalse(run.err().contains("HTTP 401"), run.err());
    }

    @ParameterizedTest
    @CsvSource({
        "400, upstream_denied,      1, HTTP 400",
        "401, upstream_denied,      1, HTTP 401",
        "302, upstream_denied,      1, HTTP 302",
        "200, upstream_denied,      1, the answer is not JSON",
        "429, upstream_unavailable, 3, HTTP 429",
        "503, upstream_unavailable, 3, HTTP 503",
    })
    void saysToTheOperatorAloneThatTheEndpointGaveNoToken(int status, String code, int requests, String reason)
            throws Exception {
        endpoint.answer(number -> new MockResponse()
                .setResponseCode(status)
                .setHeader("Location", endpoint.url())
                .setBody("<" + SECRET + ">"));
        try (ServerProcess server = ServerProcess.start(settings(), folder)) {
            server.initialize();
            assertEquals(code, call(server));
            assertEquals(requests, endpoint.requests().size());
            assertEquals(List.of("0"), audited(server, "attempts"));
            assertEquals(List.of(""), audited(server, "http_status"));
            assertEquals(0, server.end());
            assertTrue(server.stderr().contains("the token endpoint gave no token: " + reason), server.stderr());
            assertEquals(List.of(), lines(server, SECRET));
        }
    }

    /** The API is asked without TLS here; what this endpoint says over TLS is no token, if it can be heard at all. */
    @ParameterizedTest
    @CsvSource({
        "false, 'the token endpoint gave no token: TLS was refused (SSLHandshakeException); check INTERNAL_API_OAUTH_TOKEN_URL and INTERNAL_API_CA_FILE'",
        "true,  the token endpoint's answer holds no usable token"
    })
    void believesTheAuthoritiesThatTheApiIsBelievedBy(boolean believed, String sentence) throws Exception {
        try (TlsApi secure = new TlsApi("self-signed")) {
            Map<String, String> settings = settings();
            settings.put("INTERNAL_API_OAUTH_TOKEN_URL", "https://localhost:" + secure.port() + "/token");
            if (believed) {
                settings.put("INTERNAL_API_CA_FILE", Certificates.pem(folder, "self-signed"));
            }
            Run run = Run.of(settings, folder, "call", "get_user", "user_id=7");
            assertEquals(1, run.status());
            assertTrue(run.err().contains("upstream_denied, " + sentence), run.err());
            assertEquals(believed ? 1 : 0, secure.requests());
        }
    }

    @Test
    void answersACallThatIsTakenBackAtOnceAndTheOthersInTheirTime() throws Exception {
        endpoint.hold();
        try (ServerProcess server = ServerProcess.start(settings(), folder)) {
            server.initialize();
            call(server, 2);
            endpoint.await(1);
            server.line("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":0}}");
            while (server.results().isEmpty()) {
                server.answersBeforePing();
            }
            assertEquals(List.of("cancelled"), server.results(), "while the token is being got");
            endpoint.letGo(1);
            server.answer("1");
            assertEquals(List.of("cancelled", "ok"), server.results());
            assertEquals(1, endpoint.requests().size());
        }
    }

    /** Were these answered in the endpoint's time, not their own, no answer would come while the test waits for it. */
    @ParameterizedTest
    @CsvSource({"silent, upstream_timeout", "gone, upstream_unavailable"})
    void answersEveryCallInItsTimeWhereTheEndpointIsDead(String how, String code) throws Exception {
        endpoint.hold();
        Map<String, String> settings = settings();
        settings.put("USER_SERVICE_CALL_TIMEOUT_MS", "1000");
        settings.put("INTERNAL_API_TIMEOUT_MS", "60000");
        if (how.equals("gone")) {
            endpoint.close();
        }
        try (ServerProcess server = ServerProcess.start(settings, folder)) {
            server.initialize();
            call(server, 64);
            assertEquals(Collections.nCopies(64, code), answers(server, 64));
            assertEquals(0, api.requests().size());
        }
    }

    /** Getting the token may take a minute here, which is longer than the test waits for the end. */
    @Test
    @DisabledOnOs(OS.WINDOWS)
    void isGoneInTimeThoughATokenIsBeingGot() throws Exception {
        endpoint.hold();
        Map<String, String> settings = settings();
        settings.put("INTERNAL_API_TIMEOUT_MS", "60000");
        try (ServerProcess server = ServerProcess.start(settings, folder)) {
            server.initialize();
            call(server, 64);
            endpoint.await(1);
            server.answersBeforePing();
            server.signal("TERM");
            assertEquals(143, server.await());
            assertEquals(Collections.nCopies(64, "cancelled"), server.results());
        }
    }

    /** Everybody says everything: the endpoint, the API and the caller. */
    @ParameterizedTest
    @CsvSource({"DEBUG, secret", "WARN, file"})
    void saysNoSecretAndNoTokenAnywhere(String level, String place) throws Exception {
        Map<String, String> settings = settings();
        if (place.equals("file")) {
            settings.remove("INTERNAL_API_OAUTH_CLIENT_SECRET");
            Path file = Files.writeString(folder.resolve("secret"), SECRET + "\n");
            settings.put("INTERNAL_API_OAUTH_CLIENT_SECRET_FILE", file.toString());
        }
        settings.put("USER_SERVICE_LOG_LEVEL", level);
        settings.put("INTERNAL_API_RETRIES", "0");
        endpoint.answer(number -> number % 2 == 0
                ? new MockResponse().setStatus("HTTP/1.1 400 " + SECRET).setBody(said(number))
                : TokenEndpoint.issued(TokenEndpoint.token(number), "0"));
        answering = (request, socket) -> RawApi.write(
                socket,
                RawApi.ok(ServerProcess.render(
                        Map.of("id", 7, "name", said(endpoint.requests().size())))));
        try (ServerProcess server = ServerProcess.start(settings, folder)) {
            server.initialize();
            for (int number = 1; number <= 21; number++) {
                assertEquals(number % 2 == 0 ? "upstream_denied" : "ok", call(server));
                for (String form : said(number).split(" ")) {
                    server.line("{\"jsonrpc\":\"2.0\",\"id\":\"said\",\"method\":\"tools/call\",\"params\":"
                            + ServerProcess.render(Map.of("name", form, "arguments", Map.of("user_id", form))) + "}");
                    server.answer("\"said\"");
                }
            }
            assertEquals(0, server.end());
            assertEquals(List.of(), lines(server, SECRET));
            assertEquals(List.of(), lines(server, URLEncoder.encode(SECRET, StandardCharsets.UTF_8)), "as it is sent");
            for (int number = 1; number <= 21; number++) {
                assertEquals(List.of(), lines(server, TokenEndpoint.token(number)));
            }
        }
    }

    /**
     * Returns, in all forms, the secret, the credential as it was sent, and the last four tokens up to {@code number}.
     */
    private String said(int number) {
        Stream<String> tokens = IntStream.rangeClosed(Math.max(1, number - 7), number)
                .filter(issued -> issued % 2 == 1)
                .mapToObj(TokenEndpoint::token);
        String sent = endpoint.requests().get(0).getHeader("Authorization");
        List<String> said = new ArrayList<>(List.of(sent.substring("Basic ".length())));
        Stream.concat(Stream.of(SECRET), tokens).map(TokenHunt::forms).forEach(said::addAll);
        return String.join(" ", said);
    }

    private Map<String, String> settings() {
        Map<String, String> settings = ServerProcess.settings(api.url(), folder);
        settings.remove("INTERNAL_API_TOKEN");
        settings.put("INTERNAL_API_OAUTH_TOKEN_URL", endpoint.url().toString());
        settings.put("INTERNAL_API_OAUTH_CLIENT_ID", "user-service");
        settings.put("INTERNAL_API_OAUTH_CLIENT_SECRET", SECRET);
        return settings;
    }

    private static void call(ServerProcess server, int calls) throws IOException {
        for (int i = 0; i < calls; i++) {
            server.callUser(Integer.toString(i), "7");
        }
    }

    /** Returns how the next {@code calls} answers end, in whatever order they come. */
    private static List<String> answers(ServerProcess server, int calls) {
        return Stream.generate(server::next).limit(calls).map(OAuthIT::code).toList();
    }

    private static String call(ServerProcess server) throws IOException {
        server.callUser("\"call\"", "7");
        return code(server.answer("\"call\""));
    }

    private static String code(JsonNode answer) {
        JsonNode result = answer.path("result");
        String code = result.at("/_meta/dev.userservice~1error/code").asText();
        return result.path("isError").asBoolean() ? code : "ok";
    }

    private Set<String> credentials() {
        Set<String> credentials = new HashSet<>();
        api.requests().forEach(request -> credentials.add(request.header("Authorization")));
        return credentials;
    }

    /** Returns a member of each call's audit line; empty where a line has none of this name. */
    private static List<String> audited(ServerProcess server, String member) throws IOException {
        return server.audit(line -> line.path("event").asText().equals("tool_call")).stream()
                .map(line -> line.path(member).asText())
                .toList();
    }

    /** Returns every line of standard output, diagnostics and audit log in which {@code token} is, in any form. */
    private List<String> lines(ServerProcess server, String token) throws IOException {
        List<String> all = new ArrayList<>(server.transcript());
        all.addAll(server.stderr().lines().toList());
        all.addAll(Files.readAllLines(folder.resolve("audit.jsonl")));
        return all.stream().filter(line -> TokenHunt.finds(token, line)).toList();
    }
}
