package dev.userservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands for people: what they print where, and the status they end with. */
final class CommandLineIT {

    @TempDir
    private Path folder;

    private record Run(int status, String out, String err) {}

    @Test
    void callPrintsTheResultAsIndentedJson() throws Exception {
        Run run = run(Map.of(), "call", "get_user", "user_id=123", "--demo");
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
        assertTrue(run.err().startsWith("--demo: "), run.err());
    }

    @Test
    void callPrintsAToolErrorOnStandardError() throws Exception {
        try (SampleApi api = new SampleApi(0)) {
            Run run =
                    run(ServerProcess.settings(api.url(), folder), "call", "get_user", "user_id=123; DROP TABLE users");
            assertEquals(
                    new Run(
                            1,
                            "",
                            "Error: Invalid user ID format. user_id must be a string of 1 to 18 digits, for example \"123\".\n"),
                    run);
            assertEquals(List.of(), api.requests());
        }
    }

    static Stream<Arguments> wrongUsage() {
        return Stream.of(
                Arguments.of(List.of("frob"), "unknown command: frob"),
                Arguments.of(List.of("--frob"), "unknown option: --frob"),
                Arguments.of(List.of("serve", "more"), "unknown word: more"),
                Arguments.of(List.of("call", "--demo"), "call needs the name of a tool"),
                Arguments.of(
                        List.of("call", "drop_user", "--demo"),
                        "unknown tool: drop_user; there are: get_user, list_users_by_department"),
                Arguments.of(List.of("call", "get_user", "123", "--demo"), "unknown argument, not NAME=VALUE: 123"),
                Arguments.of(List.of("register", "--client", "frob"), "unknown client: frob; there are: claude-code, "),
                Arguments.of(List.of("verify-audit"), "verify-audit needs a file"),
                Arguments.of(List.of("--env-file"), "--env-file needs a value"),
                Arguments.of(List.of("--token", "x"), "unknown option: --token"));
    }

    @ParameterizedTest
    @MethodSource
    void wrongUsage(List<String> arguments, String sentence) throws Exception {
        Run run = run(Map.of(), arguments.toArray(String[]::new));
        assertEquals(2, run.status());
        assertEquals("", run.out());
        List<String> lines = run.err().lines().toList();
        assertTrue(lines.get(0).startsWith("user-service: " + sentence), run.err());
        assertTrue(lines.stream().skip(1).allMatch(line -> line.startsWith("java -jar user-service.jar ")), run.err());
    }

    @Test
    void tellsAllWrongSettingsAtOnceAndNoValue() throws Exception {
        Run run = run(Map.of(
                "INTERNAL_API_TOKEN", "short secret", "USER_SERVICE_RATE_BURST", "0", "USER_SERVICE_FIELD", "id"));
        assertEquals(3, run.status());
        assertEquals("", run.out());
        assertEquals("""
        USER_SERVICE_FIELD is not a setting of this program; check its spelling
        INTERNAL_API_TOKEN must be 16 to 8192 visible ASCII characters without spaces
        INTERNAL_API_URL is required: the address of the internal user API, for example https://users.corp.example/v1
        USER_SERVICE_RATE_BURST must be a whole number from 1 to 1000000
        """, run.err());
    }

    @Test
    void doesNotRunWithoutAnAuditLog() throws Exception {
        Map<String, String> settings = ServerProcess.settings("http://127.0.0.1:9", folder);
        settings.put("USER_SERVICE_AUDIT_FILE", folder.toString());
        Run run = run(settings);
        assertEquals(3, run.status());
        assertEquals("", run.out());
        assertTrue(
                run.err().startsWith("USER_SERVICE_AUDIT_FILE cannot be used: " + folder + ": no regular file"),
                run.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"call get_user user_id=7 --demo", "check --demo", "--help", "--version"})
    @EnabledOnOs(OS.LINUX)
    void failsWhereWhatItPrintsDoesNotArrive(String arguments) throws Exception {
        String script = "exec \"$@\" > /dev/full";
        List<String> command = new ArrayList<>(List.of("sh", "-c", script, "sh"));
        command.addAll(ServerProcess.command(arguments.split(" ")));
        Path err = folder.resolve("err.txt");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(err.toFile())
                .start();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        assertEquals(1, process.exitValue());
        assertTrue(Files.readString(err).contains("user-service: standard output cannot be written\n"));
    }

    @Test
    void readsSettingsFromANamedFileOnly() throws Exception {
        try (SampleApi api = new SampleApi(0)) {
            Files.writeString(
                    folder.resolve(".env"),
                    "INTERNAL_API_URL=\"" + api.url() + "\"\nexport INTERNAL_API_TOKEN='" + ServerProcess.TOKEN
                            + "' # the token\nUSER_SERVICE_AUDIT_FILE=audit.jsonl\n");
            assertEquals(3, run(Map.of(), "call", "get_user", "user_id=7").status());
            assertEquals(
                    0,
                    run(Map.of(), "call", "get_user", "user_id=7", "--env-file", ".env")
                            .status());
        }
    }

    @Test
    void checkGoesThroughEveryStage() throws Exception {
        Run run;
        try (SampleApi api = new SampleApi(0)) {
            Map<String, String> settings = ServerProcess.settings(api.url(), folder);
            settings.put("USER_SERVICE_TOOLS", "get_user");
            run = run(settings, "check", "--user", "7");
        }
        assertEquals(0, run.status(), run.out());
        assertEquals(
                List.of(
                        "settings",
                        "audit log",
                        "disclosure",
                        "address lookup",
                        "connection",
                        "TLS",
                        "credential",
                        "response shape"),
                run.out().lines().map(line -> line.substring(6, 21).strip()).toList());
        assertFalse((run.out() + run.err()).contains("User 7"));
    }

    @Test
    void checkStopsAtTheFirstStageThatFails() throws Exception {
        Run run = run(ServerProcess.settings("http://127.0.0.1:9", folder), "check", "--json");
        assertEquals(1, run.status());
        assertTrue(run.out().contains("\"stage\": \"connection\",\n      \"status\": \"failed\""), run.out());
        assertFalse(run.out().contains("credential"));
    }

    @Test
    void helpFitsAScreen() throws Exception {
        Run run = run(Map.of(), "--help");
        assertEquals(0, run.status());
        assertTrue(run.out().lines().count() <= 24, run.out());
        assertTrue(run.out().lines().allMatch(line -> line.length() <= 100), run.out());
    }

    @Test
    void versionIsTheBuilds() throws Exception {
        assertTrue(run(Map.of(), "--version").out().matches("user-service [0-9.]+\n"));
    }

    private Run run(Map<String, String> settings, String... arguments) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(ServerProcess.command(arguments)).directory(folder.toFile());
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("USER_SERVICE_") || name.contains("INTERNAL_API"));
        builder.environment().putAll(new HashMap<>(settings));
        Path out = folder.resolve("out.txt");
        Path err = folder.resolve("err.txt");
        Process process =
                builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        process.getOutputStream().close();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        return new Run(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }
}
