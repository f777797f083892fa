package dev.userservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Both eras of the protocol in one process; every message is held against the official schema of its revision. */
final class ErasIT {

    private static final String VERSION = "\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"";
    private static final String CAPABILITIES = "\"io.modelcontextprotocol/clientCapabilities\":{}";
    private static final String CLIENT =
            "\"io.modelcontextprotocol/clientInfo\":{\"name\":\"modern\",\"version\":\"9\"}";
    private static final String META = VERSION + "," + CAPABILITIES + "," + CLIENT;
    private static final String CALL = "\"name\":\"get_user\",\"arguments\":{\"user_id\":\"7\"},";
    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01";

    @TempDir
    private Path folder;

    private SampleApi api;
    private ServerProcess server;
    private McpSchemas modern;
    private McpSchemas legacy;

    @BeforeEach
    void start() throws IOException {
        modern = McpSchemas.revision("2026-07-28");
        legacy = McpSchemas.revision("2025-11-25");
        api = new SampleApi(0);
        server = ServerProcess.start(ServerProcess.settings(api.url(), folder), folder);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        api.close();
    }

    @Test
    void discoversWithoutInitialize() throws IOException {
        JsonNode answer = ask("server/discover", META, "");
        modern.check("DiscoverResultResponse", answer);
        JsonNode result = answer.path("result");
        assertEquals("[\"2026-07-28\"]", result.path("supportedVersions").toString());
        assertEquals("{\"tools\":{}}", result.path("capabilities").toString());
        assertEquals("complete", result.path("resultType").asText());
        assertEquals(300_000, result.path("ttlMs").asInt());
        assertEquals("private", result.path("cacheScope").asText());
        assertEquals("user-service", serverInfo(answer).path("name").asText());
    }

    @Test
    void listsTheSameToolsInBothEras() throws IOException {
        JsonNode now = ask("tools/list", META, "");
        modern.check("ListToolsResultResponse", now);
        legacy.check("InitializeResult", server.initialize().path("result"));
        server.line("{\"jsonrpc\":\"2.0\",\"id\":\"old\",\"method\":\"tools/list\"}");
        JsonNode before = server.answer("\"old\"");
        legacy.check("ListToolsResult", before.path("result"));
        assertEquals(before.at("/result/tools"), now.at("/result/tools"));
        assertEquals(
                List.of("tools"),
                before.path("result").properties().stream()
                        .map(member -> member.getKey())
                        .toList());
        assertEquals(300_000, now.at("/result/ttlMs").asInt());
    }

    @Test
    void callsAToolInBothErasAtOnce() throws IOException {
        legacy.check("JSONRPCResultResponse", server.initialize());
        for (int i = 0; i < 100; i++) {
            server.callUser("\"old-" + i + "\"", "7");
            send("\"new-" + i + "\"", "tools/call", META, CALL);
        }
        for (int i = 0; i < 100; i++) {
            JsonNode before = server.next();
            JsonNode now = server.next();
            for (JsonNode answer : List.of(before, now)) {
                boolean isModern = answer.path("id").asText().startsWith("new");
                (isModern ? modern : legacy).check("CallToolResult", answer.path("result"));
                assertEquals(isModern, answer.path("result").has("resultType"));
                assertEquals("7", answer.at("/result/structuredContent/id").asText());
            }
        }
    }

    @Test
    void recordsTheClientOfEachRequestAndPassesTheTraceOn() throws IOException {
        ask("tools/call", META + ",\"traceparent\":\"" + TRACE + "\"", CALL);
        ask("tools/call", META.replace("modern", "other") + ",\"traceparent\":\"nonsense\"", CALL);
        assertEquals(
                List.of("modern/9", "other/9"),
                server.audit(line -> line.has("call_id")).stream()
                        .map(line -> line.path("client").asText())
                        .toList());
        assertEquals(TRACE, api.requests().get(0).getHeader("traceparent"));
        assertEquals(null, api.requests().get(1).getHeader("traceparent"));
    }

