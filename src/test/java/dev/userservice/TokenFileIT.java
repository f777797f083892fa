package dev.userservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The file that holds the token: rotated, refused, broken and repaired under a running server. */
final class TokenFileIT {

    private static final String FIRST = "first-token-0123456789";
    private static final String SECOND = "second-token-0123456789";
    private static final String THIRD = "third-token-0123456789";
    private static final String ADA = RawApi.ok("{\"id\":7,\"name\":\"Ada\"}");
    private static final String REFUSED = RawApi.response("401 Unauthorized", "{}");

    @TempDir
    private Path folder;

    @Test
    void followsTheFileWithoutARestart() throws Exception {
        try (RawApi api = RawApi.always(ADA);
                ServerProcess server = ServerProcess.start(settings(api, FIRST + "\n"), folder)) {
            server.initialize();
            assertEquals("ok", call(server));
            replace(SECOND);
            assertEquals("ok", call(server));
            for (String broken : List.of("", "short", SECOND + "\n" + FIRST + "\n")) {
                replace(broken);
                assertEquals("upstream_denied", call(server), "broken: " + broken);
            }
            Files.delete(folder.resolve("token"));
            assertEquals("upstream_denied", call(server), "missing");
            replace(FIRST + "\r\n");
            assertEquals("ok", call(server));
            assertEquals(
                    List.of("Bearer " + FIRST, "Bearer " + SECOND, "Bearer " + FIRST),
                    api.requests().stream()
                            .map(request -> request.header("Authorization"))
                            .toList());
        }
    }

    @Test
    void triesTheTokenOfTheFileOnceMoreAfterARefusal() throws Exception {
        RawApi.Answering rotating = (request, socket) -> {
            replace(SECOND); // while the request with the first is under way
            RawApi.write(socket, request.header("Authorization").endsWith(SECOND) ? ADA : REFUSED);
        };
        try (RawApi api = new RawApi(rotating);
                ServerProcess server = ServerProcess.start(settings(api, FIRST), folder)) {
            server.initialize();
            assertEquals("ok", call(server));
            assertEquals(2, api.requests().size());
        }
    }

    @Test
    void knowsARotatedTokenBeforeAnyRequestUsesIt() throws Exception {
        RawApi.Answering echoing = (request, socket) -> {
            replace(THIRD); // the API knows it before this server can
            RawApi.write(socket, RawApi.ok("{\"id\":7,\"name\":\"" + THIRD + "\"}"));
        };
        try (RawApi api = new RawApi(echoing);
                ServerProcess server = ServerProcess.start(settings(api, FIRST), folder)) {
            server.initialize();
            replace(SECOND);
            server.line("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"" + SECOND
                    + "\"}}");
            server.answer("1");
            replace(FIRST);
            server.callUser("2", SECOND);
            server.answer("2");
            server.callUser("3", "7");
            assertEquals(
                    "[redacted]",
                    server.answer("3").at("/result/structuredContent/name").asText());
            assertEquals(0, server.end());
            String said = String.join("\n", server.transcript()) + server.stderr();
            String all = said + Files.readString(folder.resolve("audit.jsonl"));
            assertFalse(
                    TokenHunt.finds(FIRST, all) || TokenHunt.finds(SECOND, all) || TokenHunt.finds(THIRD, all), all);
        }
    }

    /** Half of it looks like a token too; the API says the one from before, and then the file is finished. */
    @Test
    void knowsTheTokenBeforeAHalfWrittenOne() throws Exception {
        RawApi.Answering strict = (request, socket) -> RawApi.write(
                socket,
                request.header("Authorization").endsWith(SECOND)
                        ? RawApi.ok("{\"id\":7,\"name\":\"" + FIRST + "\"}")
                        : REFUSED);
        try (RawApi api = new RawApi(strict);
                ServerProcess server = ServerProcess.start(settings(api, FIRST), folder)) {
            server.initialize();
            assertEquals("upstream_denied", call(server));
            Path file = folder.resolve("token");
            Files.writeString(file, SECOND.substring(0, 17));
            assertEquals("upstream_denied", call(server));
            Files.writeString(file, SECOND.substring(17), StandardOpenOption.APPEND);
            server.callUser("\"whole\"", "7");
            assertEquals(
                    "[redacted]",
                    server.answer("\"whole\"")
                            .at("/result/structuredContent/name")
                            .asText());
            assertFalse(TokenHunt.finds(FIRST, String.join("\n", server.transcript()) + server.stderr()));
        }
    }

    @Test
    void doesNotRepeatARefusedToken() throws Exception {
        try (RawApi api = RawApi.always(REFUSED);
                ServerProcess server = ServerProcess.start(settings(api, FIRST), folder)) {
            server.initialize();
            assertEquals("upstream_denied", call(server));
            assertEquals(1, api.requests().size());
        }
    }

    @ParameterizedTest
    @CsvSource({"rw-r--r--, true", "rw-r-----, true", "rw-------, false"})
    @DisabledOnOs(OS.WINDOWS)
    void warnsWhereOthersCanReadTheFile(String permissions, boolean warned) throws Exception {
        try (RawApi api = RawApi.always(ADA)) {
            Map<String, String> settings = settings(api, FIRST);
            Files.setPosixFilePermissions(folder.resolve("token"), PosixFilePermissions.fromString(permissions));
            Run run = Run.of(settings, folder, "call", "get_user", "user_id=7");
            assertEquals(0, run.status());
            String warning = "INTERNAL_API_TOKEN_FILE can be read by other users of this machine; chmod 600 it\n";
            assertEquals(warned ? warning : "", run.err());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                               | empty",
                "missing                                          | missing",
                "'first-token-0123456789\nsecond-token-0123456789' | two lines",
                "'first token 0123456789'                         | spaces",
            })
    void doesNotStartWithoutAToken(String contents, String reason) throws Exception {
        try (RawApi api = RawApi.always(ADA)) {
            Map<String, String> settings = settings(api, contents);
            if (contents.equals("missing")) {
                Files.delete(folder.resolve("token"));
            }
            Run run = Run.of(settings, folder);
            assertEquals(3, run.status(), reason);
            assertEquals("", run.out(), reason);
            assertTrue(
                    run.err()
                            .startsWith("INTERNAL_API_TOKEN_FILE cannot be used: not "
                                    + (contents.equals("missing") ? "there" : "one")),
                    run.err());
            assertEquals(1, run.err().lines().count(), run.err());
        }
    }

    private Map<String, String> settings(RawApi api, String contents) throws IOException {
        replace(contents);
        Map<String, String> settings = ServerProcess.settings(api.url(), folder);
        settings.remove("INTERNAL_API_TOKEN");
        settings.put("INTERNAL_API_TOKEN_FILE", folder.resolve("token").toString());
        return settings;
    }

    /** Puts a new file in place by renaming, as those who rotate secrets do. */
    private void replace(String contents) throws IOException {
        Path next = Files.writeString(folder.resolve("token.next"), contents);
        Files.move(next, folder.resolve("token"), StandardCopyOption.REPLACE_EXISTING);
    }

    private static String call(ServerProcess server) throws IOException {
        server.callUser("\"call\"", "7");
        JsonNode result = server.answer("\"call\"").path("result");
        return result.path("isError").asBoolean()
                ? result.path("_meta")
                        .path("dev.userservice/error")
                        .path("code")
                        .asText()
                : "ok";
    }
}
