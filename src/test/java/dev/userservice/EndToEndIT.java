package dev.userservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client sees: the built JAR, spoken to by the SDK's own client, in front of a real HTTP API. */
final class EndToEndIT {

    @TempDir
    private Path folder;

    private SampleApi api;
    private McpSyncClient client;

    @BeforeEach
    void connect() throws IOException {
        api = new SampleApi(0);
        List<String> command = ServerProcess.command();
        ServerParameters parameters = ServerParameters.builder(command.get(0))
                .args(command.subList(1, command.size()))
                .env(ServerProcess.settings(api.url(), folder))
                .build();
        client = McpClient.sync(new StdioClientTransport(parameters, McpJsonDefaults.getMapper()))
                .build();
        client.initialize();
    }

    @AfterEach
    void disconnect() throws IOException {
        client.closeGracefully();
        api.close();
    }

    @Test
    void offersBothToolsInOrder() {
        assertEquals(
                List.of("get_user", "list_users_by_department"),
                client.listTools().tools().stream()
                        .map(McpSchema.Tool::name)
                        .limit(2)
                        .toList());
    }

    @Test
    void returnsTheReleasedFieldsAndNoOther() {
        McpSchema.CallToolResult result = call("123");
        assertEquals(
                Map.of(
                        "id",
                        "123",
                        "name",
                        "User 123",
                        "email",
                        "user123@corp.example",
                        "status",
                        "active",
                        "department",
                        "engineering"),
                result.structuredContent());
        assertFalse(result.toString().contains("078-05-1120"));
    }

    @Test
    void sendsTheServiceAccountsTokenAndTheReference() {
        call("5");
        assertEquals("Bearer " + ServerProcess.TOKEN, api.requests().get(0).getHeader("Authorization"));
        assertEquals("GET /users/5 HTTP/1.1", api.requests().get(0).getRequestLine());
        assertTrue(api.requests().get(0).getHeader("X-Request-Id").matches("[0-9a-f]{8}-1"));
    }

    @Test
    void refusesAnInjectionBeforeAnyRequest() throws IOException {
        McpSchema.CallToolResult result = call("123; DROP TABLE users");
        assertTrue(result.isError());
        assertEquals(
                "Error: Invalid user ID format. user_id must be a string of 1 to 18 digits, for example \"123\".",
                ((McpSchema.TextContent) result.content().get(0)).text());
        assertEquals(List.of(), api.requests());
        String audit = Files.readString(folder.resolve("audit.jsonl"));
        assertTrue(audit.contains("\"result\":\"invalid_input\""), audit);
    }

    private McpSchema.CallToolResult call(String userId) {
        return client.callTool(McpSchema.CallToolRequest.builder("get_user")
                .arguments(Map.of("user_id", userId))
                .build());
    }
}
