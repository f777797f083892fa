package dev.userservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every failure ends in one of the fixed texts; nothing of the API, an exception or the caller is in any of them. */
final class ErrorCatalogueIT {

    private static final String MARK = "mark-7f3a91";

    private static final Set<String> TEXTS = Set.of(
            "invalid_input: Error: Unexpected argument. get_user takes: user_id.",
            "invalid_input: Error: Unexpected argument. list_users_by_department takes: department, limit, offset.",
            "invalid_input: Error: Missing argument: user_id.",
            "invalid_input: Error: Missing argument: department.",
            "invalid_input: Error: Invalid user ID format. user_id must be a string of 1 to 18 digits, "
                    + "for example \"123\".",
            "invalid_input: Error: This department cannot be listed here. Choose one of: engineering, product, sales, operations.",
            "invalid_input: Error: limit must be a whole number from 1 to 100.",
            "invalid_input: Error: offset must be a whole number from 0 to 1000000.",
            "not_found: User not found",
            "not_found: Department not found",
            "rate_limited: Error: Rate limit reached. Try again in <n> seconds.",
            "upstream_unavailable: Error: Unable to retrieve user. The user service is unavailable; try again later. "
                    + "Reference: <id>",
            "upstream_timeout: Error: Unable to retrieve user. The user service did not answer in time; try again later. Reference: <id>",
            "upstream_denied: Error: Unable to retrieve user; trying again does not help. Reference: <id>",
            "upstream_contract: Error: Unable to retrieve user; trying again does not help. Reference: <id>",
            "upstream_contract: Error: Unable to list users; trying again does not help. Reference: <id>",
            "audit_unavailable: Error: The call could not be recorded, so nothing was returned; try again later. Reference: <id>");

    private static final Set<String> PROTOCOL_ERRORS = Set.of(
            "{\"code\":-32700,\"message\":\"Parse error\"}",
            "{\"code\":-32600,\"message\":\"Invalid request\"}",
            "{\"code\":-32601,\"message\":\"Method not found\"}",
            "{\"code\":-32602,\"message\":\"Invalid params\"}",
            "{\"code\":-32602,\"message\":\"Unknown tool\"}");

    @TempDir
    private Path folder;

    private final Set<String> texts = new TreeSet<>();
    private final Set<String> protocolErrors = new TreeSet<>();
    private HostileApi api;
    private Map<String, String> settings;

    @BeforeEach
    void start() throws IOException {
        api = new HostileApi(MARK);
        settings = ServerProcess.settings(api.url() + "/", folder);
        settings.put("INTERNAL_API_TIMEOUT_MS", "1000");
        settings.put("INTERNAL_API_RETRIES", "0");
        settings.put("INTERNAL_API_MAX_RESPONSE_BYTES", "16384");
        settings.put("USER_SERVICE_LOG_LEVEL", "DEBUG");
    }

    @AfterEach
    void stop() throws IOException {
        api.close();
    }

    @Test
    void isClosedAndHoldsNothingOfAnybodyElse() throws Exception {
        failUpstream();
        failInput();
        failProtocol();
        failCredentialAndAudit();
        failConnection();
        exceedTheRate();
        assertEquals(new TreeSet<>(TEXTS), texts);
        assertEquals(new TreeSet<>(PROTOCOL_ERRORS), protocolErrors);
    }

    private void failUpstream() throws Exception {
        try (ServerProcess server = serve()) {
            for (int user = 2; user <= HostileApi.LAST_FAILURE; user++) {
                server.callUser("1", Integer.toString(user));
                note(server.answer("1"));
                server.callUser("1", "0");
                note(server.answer("1"));
            }
            note(call(server, "list_users_by_department", Map.of("department", "product")));
            note(call(server, "list_users_by_department", Map.of("department", "operations")));
            end(server);
        }
    }

