package dev.userservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The token is in no byte of standard output, standard error or the audit log, whoever says it, in whatever form. */
final class CanaryIT {

    private static final String FIRST = "first-\"\\%2541+/~'<0123456789abcdef";
    private static final String SECOND = "second.\"\\%25?=&0123456789abcdefgh";
    private static final String MODERN =
            "\"io.modelcontextprotocol/protocolVersion\":%s,\"io.modelcontextprotocol/clientCapabilities\":{}";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"ERROR,audit.jsonl", "WARN,stderr", "INFO,audit.jsonl", "DEBUG,audit.jsonl"})
    void saysTheTokenNowhere(String level, String audit) throws Exception {
        Path tokenFile = Files.writeString(folder.resolve("token"), FIRST + "\n");
        try (HostileApi api = new HostileApi(said(FIRST))) {
            Map<String, String> settings = settings(api, level, audit);
            settings.put("INTERNAL_API_TOKEN_FILE", tokenFile.toString());
            try (ServerProcess server = ServerProcess.start(settings, folder)) {
                say(server, FIRST, "before");
                failInEveryWay(server);
                api.onRotation(() -> write(tokenFile, SECOND));
                ask(server, HostileApi.ROTATING);
                api.say(said(FIRST) + " " + said(SECOND));
                failInEveryWay(server);
                say(server, FIRST, "old");
                say(server, SECOND, "new");
                Files.delete(tokenFile);
                ask(server, HostileApi.TALKATIVE);
                assertEquals(0, server.end());
                assertClean(server, FIRST);
                assertClean(server, SECOND);
                assertWhole();
            }
            assertTrue(
                    api.requests().stream()
                            .allMatch(
                                    request -> request.getRequestLine()
                                            .matches(
                                                    "GET /(?:users/[0-9]{1,18}|departments/(?:engineering|product|sales|operations)/users) HTTP/1\\.1")));
        }
    }

    @Test
    void saysTheTokenNowhereWhereNothingCanBeRecorded() throws Exception {
        Path state = Files.createDirectory(folder.resolve("state"));
        try (HostileApi api = new HostileApi(said(FIRST))) {
            Map<String, String> settings = settings(api, "DEBUG", "state/audit.jsonl");
            settings.put("INTERNAL_API_TOKEN", FIRST);
            try (ServerProcess server = ServerProcess.start(settings, folder)) {
                server.initialize();
                Files.move(state, folder.resolve("away"));
                ask(server, HostileApi.TALKATIVE);
                say(server, FIRST, "unrecorded");
                assertEquals(0, server.end());
                assertClean(server, FIRST);
            }
        }
    }

    @Test
    void theHuntFindsEveryForm() {
        for (String form : TokenHunt.forms(FIRST)) {
            assertTrue(TokenHunt.finds(FIRST, ServerProcess.render(Map.of("text", "a " + form + " b"))), form);
        }
        assertFalse(TokenHunt.finds(FIRST, SECOND));
    }

    private Map<String, String> settings(HostileApi api, String level, String audit) {
        Map<String, String> settings = ServerProcess.settings(api.url(), folder);
        settings.remove("INTERNAL_API_TOKEN");
        settings.put("INTERNAL_API_TIMEOUT_MS", "300");
        settings.put("INTERNAL_API_RETRIES", "0");
        settings.put("USER_SERVICE_LOG_LEVEL", level);
        settings.put(
                "USER_SERVICE_AUDIT_FILE",
                audit.equals("stderr") ? audit : folder.resolve(audit).toString());
        return settings;
    }

    private static String said(String token) {
        return String.join(" ", TokenHunt.forms(token));
    }

    private static void write(Path file, String token) {
        try {
            Files.writeString(file, token);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void failInEveryWay(ServerProcess server) throws IOException {
        for (int user = HostileApi.TALKATIVE; user <= HostileApi.LAST_FAILURE; user++) {
            ask(server, user);
            ask(server, HostileApi.SOUND); // keeps the circuit closed
        }
        for (String department : List.of("sales", "product", "operations", "engineering")) {
            server.line(call("\"d\"", "list_users_by_department", Map.of("department", department)));
            server.answer("\"d\"");
        }
    }

    private static JsonNode ask(ServerProcess server, int user) throws IOException {
        server.callUser("\"u\"", Integer.toString(user));
        return server.answer("\"u\"");
    }

    /** Says the token, in every form, at every place a client can choose a text for. */
    private static void say(ServerProcess server, String token, String id) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String form : TokenHunt.forms(token)) {
            String text = ServerProcess.render(form);
            lines.add(form);
            lines.add("{\"jsonrpc\":\"2.0\",\"method\":" + text + ",\"params\":{}}");
            lines.add("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":" + text
                    + "}}");
            lines.add(request("initialize", """
          "protocolVersion":%s,"capabilities":{},"clientInfo":{"name":%s,"version":%s}""".formatted(text, text, text)));
            lines.add(request("tools/list", "\"_meta\":{" + MODERN.formatted(text) + "}"));
            lines.add(request(
                            "subscriptions/listen",
                            "\"notifications\":{},\"_meta\":{" + MODERN.formatted("\"2026-07-28\"") + "}")
                    .replace("\"id\":\"x\"", "\"id\":" + text));
            lines.add(request(form.replace("\"", "").replace("\\", ""), "\"cursor\":" + text));
            lines.add(request("tools/call", """
          "name":"get_user","arguments":{"user_id":"x"},"_meta":{"progressToken":%s,"traceparent":%s,%s,\
          "io.modelcontextprotocol/clientInfo":{"name":%s,"version":%s}}""".formatted(text, text, MODERN.formatted("\"2026-07-28\""), text, text)));
            lines.add(call("\"x\"", form, Map.of()));
            lines.add(call("\"x\"", "get_user", Map.of("user_id", form, form, form)));
            lines.add(call("\"x\"", "get_user", Map.of("user_id", List.of(Map.of(form, form)))));
            lines.add(call("\"x\"", "get_user", Map.of("user_id", "x".repeat(120) + form)));
            lines.add(call("\"x\"", "list_users_by_department", Map.of("department", form, "limit", form)));
            lines.add(call(text, "get_user", Map.of("user_id", "0")));
        }
        lines.add(call(
                "\"x\"",
                "get_user",
                Map.of("user_id", Map.of(token, 1, TokenHunt.forms(token).get(1), 2))));
        for (int i = 0; i < lines.size(); i++) {
            server.line(lines.get(i).replace("\"id\":\"x\"", "\"id\":\"" + id + i + "\""));
        }
        server.answersBeforePing();
    }

    private static String request(String method, String params) {
        return "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":" + ServerProcess.render(method) + ",\"params\":{" + params
                + "}}";
    }

    private static String call(String id, String tool, Map<String, ?> arguments) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"tools/call\",\"params\":"
                + ServerProcess.render(Map.of("name", tool, "arguments", arguments)) + "}";
    }

    private void assertClean(ServerProcess server, String token) throws IOException {
        List<String> clean =
                server.transcript().stream().map(CanaryIT::withoutId).toList();
        try (Stream<Path> files = Files.walk(folder).filter(Files::isRegularFile)) {
            List<String> all = new ArrayList<>(clean);
            for (Path file : files.filter(any -> !any.endsWith("token")).toList()) {
                all.addAll(Files.readAllLines(file));
            }
            assertTrue(clean.size() > 100);
            assertEquals(
                    List.of(),
                    all.stream().filter(line -> TokenHunt.finds(token, line)).toList());
        }
    }

    /** The caller's own id comes back as it was. */
    private static String withoutId(String line) {
        ObjectNode message = (ObjectNode) ServerProcess.parse(line);
        message.remove("id");
        return message.toString();
    }

    private void assertWhole() throws Exception {
        if (Files.exists(folder.resolve("audit.jsonl"))) {
            List<String> command = ServerProcess.command(
                    "verify-audit", folder.resolve("audit.jsonl").toString());
            assertEquals(
                    0,
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(folder.resolve("verify.txt").toFile())
                            .start()
                            .waitFor());
        }
    }
}
