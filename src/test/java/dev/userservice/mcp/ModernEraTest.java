package dev.userservice.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Revision 2026-07-28: a request is answered from itself alone, whatever was said before. */
final class ModernEraTest {

    private static final String KEY = "\"io.modelcontextprotocol/";
    private static final String VERSION = KEY + "protocolVersion\":\"2026-07-28\"";
    private static final String CAPABILITIES = KEY + "clientCapabilities\":{}";
    private static final String CLIENT = KEY + "clientInfo\":{\"name\":\"new\",\"version\":\"9\"}";
    private static final String META = VERSION + "," + CAPABILITIES + "," + CLIENT;
    private static final String SERVER =
            "\"_meta\":{" + KEY + "serverInfo\":{\"name\":\"s\",\"title\":\"S\",\"version\":\"1\"}}";
    private static final String CACHEABLE =
            "\"ttlMs\":300000,\"cacheScope\":\"private\",\"resultType\":\"complete\"," + SERVER;

    private final Edge edge = new Edge();

    @AfterEach
    void close() {
        edge.close();
    }

    @Test
    void discovers() {
        assertEquals(
                List.of("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"supportedVersions\":[\"2026-07-28\"],"
                        + "\"capabilities\":{\"tools\":{}},\"instructions\":\"Read.\"," + CACHEABLE + "}}"),
                ask("server/discover", META, ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"cursor\":null,"})
    void listsTheTools(String params) {
        assertEquals(
                List.of("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"tools\":"
                        + edge.card().tools() + "," + CACHEABLE + "}}"),
                ask("tools/list", META, params));
    }

    @Test
    void knowsNoCursor() {
        assertEquals(List.of(invalidParams()), ask("tools/list", META, "\"cursor\":\"\","));
    }

    @Test
    void callsATool() {
        ObjectNode result = (ObjectNode)
                Edge.parsed(ask("tools/call", META, "\"name\":\"get_user\",").get(0))
                        .get("result");
        assertEquals("complete", result.path("resultType").textValue());
        assertEquals(
                "{\"dev.userservice/error\":{\"code\":\"invalid_input\",\"retryable\":false}," + KEY
                        + "serverInfo\":{\"name\":\"s\",\"title\":\"S\",\"version\":\"1\"}}",
                result.path("_meta").toString());
        assertEquals(List.of("new/9 get_user invalid_input"), edge.recorded());
    }

    @Test
    void cancelsACall() {
        ask("tools/call", META, "\"name\":\"get_user\",\"arguments\":{\"user_id\":\"7\"},");
        assertEquals(List.of(), edge.says(Edge.cancellation("1")));
        assertEquals(List.of("new/9 get_user cancelled"), edge.recorded());
    }

    @Test
    void tellsAnUnknownTool() {
        assertEquals(
                List.of(Edge.error("1", -32602, "Unknown tool")), ask("tools/call", META, "\"name\":\"drop_users\","));
        assertEquals(List.of("new/9 drop_users unknown_tool"), edge.recorded());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ping", "initialize", "logging/setLevel", "nope"})
    void hasNoOtherMethod(String method) {
        assertEquals(List.of(Edge.error("1", -32601, "Method not found")), ask(method, META, ""));
    }

    @Test
    void doesNotRememberWhoAsked() {
        ask("tools/list", META, "");
        assertEquals(
                List.of(Edge.error("1", -32600, "Invalid request")), edge.says(Edge.request("1", "tools/list", "{}")));
        edge.initialized();
        ask("tools/call", VERSION + "," + CAPABILITIES, "\"name\":\"x\",");
        edge.says(Edge.request("2", "tools/call", "{\"name\":\"x\"}"));
        assertEquals(List.of(" x unknown_tool", "old/1 x unknown_tool"), edge.recorded());
    }

    @ParameterizedTest
    @ValueSource(strings = {"2025-11-25", "1900-01-01", "2026-07-29", "2026-07-2", ""})
    void namesTheVersionItSpeaksForAnyOther(String version) {
        String expected =
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32022,\"message\":\"Unsupported protocol version\","
                        + "\"data\":{\"supported\":[\"2026-07-28\"],\"requested\":\"" + version + "\"}}}";
        String meta = KEY + "protocolVersion\":\"" + version + "\"";
        for (String method : List.of("server/discover", "tools/list", "subscriptions/listen", "tools/call", "ping")) {
            assertEquals(List.of(expected), ask(method, meta, ""), method);
            assertEquals(List.of(expected), ask(method, meta + "," + CAPABILITIES, ""), method);
        }
        assertEquals(List.of("  invalid_params", "  invalid_params"), edge.recorded());
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(
            delimiter = '|',
            value = {
                VERSION + "                                                         | no capabilities",
                VERSION + "," + KEY + "clientCapabilities\":[]                       | capabilities that are no object",
                CAPABILITIES + "                                                    | no version",
                KEY + "protocolVersion\":7," + CAPABILITIES + "                      | a version that is no string",
                CLIENT + "                                                          | nothing but the client",
                VERSION + "," + CAPABILITIES + "," + KEY
                        + "clientInfo\":{\"name\":\"x\"}    | a client without a version",
                VERSION + "," + CAPABILITIES + "," + KEY + "clientInfo\":{\"version\":\"1\"} | a client without a name",
                VERSION + "," + CAPABILITIES + "," + KEY + "clientInfo\":null        | a client that is null"
            })
    void refusesIncompleteMetadata(String meta, String reason) {
        for (String method : List.of("server/discover", "tools/list", "tools/call", "ping")) {
            assertEquals(List.of(invalidParams()), ask(method, meta, "\"name\":\"get_user\","), reason);
        }
        assertEquals(1, edge.recorded().size());
        assertEquals("get_user invalid_params", edge.recorded().get(0).replaceFirst("^\\S* ", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"server/discover", "subscriptions/listen"})
    void ownsTheMethodsThatNoOtherEraHas(String method) {
        assertEquals(List.of(invalidParams()), edge.says(Edge.request("1", method, "{}")));
        assertEquals(List.of(invalidParams()), edge.says(Edge.request("1", method, "[]")));
        assertEquals(List.of(invalidParams()), edge.initialized().says(Edge.request("1", method, "{}")));
    }

    @Test
    void leavesOtherMetadataToTheOtherEra() {
        assertEquals(List.of(Edge.pong("1")), ask("ping", "\"progressToken\":1," + KEY + "other\":1", ""));
    }

    private List<String> ask(String method, String meta, String params) {
        return edge.says(Edge.request("1", method, "{" + params + "\"_meta\":{" + meta + "}}"));
    }

    private static String invalidParams() {
        return Edge.error("1", -32602, "Invalid params");
    }
}
