package dev.userservice.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.userservice.InProcess;
import dev.userservice.RawApi;
import dev.userservice.Run;
import dev.userservice.model.Json;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.lang.Thread.UncaughtExceptionHandler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every command within the tests' own JVM: what it prints where, what it records, and its status. */
@Timeout(60)
final class ProgramTest {

    private static final String TOKEN = "token-0123456789abcdef";
    private static final String DEMO =
            "--demo: the built-in sample API answers; INTERNAL_API_* settings are ignored and all data is made up.\n";
    private static final String INITIALIZE = """
      {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},\
      "clientInfo":{"name":"test","version":"1"}}}
      """;

    @TempDir
    private Path folder;

    private final UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();

    @AfterEach
    void restore() {
        Thread.setDefaultUncaughtExceptionHandler(before);
    }

    @Test
    void printsHelpAndVersion() {
        assertEquals(new Run(0, CommandLine.USAGE, ""), new InProcess(folder).run("--help"));
        assertEquals(
                new Run(0, "user-service development\n", ""),
                new InProcess(folder).run("--version"),
                "without a manifest");
    }

    static Stream<Arguments> refusesWrongUsage() {
        return Stream.of(
                Arguments.of(List.of("frob"), "unknown command: frob"),
                Arguments.of(List.of("call", "drop_user", "--demo"), "unknown tool: drop_user"),
                Arguments.of(
                        List.of("call", "get_user", "7", "--demo"),
                        "the arguments of a tool are NAME=VALUE, each name once"),
                Arguments.of(List.of("verify-audit", "a\0b"), "not the name of a file: a?b"),
                Arguments.of(
                        List.of("verify-audit", "--key-file", "a\0b", "log"), "--key-file needs the name of a file"));
    }

    @ParameterizedTest
    @MethodSource
    void refusesWrongUsage(List<String> arguments, String sentence) {
        Run run = new InProcess(folder).run(arguments.toArray(String[]::new));
        assertEquals(
                "user-service: " + sentence + "\n" + CommandLine.USAGE,
                run.err().replace(DEMO, ""));
        assertEquals("", run.out());
        assertEquals(2, run.status());
    }

    @Test
    void tellsAllWrongSettings() {
        String problems = """
        INTERNAL_API_TOKEN or INTERNAL_API_TOKEN_FILE is required: the service account's token
        INTERNAL_API_URL is required: the address of the internal user API, for example https://users.corp.example/v1
        """;
        assertEquals(new Run(3, "", problems), new InProcess(folder).run());
        assertEquals(new Run(3, "", problems), new InProcess(folder).run("call", "get_user", "user_id=7"));
    }

    @Test
    void callsAToolOfTheSampleApi() {
        Run run = new InProcess(folder).run("call", "get_user", "user_id=123", "--demo");
        assertEquals("""
        {
          "id": "123",
          "name": "Tariq Dubois",
          "email": "user123@demo.example",
          "status": "active",
          "department": "sales"
        }
        """, run.out());
        assertEquals(0, run.status());
        assertTrue(run.err().startsWith(DEMO), run.err());
        List<JsonNode> audit = run.err().lines().skip(1).map(ProgramTest::parse).toList();
        assertEquals(
                List.of("session_start", "tool_call", "session_end"),
                audit.stream().map(line -> line.path("event").asText()).toList());
        assertEquals("development", audit.get(0).path("version").asText());
        assertEquals(
                "user-service-call/development", audit.get(1).path("client").asText());
        assertEquals("end_of_input", audit.get(2).path("reason").asText());
    }

    @Test
    void printsAToolErrorOnStandardErrorAfterTheWarnings() throws Exception {
        try (RawApi api = RawApi.always(RawApi.response("404 Not Found", "{}"))) {
            Run run = live(api).with("INTERNAL_API_TIMEOUT", "1").run("call", "get_user", "user_id=7");
            assertEquals(
                    new Run(
                            1,
                            "",
                            "INTERNAL_API_TIMEOUT is not a setting of this program and is ignored; check its spelling\n"
                                    + "User not found\n"),
                    run);
            assertEquals("Bearer " + TOKEN, api.requests().get(0).header("Authorization"));
            assertEquals("user-service/development", api.requests().get(0).header("User-Agent"));
        }
    }

    @Test
    void takesSettingsFromTheFileNamed() throws Exception {
        try (RawApi api = RawApi.always(RawApi.ok("{\"id\":7,\"name\":\"Ada\"}"))) {
            Path file = Files.writeString(
                    folder.resolve("my.env"), "INTERNAL_API_URL=" + api.url() + "\nINTERNAL_API_TOKEN=" + TOKEN + "\n");
            Run run = new InProcess(folder).run("call", "get_user", "user_id=7", "--env-file", file.toString());
            assertEquals(new Run(0, "{\n  \"id\": \"7\",\n  \"name\": \"Ada\"\n}\n", ""), run);
            Path log = folder.resolve(".local")
                    .resolve("state")
                    .resolve("user-service")
                    .resolve("audit.jsonl");
            assertEquals(3, Files.readAllLines(log).size());
        }
    }

