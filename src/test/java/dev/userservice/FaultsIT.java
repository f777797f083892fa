package dev.userservice;

import static dev.userservice.RawApi.ok;
import static dev.userservice.RawApi.response;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.userservice.RawApi.Answering;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An API that answers badly, is down, or is asked for too much at once: what the caller is told, and what it costs. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FaultsIT {

    private static final String ADA = "{\"id\":7,\"name\":\"Ada\"}";
    private static final String HEAD = "HTTP/1.1 200 OK\r\n";
    private static final String NINE_BYTES = HEAD + "Content-Length: 9\r\n\r\n";
    private static final String CHUNKED = HEAD + "Transfer-Encoding: chunked\r\n\r\n";

    private volatile Answering bad = (request, socket) -> {};
    private RawApi other;
    private RawApi api;
    private ServerProcess server;

    @BeforeAll
    void start(@TempDir Path shared) throws IOException {
        other = RawApi.always(ok(ADA));
        api = new RawApi((request, socket) -> bad.answer(request, socket));
        Map<String, String> settings = ServerProcess.settings(api.url(), shared);
        settings.put("INTERNAL_API_TIMEOUT_MS", "1000");
        settings.put("INTERNAL_API_MAX_RESPONSE_BYTES", "100000");
        settings.put("INTERNAL_API_RETRIES", "0");
        server = ServerProcess.start(settings, shared);
        server.initialize();
    }

    @AfterAll
    void stop() throws IOException {
        server.close();
        api.close();
        other.close();
    }

    static Stream<Arguments> tellsABadAnswerByItsCode() {
        return Stream.concat(badContents(), Stream.concat(badHttp(), badConnections()));
    }

    private static Stream<Arguments> badContents() {
        String deep = "[".repeat(5000) + "]".repeat(5000);
        return Map.ofEntries(
                        Map.entry("a web page", "<!doctype html><html><body>Sign in</body></html>"),
                        Map.entry("empty", ""),
                        Map.entry("white space alone", " \n"),
                        Map.entry("truncated, its length told as it is", "{\"id\":7,\"name\":\"A"),
                        Map.entry("garbage behind", ADA + " x"),
                        Map.entry("two records", ADA + ADA),
                        Map.entry("an array", "[" + ADA + "]"),
                        Map.entry("text", "\"Ada\""),
                        Map.entry("null", "null"),
                        Map.entry("no name", "{\"id\":7}"),
                        Map.entry("no id", "{\"name\":\"Ada\"}"),
                        Map.entry("name null", "{\"id\":7,\"name\":null}"),
                        Map.entry("name a number", "{\"id\":7,\"name\":5}"),
                        Map.entry("name an object", "{\"id\":7,\"name\":{\"first\":\"Ada\"}}"),
                        Map.entry("email a list", "{\"id\":7,\"name\":\"Ada\",\"email\":[\"ada@corp.example\"]}"),
                        Map.entry("id a fraction", "{\"id\":7.0,\"name\":\"Ada\"}"),
                        Map.entry("name twice", "{\"id\":7,\"name\":\"Ada\",\"name\":\"Eve\"}"),
                        Map.entry("an unreleased member twice", "{\"id\":7,\"name\":\"Ada\",\"x\":1,\"x\":2}"),
                        Map.entry("a member twice, deep within", "{\"id\":7,\"name\":\"Ada\",\"x\":{\"y\":1,\"y\":2}}"),
                        Map.entry("5,000 levels deep", "{\"id\":7,\"name\":\"Ada\",\"x\":" + deep + "}"),
                        Map.entry("another user", "{\"id\":8,\"name\":\"Eve\"}"),
                        Map.entry("another number that ends alike", "{\"id\":\"17\",\"name\":\"Ada\"}"),
                        Map.entry("a comment", "{\"id\":7,/* */\"name\":\"Ada\"}"),
                        Map.entry("not a number", "{\"id\":7,\"name\":\"Ada\",\"x\":NaN}"),
                        Map.entry(
                                "a number of 5,000 digits",
                                "{\"id\":7,\"name\":\"Ada\",\"x\":" + "9".repeat(5000) + "}"),
                        Map.entry("longer than permitted", "{\"photo\":\"" + "A".repeat(100_000) + "\"}"))
                .entrySet()
                .stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> row("upstream_contract", entry.getKey(), ok(entry.getValue())));
    }

    private static Stream<Arguments> badHttp() {
        return Stream.of(
                row("upstream_contract", "gzip", response("200 OK", "\u001f\u008b\b", "Content-Encoding: gzip")),
                row("upstream_contract", "no content", "HTTP/1.1 204 No Content\r\n\r\n"),
                row("upstream_contract", "no content, yet some", response("204 No Content", "{}")),
                row(
                        "upstream_contract",
                        "no content, its length in words",
                        "HTTP/1.1 204 No\r\nContent-Length: x\r\n\r\n"),
                row("upstream_contract", "a proxy's status", response("407 Proxy Authentication Required", "{}")),
                row("upstream_contract", "another protocol", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
                row("upstream_contract", "a status of its own", response("299 Odd", ADA)),
                row("upstream_contract", "a status no class has", response("600 Odd", ADA)),
                row("upstream_contract", "no status", response("OK", ADA)),
                row("upstream_contract", "a status beyond all", response("99999 OK", ADA)),
                row("upstream_contract", "a status below zero", response("-20 OK", ADA)),
                row("upstream_contract", "a length in words", HEAD + "Content-Length: seven\r\n\r\n" + ADA),
                row(
                        "upstream_contract",
                        "a length beyond all",
                        HEAD + "Content-Length: " + "9".repeat(30) + "\r\n\r\n" + ADA),
                row("upstream_contract", "a chunk in words", CHUNKED + "seven\r\n" + ADA + "\r\n0\r\n\r\n"),
                row(
                        "upstream_contract",
                        "a chunk beyond all",
                        CHUNKED + "F".repeat(30) + "\r\n" + ADA + "\r\n0\r\n\r\n"),
                row("upstream_contract", "a chunk without its end", CHUNKED + "16\r\n" + ADA + "xx0\r\n\r\n"),
                row("upstream_contract", "a header that is none", HEAD + "no colon\r\nContent-Length: 0\r\n\r\n"),
                row("upstream_contract", "a mail server", "220 mail.corp.example ESMTP ready\r\n\r\n"),
                row("upstream_contract", "HTTP/0.9", ADA + "\r\n\r\n"));
    }

    private static Stream<Arguments> badConnections() {
        String hundred = " ".repeat(100);
        String flood = "X-Flood: " + "A".repeat(1000) + "\r\n";
        return Stream.of(
                Arguments.of("upstream_unavailable", "reset before the headers", closing("", true)),
                Arguments.of("upstream_contract", "reset after the headers", closing(NINE_BYTES, true)),
                Arguments.of("upstream_contract", "reset within the body", closing(NINE_BYTES + "{", true)),
                Arguments.of("upstream_contract", "reset within a chunk", closing(CHUNKED + "99\r\n{\"id\"", true)),
                Arguments.of("upstream_unavailable", "closed before the headers", closing("", false)),
                Arguments.of("upstream_contract", "closed within the body", closing(NINE_BYTES + "{", false)),
                Arguments.of("upstream_contract", "closed within a chunk", closing(CHUNKED + "99\r\n{\"id\"", false)),
                Arguments.of("upstream_timeout", "silence", (Answering) (request, socket) -> {}),
                row("upstream_timeout", "silence after the headers", NINE_BYTES),
                Arguments.of("upstream_timeout", "a byte now and then", endless(CHUNKED + "999\r\n", " ", 100)),
                Arguments.of("upstream_contract", "headers without end", endless(HEAD, flood, 0)),
                Arguments.of(
                        "upstream_contract", "a header without end", endless(HEAD + "X-Flood: ", "A".repeat(1000), 0)),
                Arguments.of("upstream_timeout", "a header now and then", endless(HEAD, "X-Flood: A\r\n", 100)),
                Arguments.of(
                        "upstream_contract", "chunks without end", endless(CHUNKED, "64\r\n" + hundred + "\r\n", 0)),
                Arguments.of("upstream_contract", "a chunk without end", endless(CHUNKED + "7FFFFFFF\r\n", hundred, 0)),
                Arguments.of("upstream_contract", "a body without end", endless(HEAD + "\r\n", hundred, 0)),
                Arguments.of(
                        "upstream_denied", "401, its body without end", endless("HTTP/1.1 401 No\r\n\r\n", "no ", 0)),
                Arguments.of(
                        "not_found", "404, its body now and then", endless("HTTP/1.1 404 No\r\n\r\n", "no ", 100)));
    }

    private static Arguments row(String code, String reason, String answer) {
        return Arguments.of(code, reason, (Answering) (request, socket) -> RawApi.write(socket, answer));
    }

    private static Answering closing(String beginning, boolean reset) {
        return (request, socket) -> {
            RawApi.write(socket, beginning);
            if (reset) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50)); // a reset overtakes what is not read yet
                socket.setSoLinger(true, 0);
            }
            socket.close();
        };
    }

    private static Answering endless(String beginning, String part, long pauseMillis) {
        return (request, socket) -> {
            RawApi.write(socket, beginning);
            while (true) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pauseMillis));
                RawApi.write(socket, part); // until the client hangs up
            }
        };
    }

    @ParameterizedTest
    @MethodSource
    @Timeout(10)
    void tellsABadAnswerByItsCode(String code, String reason, Answering answering) throws Exception {
        assertEquals(code, callOnce(answering), reason);
        assertEquals("ok", callOnce((request, socket) -> RawApi.write(socket, ok(ADA))), "after: " + reason);
    }

    @ParameterizedTest
    @CsvSource({"301", "302", "303", "307", "308"})
    void neverTakesTheTokenToWhereARedirectPoints(int status) throws Exception {
        String redirect = response(status + " Elsewhere", "", "Location: " + other.url() + "/users/7");
        assertEquals("upstream_contract", callOnce((request, socket) -> RawApi.write(socket, redirect)));
        assertEquals(0, other.connections());
    }

    @ParameterizedTest
    @ValueSource(strings = {"seven", "99999999999999999999999999", "7, 8", "-1", "+23", "23\r\nContent-Length: 24"})
    void takesNothingFromAnAnswerWhoseLengthIsNoNumber(String length) throws Exception {
        String odd = HEAD + "Content-Length: " + length + "\r\n\r\n" + ADA;
        for (int i = 0; i < 3; i++) {
            assertEquals("upstream_contract", callOnce((request, socket) -> {
                RawApi.write(socket, odd);
                socket.getInputStream().read(); // keeps the connection until the client ends it
            }));
            assertEquals(
                    "ok", callOnce((request, socket) -> RawApi.write(socket, ok(ADA))), "and by another connection");
        }
    }

    private String callOnce(Answering answering) throws IOException {
        bad = answering;
        int before = api.requests().size();
        server.callUser("\"call\"", "7");
        JsonNode answer = server.answer("\"call\"");
        assertEquals(before + 1, api.requests().size());
        return code(answer);
    }

    @ParameterizedTest
    @CsvSource({"503 Busy", "500 Broken", "refused"})
    void costsADeadApiLittle(String trouble, @TempDir Path folder) throws Exception {
        try (RawApi dead = RawApi.always(response(trouble, "{}"))) {
            String url = trouble.equals("refused") ? "http://127.0.0.1:1" : dead.url();
            try (ServerProcess asking = ServerProcess.start(ServerProcess.settings(url, folder), folder)) {
                asking.initialize();
                for (int i = 0; i < 12; i++) {
                    asking.callUser("1", "7");
                    assertEquals("upstream_unavailable", code(asking.answer("1")));
                }
                assertEquals(0, asking.end());
                int attempts = asking.audit(line -> line.has("attempts")).stream()
                        .mapToInt(line -> line.path("attempts").asInt())
                        .sum();
                assertEquals(5, attempts);
                assertEquals(trouble.equals("refused") ? 0 : 5, dead.requests().size());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"429 Slow down", "503 Busy"})
    void leavesTheApiAloneAsLongAsItAsks(String status, @TempDir Path folder) throws Exception {
        List<Long> arrivals = Collections.synchronizedList(new ArrayList<>());
        AtomicBoolean asked = new AtomicBoolean(); // several arrive at once, and one is told
        Answering busyAtFirst = (request, socket) -> {
            arrivals.add(System.nanoTime());
            RawApi.write(socket, asked.getAndSet(true) ? ok(ADA) : response(status, "{}", "Retry-After: 2"));
        };
        try (RawApi busy = new RawApi(busyAtFirst);
                ServerProcess asking = ServerProcess.start(ServerProcess.settings(busy.url(), folder), folder)) {
            asking.initialize();
            IntStream.rangeClosed(1, 20).forEach(i -> call(asking, i));
            assertEquals(Map.of("ok", 20), codes(asking, 20));
            // Up to eight were under way when the first was told to wait; nobody set out in the two seconds after that.
            long told = arrivals.get(0);
            List<Long> waits = arrivals.stream()
                    .map(at -> TimeUnit.NANOSECONDS.toMillis(at - told))
                    .toList();
            assertEquals(
                    List.of(),
                    waits.stream().filter(wait -> wait > 500 && wait < 1900).toList(),
                    waits.toString());
            assertTrue(waits.get(waits.size() - 1) >= 1900, waits.toString());
        }
    }

    @Test
    void asksTheApiForNoCallThatIsRefused(@TempDir Path folder) throws Exception {
        try (RawApi counted = RawApi.always(ok(ADA))) {
            Map<String, String> settings = ServerProcess.settings(counted.url(), folder);
            settings.keySet().removeIf(name -> name.startsWith("USER_SERVICE_RATE"));
            try (ServerProcess asking = ServerProcess.start(settings, folder)) {
                asking.initialize();
                IntStream.rangeClosed(1, 1000).forEach(i -> call(asking, i));
                Map<String, Integer> codes = codes(asking, 1000);
                assertEquals(List.of("ok", "rate_limited"), List.copyOf(codes.keySet()));
                assertEquals(codes.get("ok"), counted.requests().size());
                assertTrue(codes.get("ok") >= 30 && codes.get("ok") <= 40, codes.toString());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "8"})
    void asksNoMoreAtATimeThanPermittedAndUsesConnectionsAgain(int places, @TempDir Path folder) throws Exception {
        Answering slow = (request, socket) -> {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
            RawApi.write(socket, ok(ADA));
        };
        try (RawApi counted = new RawApi(slow)) {
            Map<String, String> settings = ServerProcess.settings(counted.url(), folder);
            settings.put("USER_SERVICE_MAX_CONCURRENT_CALLS", Integer.toString(places));
            try (ServerProcess asking = ServerProcess.start(settings, folder)) {
                asking.initialize();
                IntStream.rangeClosed(1, 1000).forEach(i -> call(asking, i));
                assertEquals(Map.of("ok", 1000), codes(asking, 1000));
                assertTrue(counted.most() <= places, "requests at a time: " + counted.most());
                assertTrue(counted.connections() <= places, "connections: " + counted.connections());
            }
        }
    }

    private static void call(ServerProcess asking, int id) {
        try {
            asking.callUser(Integer.toString(id), "7");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns how often each code is among the next {@code count} answers. */
    private static Map<String, Integer> codes(ServerProcess asking, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> code(asking.next()))
                .collect(Collectors.toMap(code -> code, code -> 1, Integer::sum, TreeMap::new));
    }

    private static String code(JsonNode answer) {
        return answer.at("/result/isError").asBoolean()
                ? answer.path("result")
                        .path("_meta")
                        .path("dev.userservice/error")
                        .path("code")
                        .asText()
                : answer.at("/result/structuredContent/name").asText().equals("Ada") ? "ok" : answer.toString();
    }
}
