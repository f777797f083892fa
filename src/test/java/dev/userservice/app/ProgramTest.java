package dev.userservice.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import dev.userservice.InProcess;
import dev.userservice.LogLines;
import dev.userservice.RawApi;
import dev.userservice.Run;
import dev.userservice.model.Json;
import dev.userservice.settings.Places;
import dev.userservice.tools.Catalogue;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.io.SequenceInputStream;
import java.lang.Thread.UncaughtExceptionHandler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** Every command within the tests' own JVM: what it prints where, what it records, and its status. */
@Timeout(60)
final class ProgramTest {

    private static final String TOKEN = "token-0123456789abcdef";
    private static final String DEMO =
            "--demo: the built-in sample API answers; INTERNAL_API_* settings are ignored and all data is made up.\n";
    private static final String DEMO_AUDIT =
            "--demo: the lines of JSON here are the audit log; USER_SERVICE_AUDIT_FILE can name a file for them.\n";
    private static final String SYNOPSIS = """
      java -jar user-service.jar register [--client NAME] [--name NAME] [--demo] [--env-file FILE]
      java -jar user-service.jar [serve] [--demo] [--env-file FILE]
      java -jar user-service.jar call TOOL [NAME=VALUE ...] [--demo] [--env-file FILE]
      java -jar user-service.jar check [--user ID] [--json] [--demo] [--env-file FILE]
      java -jar user-service.jar verify-audit [--key-file FILE] FILE...
      java -jar user-service.jar --help | --version
      """;

    private static final String INITIALIZE = """
      {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},\
      "clientInfo":{"name":"test","version":"1"}}}
      """;

    private static final String CALL = """
      {"jsonrpc":"2.0","method":"notifications/initialized"}
      {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"get_user","arguments":{"user_id":"7"}}}
      """;

    @TempDir
    private Path folder;

    private final CountDownLatch called = new CountDownLatch(1);

    private final UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();

    @AfterEach
    void restore() {
        Thread.setDefaultUncaughtExceptionHandler(before);
    }

    @Test
    void printsHelpAndVersion() {
        assertEquals(new Run(0, Usage.HELP, ""), new InProcess(folder).run("--help"));
        assertEquals(
                new Run(0, "user-service development\n", ""),
                new InProcess(folder).run("--version"),
                "without a manifest");
    }

    static Stream<Arguments> refusesWrongUsage() {
        return Stream.of(
                Arguments.of(List.of("frob"), "unknown command: frob"),
                Arguments.of(
                        List.of("call", "get_users", "--demo"),
                        "unknown tool: get_users; there are: " + String.join(", ", Catalogue.NAMES)),
                Arguments.of(
                        List.of("check", "--user", "ada", "--demo"),
                        "--user must be a string of 1 to 18 digits, for example \"123\""),
                Arguments.of(List.of("call", "get_user", "7", "--demo"), "unknown argument, not NAME=VALUE: 7"),
                Arguments.of(List.of("verify-audit", "log", "a\0b"), "a?b " + Places.NO_PATH));
    }

    @ParameterizedTest
    @MethodSource
    void refusesWrongUsage(List<String> arguments, String sentence) {
        Run run = new InProcess(folder).run(arguments.toArray(String[]::new));
        assertEquals(new Run(2, "", "user-service: " + sentence + "\n" + SYNOPSIS), run);
    }

    @ParameterizedTest
    @CsvSource({"call,get_user,--env-file", "serve,--demo,--env-file", "verify-audit,log,--key-file"})
    void tellsOfAFileThatCannotBeExpressed(String first, String second, String option) {
        Run run = new InProcess(folder).run(first, second, option, "a\0b");
        assertEquals(new Run(3, "", option + " a?b " + Places.NO_PATH + "\n"), run);
    }