    private void failInput() throws Exception {
        try (ServerProcess server = serve()) {
            for (Object value : List.of(MARK, List.of(MARK), Map.of(MARK, MARK), true, -1, 1.5, 1e300)) {
                note(call(server, "get_user", Map.of("user_id", value)));
                note(call(server, "get_user", Map.of("user_id", "1", MARK, value)));
                note(call(server, "get_user", Map.of()));
                note(call(server, "list_users_by_department", Map.of()));
                note(call(server, "list_users_by_department", Map.of(MARK, value)));
                note(call(server, "list_users_by_department", Map.of("department", value)));
                note(call(server, "list_users_by_department", Map.of("department", "sales", "limit", value)));
                note(call(server, "list_users_by_department", Map.of("department", "sales", "offset", value)));
            }
            end(server);
        }
    }

    private void failProtocol() throws Exception {
        try (ServerProcess server = serve()) {
            note(call(server, MARK, Map.of()));
            for (String line : List.of(
                    MARK,
                    "\"" + MARK + "\"",
                    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + MARK + "\"}",
                    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":\"" + MARK + "\"}",
                    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"" + MARK + "\":1}}",
                    "{\"jsonrpc\":\"" + MARK + "\",\"id\":1,\"method\":\"ping\"}")) {
                server.line(line);
                note(server.next());
            }
            end(server);
        }
    }

    private void failCredentialAndAudit() throws Exception {
        Path token = Files.writeString(folder.resolve(MARK), ServerProcess.TOKEN);
        Path state = Files.createDirectory(folder.resolve("state")); // the operator may be told its name
        settings.remove("INTERNAL_API_TOKEN");
        settings.put("INTERNAL_API_TOKEN_FILE", token.toString());
        settings.put("USER_SERVICE_AUDIT_FILE", state.resolve("audit.jsonl").toString());
        try (ServerProcess server = serve()) {
            Files.delete(token);
            note(call(server, "get_user", Map.of("user_id", "0")));
            Files.move(state, folder.resolve("away"));
            note(call(server, "get_user", Map.of("user_id", "0")));
            note(call(server, MARK, Map.of()));
            end(server);
        }
        settings.remove("INTERNAL_API_TOKEN_FILE");
        settings.put("INTERNAL_API_TOKEN", ServerProcess.TOKEN);
        settings.put("USER_SERVICE_AUDIT_FILE", folder.resolve("audit.jsonl").toString());
    }

    private void failConnection() throws Exception {
        for (String url : List.of("http://127.0.0.1:1/" + MARK, api.url().replace("http:", "https:") + "/" + MARK)) {
            settings.put("INTERNAL_API_URL", url);
            try (ServerProcess server = serve()) {
                note(call(server, "get_user", Map.of("user_id", "0")));
                end(server);
            }
        }
    }

    private void exceedTheRate() throws Exception {
        settings.put("USER_SERVICE_RATE_PER_MINUTE", "1");
        settings.put("USER_SERVICE_RATE_BURST", "1");
        try (ServerProcess server = serve()) {
            call(server, "get_user", Map.of("user_id", "0"));
            note(call(server, "get_user", Map.of("user_id", "0")));
            end(server);
        }
    }

    private ServerProcess serve() throws IOException {
        ServerProcess server = ServerProcess.start(settings, folder);
        server.initialize();
        return server;
    }

    private static JsonNode call(ServerProcess server, String tool, Map<String, ?> arguments) throws IOException {
        server.line("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":"
                + ServerProcess.render(Map.of("name", tool, "arguments", arguments)) + "}");
        return server.next();
    }

    private void note(JsonNode answer) {
        JsonNode result = answer.path("result");
        if (answer.has("error")) {
            protocolErrors.add(answer.path("error").toString());
        } else if (result.path("isError").asBoolean()) {
            assertEquals(1, result.path("content").size());
            assertTrue(!result.has("structuredContent"), result.toString());
            String code = result.path("_meta")
                    .path("dev.userservice/error")
                    .path("code")
                    .asText();
            texts.add(code + ": "
                    + result.at("/content/0/text")
                            .asText()
                            .replaceFirst("[0-9a-f]{8}-[0-9]+$", "<id>")
                            .replaceFirst("in \\d+ seconds", "in <n> seconds"));
        }
    }

    private void end(ServerProcess server) throws Exception {
        assertEquals(0, server.end());
        assertEquals(
                List.of(),
                server.transcript().stream().filter(line -> line.contains(MARK)).toList());
        assertEquals(
                List.of(),
                server.stderr().lines().filter(line -> line.contains(MARK)).toList());
    }
}
