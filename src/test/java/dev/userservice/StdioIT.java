package dev.userservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Any line at all gets what it deserves, and the session goes on: the built JAR over real pipes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class StdioIT {

    private static final String PARSE_ERROR = "{\"code\":-32700,\"message\":\"Parse error\"}";
    private static final String INVALID_REQUEST = "{\"code\":-32600,\"message\":\"Invalid request\"}";
    private static final String INVALID_PARAMS = "{\"code\":-32602,\"message\":\"Invalid params\"}";
    private static final String NO_METHOD = "{\"code\":-32601,\"message\":\"Method not found\"}";
    private static final String NO_ID = "";
    private static final String SILENCE = "silence";

    @TempDir
    private static Path folder;

    private SampleApi api;
    private ServerProcess server;

    @BeforeAll
    void start() throws IOException {
        api = new SampleApi(0);
        server = ServerProcess.start(ServerProcess.settings(api.url(), folder), folder);
        server.initialize();
    }

    @AfterAll
    void stop() throws Exception {
        assertEquals(0, server.end());
        api.close();
    }

    static Stream<Arguments> lines() {
        return Stream.of(
                row("nope", NO_ID, PARSE_ERROR, "not JSON"),
                row("", NO_ID, SILENCE, "blank"),
                row(" \t\r", NO_ID, SILENCE, "white space"),
                row("1", NO_ID, INVALID_REQUEST, "scalar"),
                row("\"x\"", NO_ID, INVALID_REQUEST, "string"),
                row("null", NO_ID, INVALID_REQUEST, "null"),
                row("[]", NO_ID, INVALID_REQUEST, "array"),
                row("[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}]", NO_ID, INVALID_REQUEST, "batch"),
                row("\uFEFF" + ping("7"), "7", "{}", "byte order mark"),
                row(ping("1") + " x", NO_ID, PARSE_ERROR, "text after the object"),
                row(
                        "{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"ping\"}",
                        NO_ID,
                        PARSE_ERROR,
                        "duplicate members"),
                row("[".repeat(200_000), NO_ID, PARSE_ERROR, "200,000 levels"),
                row(
                        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{\"a\":" + "[".repeat(200_000),
                        NO_ID,
                        PARSE_ERROR,
                        "200,000 levels within"),
                row(ping("1".repeat(5000)), NO_ID, PARSE_ERROR, "an id of 5,000 digits"),
                row("x".repeat(3_000_000), NO_ID, INVALID_REQUEST, "3 MB without a newline"),
                row("{\"id\":1,\"method\":\"ping\"}", "1", INVALID_REQUEST, "no jsonrpc"),
                row("{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}", "1", INVALID_REQUEST, "wrong jsonrpc"),
                row("{\"jsonrpc\":2.0,\"id\":1,\"method\":\"ping\"}", "1", INVALID_REQUEST, "jsonrpc a number"),
                row(ping("null"), NO_ID, INVALID_REQUEST, "id null"),
                row(ping("1.5"), NO_ID, INVALID_REQUEST, "id fractional"),
                row(ping("1.0"), NO_ID, INVALID_REQUEST, "id written as a fraction"),
                row(ping("true"), NO_ID, INVALID_REQUEST, "id boolean"),
                row(ping("{}"), NO_ID, INVALID_REQUEST, "id object"),
                row("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7}", "1", INVALID_REQUEST, "method a number"),
                row("{\"jsonrpc\":\"2.0\",\"method\":7}", NO_ID, INVALID_REQUEST, "method a number, no id"),
                row("{\"jsonrpc\":\"2.0\",\"id\":1}", "1", INVALID_REQUEST, "nothing but an id"),
                row(
                        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":[]}",
                        "1",
                        INVALID_PARAMS,
                        "params array"),
                row(
                        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":null}",
                        "1",
                        INVALID_PARAMS,
                        "params null"),
                row(
                        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":\"x\"}",
                        "1",
                        INVALID_PARAMS,
                        "a call with a string for params"),
                row("{\"jsonrpc\":\"2.0\",\"id\":9,\"result\":{}}", NO_ID, SILENCE, "stray response"),
                row(
                        "{\"jsonrpc\":\"2.0\",\"id\":9,\"error\":{\"code\":1,\"message\":\"\"}}",
                        NO_ID,
                        SILENCE,
                        "stray error"),
                row(
                        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/unknown\",\"params\":[1]}",
                        NO_ID,
                        SILENCE,
                        "unknown"),
                row("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/roots/list_changed\"}", NO_ID, SILENCE, "roots"),
                row(
                        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":5}}",
                        NO_ID,
                        SILENCE,
                        "stray cancellation"),
                row(
                        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\",\"params\":{\"cursor\":\"x\"}}",
                        "1",
                        INVALID_PARAMS,
                        "a cursor that was never given out"),
                row("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"nope\"}", "1", NO_METHOD, "unknown method"),
                row(
                        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"logging/setLevel\",\"params\":{\"level\":\"debug\"}}",
                        "1",
                        NO_METHOD,
                        "a capability the server has not"),
                row(
                        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\","
                                + "\"capabilities\":{},\"clientInfo\":{\"name\":\"x\",\"version\":\"1\"}}}",
                        "1",
                        INVALID_REQUEST,
                        "a second initialize"),
                row(
                        "{\"jsonrpc\":\"2.0\",\r\"id\":3,\"method\":\"ping\"}\r",
                        "3",
                        "{}",
                        "carriage returns between tokens"),
                row(ping("\"a\rb\""), NO_ID, PARSE_ERROR, "a carriage return within a string"),
                row(ping("\"\""), "\"\"", "{}", "an empty id"),
                row(ping("\"q\\\"\u2028\""), "\"q\\\"\u2028\"", "{}", "an id with a quote and U+2028"),
                row(ping("0"), "0", "{}", "id 0"),
                row(ping("-5"), "-5", "{}", "a negative id"),
                row(ping("123456789012345678901234567890"), "123456789012345678901234567890", "{}", "beyond 2^53"));
    }

    @ParameterizedTest(name = "{3}")
    @MethodSource("lines")
    void answersEveryLineAsItDeserves(String line, String id, String answer, String reason) throws IOException {
        server.line(line);
        List<String> answers = server.answersBeforePing();
        if (answer.equals(SILENCE)) {
            assertEquals(List.of(), answers, reason);
            return;
        }
        assertTrue(answers.size() <= 1, reason);
        JsonNode message =
                answers.isEmpty() ? server.next() : ServerProcess.parse(answers.get(0)); // a call may take longer
        assertEquals(
                id,
                message.path("id").isMissingNode() ? NO_ID : new ObjectMapper().writeValueAsString(message.get("id")));
        assertEquals(
                answer,
                message.has("error")
                        ? message.get("error").toString()
                        : message.get("result").toString());
    }

    @Test
    void refusesInvalidUtf8() throws IOException {
        server.write(
                "{\"jsonrpc\":\"2.0\",\"id\":\"\u00FF\",\"method\":\"ping\"}\n".getBytes(StandardCharsets.ISO_8859_1));
        assertEquals(List.of("{\"jsonrpc\":\"2.0\",\"error\":" + PARSE_ERROR + "}"), server.answersBeforePing());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"clientInfo\":{}", ",\"clientInfo\":{\"name\":\"\",\"version\":7}"})
    void initializesAClientThatDoesNotSayItsName(String clientInfo, @TempDir Path own) throws Exception {
        try (ServerProcess target = ServerProcess.start(ServerProcess.settings(api.url(), own), own)) {
            target.line("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"capabilities\":{},"
                    + "\"protocolVersion\":\"2025-11-25\"" + clientInfo + "}}");
            assertEquals(
                    "2025-11-25",
                    target.answer("1").at("/result/protocolVersion").asText());
        }
    }

    /** Mutates valid messages with a fixed seed: the server lives, and says nothing but JSON-RPC. */
    @Test
    void survivesTenThousandMutations(@TempDir Path own) throws Exception {
        ServerProcess target = ServerProcess.start(ServerProcess.settings(api.url(), own), own);
        target.initialize();
        Random random = new Random(20251125);
        List<String> seeds = List.of(
                ping("1"),
                "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\",\"params\":{}}",
                "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"tools/call\",\"params\":{\"name\":\"get_user\","
                        + "\"arguments\":{\"user_id\":\"x\"},\"_meta\":{\"progressToken\":1}}}",
                "{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"server/discover\",\"params\":{\"_meta\":{"
                        + "\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
                        + "\"io.modelcontextprotocol/clientCapabilities\":{}}}}",
                "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":1}}");
        Set<String> shapes = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            target.write(mutate(seeds.get(i % seeds.size()), random));
            if (i % 100 == 99) {
                target.answersBeforePing().forEach(answer -> shapes.add(shape(answer)));
            }
        }
        assertEquals(0, target.end());
        target.rest().forEach(answer -> shapes.add(shape(answer)));
        Set<String> proper = Set.of(
                "[jsonrpc, id, result]", "[jsonrpc, id, error]", "[jsonrpc, error]", "[jsonrpc, method, params]");
        assertTrue(proper.containsAll(shapes), shapes.toString());
    }

    private static byte[] mutate(String seed, Random random) {
        byte[] bytes = seed.getBytes(StandardCharsets.UTF_8);
        for (int changes = random.nextInt(4); changes > 0; changes--) {
            int at = random.nextInt(bytes.length);
            bytes[at] = switch (random.nextInt(3)) {
                case 0 -> (byte) random.nextInt(256);
                case 1 -> (byte) "{}[]\",:0\\\n".charAt(random.nextInt(10));
                default -> bytes[random.nextInt(bytes.length)];
            };
        }
        return (new String(bytes, StandardCharsets.ISO_8859_1) + "\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String shape(String answer) {
        ObjectNode message = (ObjectNode) ServerProcess.parse(answer);
        assertFalse(answer.contains("Exception") || answer.contains("jackson"), answer);
        return message.properties().stream()
                .map(member -> member.getKey())
                .toList()
                .toString();
    }

    private static String ping(String id) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"ping\"}";
    }

    private static Arguments row(String line, String id, String answer, String reason) {
        return Arguments.of(line, id, answer, reason);
    }
}