    @Test
    void toolErrorsKeepTheirMetaBesideTheServers() throws IOException {
        JsonNode answer = ask("tools/call", META, "\"name\":\"get_user\",\"arguments\":{\"user_id\":\"x\"},");
        modern.check("CallToolResultResponse", answer);
        assertEquals(
                "invalid_input",
                answer.path("result")
                        .path("_meta")
                        .path("dev.userservice/error")
                        .path("code")
                        .asText());
        assertEquals("user-service", serverInfo(answer).path("name").asText());
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(delimiter = '|', textBlock = """
          "io.modelcontextprotocol/protocolVersion":"2026-07-28"      | no capabilities
          "io.modelcontextprotocol/clientCapabilities":{}             | no version
          "io.modelcontextprotocol/protocolVersion":7                 | a version that is no string
          "io.modelcontextprotocol/clientInfo":{"name":"x","version":"1"} | nothing but the client
          """)
    void refusesIncompleteMetadata(String meta, String reason) throws IOException {
        for (String method : List.of("server/discover", "tools/list", "tools/call")) {
            JsonNode answer = ask(method, meta, CALL);
            modern.check("JSONRPCErrorResponse", answer);
            assertEquals(
                    "{\"code\":-32602,\"message\":\"Invalid params\"}",
                    answer.path("error").toString(),
                    reason);
        }
        assertEquals(List.of("invalid_params"), server.results());
    }

    @ParameterizedTest
    @ValueSource(strings = {"2025-11-25", "1900-01-01", "2027-01-01"})
    void namesTheSupportedVersionForAnyOther(String version) throws IOException {
        JsonNode answer = ask("tools/list", META.replace("2026-07-28", version), "");
        modern.check("UnsupportedProtocolVersionError", answer);
        assertEquals(
                "{\"supported\":[\"2026-07-28\"],\"requested\":\"" + version + "\"}",
                answer.at("/error/data").toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ping", "logging/setLevel", "initialize", "resources/list", "prompts/list", "nope"})
    void hasNoOtherMethod(String method) throws IOException {
        assertEquals(
                "{\"code\":-32601,\"message\":\"Method not found\"}",
                ask(method, META, "").path("error").toString());
    }

    @Test
    void holdsASubscriptionSilentlyUntilItIsCancelledOrTheInputEnds() throws Exception {
        for (String id : List.of("\"a\"", "\"b\"")) {
            send(id, "subscriptions/listen", META, "\"notifications\":{\"toolsListChanged\":true},");
            JsonNode acknowledgment = server.next();
            modern.check("SubscriptionsAcknowledgedNotification", acknowledgment);
            assertEquals("{}", acknowledgment.at("/params/notifications").toString());
        }
        server.line("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":\"a\"}}");
        assertEquals(List.of(), server.answersBeforePing());
        assertEquals(0, server.end());
        List<String> rest = server.rest();
        assertEquals(1, rest.size());
        JsonNode end = ServerProcess.parse(rest.get(0));
        modern.check("SubscriptionsListenResultResponse", end);
        assertEquals("b", end.path("id").asText());
    }

    @Test
    void theSchemaCheckCanFail() {
        assertThrows(
                AssertionError.class,
                () -> modern.check("DiscoverResultResponse", ServerProcess.parse("{\"jsonrpc\":\"2.0\",\"id\":1}")));
    }

    private JsonNode ask(String method, String meta, String params) throws IOException {
        String id = "\"" + method + "-" + System.nanoTime() + "\"";
        send(id, method, meta, params);
        return server.answer(id);
    }

    private void send(String id, String method, String meta, String params) throws IOException {
        server.line("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":{" + params
                + "\"_meta\":{" + meta + "}}}");
    }

    private static JsonNode serverInfo(JsonNode answer) {
        return answer.path("result").path("_meta").path("io.modelcontextprotocol/serverInfo");
    }
}