    @Test
    void tellsAllWrongSettings() {
        String problems = """
        INTERNAL_API_TOKEN is required, or INTERNAL_API_TOKEN_FILE or INTERNAL_API_OAUTH_TOKEN_URL in its place
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
        assertTrue(run.err().startsWith(DEMO + DEMO_AUDIT), run.err());
        List<JsonNode> audit = run.err().lines().skip(2).map(ProgramTest::parse).toList();
        assertEquals(
                List.of("session_start", "tool_call", "session_end"),
                audit.stream().map(line -> line.path("event").asText()).toList());
        assertEquals("development", audit.get(0).path("version").asText());
        assertEquals(
                "user-service-call/development", audit.get(1).path("client").asText());
        assertEquals("end_of_input", audit.get(2).path("reason").asText());
    }

    @Test
    void speaksOfTheAuditLogOnlyWhereItsLinesAreSeen() {
        Run run = new InProcess(folder)
                .with("USER_SERVICE_AUDIT_FILE", log().toString())
                .run("call", "get_user", "user_id=123", "--demo");
        assertEquals(DEMO, run.err());
    }

    @Test
    void knowsAUserByAnIdWithLeadingZeros() {
        Run run = new InProcess(folder).run("call", "get_user", "user_id=05", "--demo");
        assertTrue(run.out().startsWith("{\n  \"id\": \"5\",\n"), run.out());
        assertTrue(run.err().contains("\"arguments\":{\"user_id\":\"05\"},\"result\":\"ok\""), run.err());
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
          It is meant to be started by an MCP client. To register it with one:
            java -jar user-service.jar register
          """, live(api).onATerminal().run().err());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--client frob | 2 | user-service: unknown client: frob; there are: claude-code, claude-desktop, cursor, vscode, inspector",
                "--name a.b    | 2 | user-service: --name must be 1 to 64 letters, digits, - and _, the first of them no dash",
                "--env-file /no | 3 | --env-file /no cannot be used: not there",
                "''            | 3 | INTERNAL_API_TOKEN is required, or INTERNAL_API_TOKEN_FILE or INTERNAL_API_OAUTH_TOKEN_URL in its place",
                "--demo        | 1 | user-service: there is no JAR to register; run java -jar /path/to/user-service.jar register",
            })
    void registersNothingWithoutAClientSettingsAndAJar(String options, int status, String sentence) {
        Run run = new InProcess(folder).run(("register " + options).strip().split(" "));
        assertEquals(status, run.status(), run.err());
        assertEquals("", run.out());
        assertEquals(sentence, run.err().lines().findFirst().orElseThrow());
    }

    @Test
    void endsAsFailedAndWithoutALastLineWhenAThreadDies() throws Exception {
        try (RawApi api = new RawApi((request, socket) -> called.countDown());
                PipedOutputStream client = new PipedOutputStream();
                PipedInputStream in = new PipedInputStream(client);
                LogLines log = new LogLines(Serving.class)) {
            CompletableFuture<Run> ended =
                    CompletableFuture.supplyAsync(() -> live(api).input(in).run());
            client.write((INITIALIZE + CALL).getBytes(StandardCharsets.UTF_8));
            client.flush();
            assertTrue(called.await(30, TimeUnit.SECONDS));
            Thread.getDefaultUncaughtExceptionHandler()
                    .uncaughtException(new Thread("doomed"), new IllegalStateException("for the test"));
            assertEquals(1, ended.get(30, TimeUnit.SECONDS).status());
            assertEquals(List.of("ERROR the server ends: IllegalStateException in thread doomed"), log.lines());
        }
        List<JsonNode> audit =
                Files.readAllLines(log()).stream().map(ProgramTest::parse).toList();
        assertEquals(2, audit.size());
        assertEquals("cancelled", audit.get(1).path("result").asText());
    }

    @Test
    void letsGoOfItsInputWhenNobodyReadsItsOutput() throws Exception {
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("closed");
            }
        };
        CountDownLatch interrupted = new CountDownLatch(1);
        InputStream silent = new InputStream() {
            @Override
            public int read() throws IOException {
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    interrupted.countDown();
                }
                throw new InterruptedIOException();
            }
        };
        InputStream in =
                new SequenceInputStream(new ByteArrayInputStream(INITIALIZE.getBytes(StandardCharsets.UTF_8)), silent);
        try (RawApi api = RawApi.always("");
                LogLines log = new LogLines(Serving.class)) {
            assertEquals(ExitCode.DONE, new Program(host(api, in, closed)).run("serve"));
            assertTrue(interrupted.await(30, TimeUnit.SECONDS));
            assertEquals(1, log.lines().size());
            assertTrue(
                    log.lines().get(0).matches("INFO session [0-9a-f-]{36} ended with 2 lines, head [0-9a-f]{64}"),
                    log.lines().toString());
        }
        String last = Files.readAllLines(log()).get(1);
        assertEquals("stdout_closed", parse(last).path("reason").asText());
    }

    private Host host(RawApi api, InputStream in, OutputStream out) {
        return new Host(
                in,
                out,
                new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
                OutputStream.nullOutputStream(),
                false,
                Map.of(
                        "INTERNAL_API_URL", api.url(),
                        "INTERNAL_API_TOKEN", TOKEN,
                        "USER_SERVICE_AUDIT_FILE", log().toString()),
                Map.of(),
                System::nanoTime,
                Clock.systemUTC());
    }

    @Test
    void believesNoFileThatNamesWhoIsBehindSudo() throws Exception {
        String file = Files.writeString(folder.resolve("my.env"), "SUDO_USER=mallory\n")
                .toString();
        InProcess process = new InProcess(folder);
        Run run = process.run("call", "get_user", "user_id=7", "--demo", "--env-file", file);
        assertTrue(run.err().contains("\"os_user\":\"ada\"") && !run.err().contains("sudo_user"), run.err());
        run = process.with("SUDO_USER", "bo").run("call", "get_user", "user_id=7", "--demo", "--env-file", file);
        assertTrue(run.err().contains("\"sudo_user\":\"bo\""), run.err());
    }

    @Test
    void sendsTheTokenOfTheFileNamed() throws Exception {
        try (RawApi api = RawApi.always(RawApi.response("404 Not Found", "{}"))) {
            Path token = Files.writeString(folder.resolve("token"), "token-of-the-file-0123\n");
            Run run = new InProcess(folder)
                    .with("INTERNAL_API_URL", api.url())
                    .with("INTERNAL_API_TOKEN_FILE", token.toString())
                    .run("call", "get_user", "user_id=7");
            assertEquals(1, run.status());
            assertEquals("Bearer token-of-the-file-0123", api.requests().get(0).header("Authorization"));
        }
    }

    @Test
    void flushesTheDiagnosticsAtItsEnd() {
        Logger root = (Logger) LoggerFactory.getLogger("ROOT");
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        appender.start();
        root.addAppender(appender);
        new InProcess(folder).run("--version");
        assertFalse(appender.isStarted());
    }

    @Test
    void checksStageByStageWithAUserGivenOrFound() throws Exception {
        try (RawApi api = RawApi.of(Map.of(
                "/departments/engineering/users", "{\"users\":[{\"id\":7,\"name\":\"Ada\"}]}",
                "/users/7", "{\"id\":7,\"name\":\"Ada\"}",
                "/users/8", "{\"id\":8,\"name\":\"Bo\"}"))) {
            Run found = live(api)
                    .with("INTERNAL_API_TIMEOUT", "1")
                    .with("USER_SERVICE_TOOLS", "get_user,list_users_by_department")
                    .run("check");
            assertEquals(0, found.status(), found.out());
            assertEquals("ok read; tools: get_user, list_users_by_department", found.stage("settings"));
            assertEquals("ok " + log(), found.stage("audit log"));
            assertEquals("ok list_users_by_department and get_user answer as expected", found.stage("response shape"));
            assertEquals(
                    "INTERNAL_API_TIMEOUT is not a setting of this program and is ignored; check its spelling\n",
                    found.err());
            String list = "/departments/engineering/users";
            assertEquals(List.of(list, "/users/7", list), api.targets());
            assertEquals(0, live(api).run("check", "--user", "8").status());
            assertTrue(api.targets().contains("/users/8"), api.targets().toString());
        }
        List<JsonNode> audit =
                Files.readAllLines(log()).stream().map(ProgramTest::parse).toList();
        assertEquals(
                "user-service-check/development", audit.get(1).path("client").asText());
        assertEquals("end_of_input", audit.get(4).path("reason").asText());
    }

    @Test
    void failsTheCheckWhereTheApiRefuses() throws Exception {
        try (RawApi api = RawApi.always(RawApi.response("403 Forbidden", "{}"))) {
            Run run = live(api).run("check", "--json");
            assertEquals(1, run.status());
            JsonNode report = parse(run.out());
            assertEquals(false, report.path("ok").asBoolean(true));
            assertEquals(
                    "let the service account read users, and check the token",
                    report.path("stages").findValuesAsText("remedy").get(0));
        }
    }

    @Test
    void failsTheCheckOfWrongSettings() throws Exception {
        Run run = new InProcess(folder)
                .with("USER_SERVICE_AUDIT_FILE", log().toString())
                .run("check");
        assertEquals(3, run.status());
        assertTrue(run.out().startsWith("FAIL  settings        INTERNAL_API_TOKEN is required, or "), run.out());
        assertEquals("", run.err());
        assertFalse(Files.exists(log()));
        Path file = Files.writeString(folder.resolve("my.env"), "hunter2");
        assertEquals(
                "FAIL  settings        --env-file: line 1 is not KEY=VALUE. Remedy: correct what is named.\n",
                new InProcess(folder)
                        .run("check", "--env-file", file.toString())
                        .out());
        try (RawApi api = RawApi.always("")) {
            Run unwritable =
                    live(api).with("USER_SERVICE_AUDIT_FILE", folder.toString()).run("check");
            assertEquals(3, unwritable.status());
            assertTrue(unwritable.out().contains("FAIL  audit log       USER_SERVICE_AUDIT_FILE "), unwritable.out());
        }
    }

    @Test
    void checksWithTheSettingsOfTheFileNamed() throws Exception {
        try (RawApi api = RawApi.of(Map.of("/users/7", "{\"id\":7,\"name\":\"Ada\"}"))) {
            Path file = Files.writeString(folder.resolve("my.env"), "USER_SERVICE_TOOLS=get_user\n");
            Run run = live(api).run("check", "--user", "7", "--env-file", file.toString());
            assertEquals(0, run.status(), run.out());
            assertTrue(run.out().startsWith("ok    settings        read; tools: get_user\n"), run.out());
        }
    }

    @Test
    void checksTheSampleApi() {
        Run run = new InProcess(folder)
                .with("USER_SERVICE_DISCLOSURE_PER_DAY", "10")
                .with("USER_SERVICE_TOOLS", "get_user,list_users_by_department")
                .run("check", "--demo");
        assertEquals(0, run.status(), run.out());
        assertEquals("ok standard error", run.stage("audit log"));
        assertEquals("ok 10 of 10 user records may leave now", run.stage("disclosure"));
        assertEquals(
                "ok the API gives a department in one answer, and nothing in it shows that there are more",
                run.stage("paging"));
        assertTrue(run.err().startsWith(DEMO + DEMO_AUDIT), run.err());
        assertEquals(7, run.err().lines().count(), run.err());
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
                new Run(3, "", "USER_SERVICE_AUDIT_KEY_FILE " + Places.NO_PATH + "\n"),
                new InProcess(folder)
                        .with("USER_SERVICE_AUDIT_KEY_FILE", "a\0b")
                        .run("verify-audit", "log"));
        assertEquals(
                new Run(3, "", "--key-file " + folder + " cannot be used: no regular file\n"),
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
        return Json.parse(json).orElseThrow();
    }
}