    @Test
    void servesUntilTheEndOfInput() throws Exception {
        try (RawApi api = RawApi.always("")) {
            Run run = live(api).input(INITIALIZE).run("serve");
            JsonNode answer = parse(run.out().strip());
            assertEquals(
                    "{\"name\":\"user-service\",\"title\":\"User directory\",\"version\":\"development\"}",
                    Json.text(answer.at("/result/serverInfo")));
            assertEquals(0, run.status());
            assertEquals("", run.err());
            List<String> audit = Files.readAllLines(log());
            assertEquals(2, audit.size());
            assertEquals("end_of_input", parse(audit.get(1)).path("reason").asText());
        }
    }

    @Test
    void saysOnATerminalWhatItWaitsFor() throws Exception {
        try (RawApi api = RawApi.always("")) {
            assertEquals("""
          user-service development serves MCP here: it waits for JSON-RPC messages on standard input, one a line.
          It is meant to be started by an MCP client. To register it with Claude Code:
            claude mcp add --transport stdio user-service -- java -jar /path/to/user-service.jar
          """, live(api).onATerminal().run().err());
        }
    }

    @Test
    void endsAsFailedAndWithoutALastLineWhenAThreadDies() throws Exception {
        try (RawApi api = RawApi.always("");
                PipedOutputStream client = new PipedOutputStream();
                PipedInputStream in = new PipedInputStream(client)) {
            CompletableFuture<Run> ended =
                    CompletableFuture.supplyAsync(() -> live(api).input(in).run());
            while (Thread.getDefaultUncaughtExceptionHandler() == before) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            Thread.getDefaultUncaughtExceptionHandler()
                    .uncaughtException(Thread.currentThread(), new IllegalStateException("for the test"));
            assertEquals(1, ended.get(30, TimeUnit.SECONDS).status());
        }
        assertEquals(1, Files.readAllLines(log()).size());
    }

    @Test
    void verifiesAnAuditLog() throws Exception {
        try (RawApi api = RawApi.always(RawApi.ok("{\"id\":7,\"name\":\"Ada\"}"))) {
            live(api).run("call", "get_user", "user_id=7");
        }
        Run whole = new InProcess(folder).run("verify-audit", log().toString());
        assertEquals(0, whole.status());
        assertTrue(
                whole.out().endsWith("lines: 3, sessions: 1, problems: 0, warnings: 0; the log is whole\n"),
                whole.out());
        Files.writeString(log(), Files.readString(log()).replace("\"user_id\":\"7\"", "\"user_id\":\"8\""));
        Run changed = new InProcess(folder).run("verify-audit", log().toString());
        assertEquals(1, changed.status());
        assertTrue(changed.out().contains("the line was changed: its hash does not fit\n"), changed.out());
        assertEquals("", whole.err() + changed.err());
    }

    @Test
    void refusesAKeyFileThatCannotBe() {
        assertEquals(
                new Run(3, "", "USER_SERVICE_AUDIT_KEY_FILE must be the name of a file\n"),
                new InProcess(folder)
                        .with("USER_SERVICE_AUDIT_KEY_FILE", "a\0b")
                        .run("verify-audit", "log"));
        assertEquals(
                new Run(3, "", "--key-file must be a readable file of 32 to 1048576 bytes\n"),
                new InProcess(folder).run("verify-audit", "--key-file", folder.toString(), "log"));
    }

    @Test
    void saysOnATerminalAloneHowFarItHasRead() throws Exception {
        Path large = Files.writeString(folder.resolve("large"), ("x".repeat(1024 * 1024 - 1) + "\n").repeat(9));
        assertEquals(
                "", new InProcess(folder).run("verify-audit", large.toString()).err());
        assertEquals(
                "read 8 MiB\n",
                new InProcess(folder)
                        .onATerminal()
                        .run("verify-audit", large.toString())
                        .err());
    }

    private InProcess live(RawApi api) {
        return new InProcess(folder)
                .with(Map.of(
                        "INTERNAL_API_URL", api.url(),
                        "INTERNAL_API_TOKEN", TOKEN,
                        "USER_SERVICE_AUDIT_FILE", log().toString()));
    }

    private Path log() {
        return folder.resolve("audit.jsonl");
    }

    private static JsonNode parse(String json) {
        try {
            return Json.parse(json);
        } catch (JsonProcessingException e) {
            throw new AssertionError(json, e);
        }
    }
}
