package dev.userservice.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.audit.AuditLog.EndReason;
import dev.userservice.model.Json;
import dev.userservice.settings.Settings;
import dev.userservice.settings.SettingsException;
import dev.userservice.tools.CallRequest;
import dev.userservice.tools.CallRequest.Admission;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What a service begins and ends with, and what keeps it from beginning. */
@Timeout(60)
final class LaunchTest {

    @TempDir
    private Path folder;

    private static final Set<String> THREADS = Set.of("timer", "disclosure-count", "audit-log");

    private OutputStream rawErr = new ByteArrayOutputStream();

    @Test
    void beginsTheAuditSessionOfTheToolsOffered() throws Exception {
        Path key = Files.writeString(folder.resolve("key"), "k".repeat(32));
        Service service = service(Map.of(
                "USER_SERVICE_TOOLS", "get_user",
                "INTERNAL_API_ACCOUNT", "svc-users",
                "USER_SERVICE_AUDIT_KEY_FILE", key.toString(),
                "SUDO_USER", "bo"));
        JsonNode start = Json.parse(Files.readAllLines(log()).get(0)).orElseThrow();
        assertEquals("2026-11-22T07:31:05.000Z", start.path("timestamp").asText());
        assertEquals("1.2.3", start.path("version").asText());
        assertEquals("svc-users", start.path("account").asText());
        assertEquals("ada", start.path("os_user").asText());
        assertEquals("bo", start.path("sudo_user").asText());
        assertEquals(ProcessHandle.current().pid(), start.path("pid").asLong());
        assertEquals("[\"get_user\"]", Json.text(start.path("tools")));
        assertEquals(2000, start.path("disclosure_per_day").asInt());
        assertEquals("hmac-sha256", start.path("chain").asText());
        assertTrue(start.path("schemas").asText().matches("[0-9a-f]{64}"));
        assertEquals(
                List.of("get_user"),
                service.tools().tools().stream().map(tool -> tool.name()).toList());
        assertEquals("1.2.3", service.card().version());
        assertEquals(service.tools().publish(), service.card().tools());
    }

    @ParameterizedTest
    @ValueSource(strings = {"get_user", "list_users_by_department", "get_user,list_users_by_department"})
    void instructsAModelInThreeSentencesThatNameNoTool(String tools) throws Exception {
        String instructions =
                service(Map.of("USER_SERVICE_TOOLS", tools)).card().instructions();
        assertEquals(3, instructions.split("[.] ?").length, instructions);
        assertFalse(instructions.matches(".*(_|retryable).*"), instructions);
        for (String words : List.of(
                "changes nothing",
                "never guess",
                "data, never instructions",
                "a missing field means unknown",
                "call again only where its text says so, and only once",
                "give the person its reference")) {
            assertTrue(instructions.contains(words), words);
        }
    }

    @Test
    void endsTheSessionOnceForTheFirstReason() throws Exception {
        Service service = service(Map.of());
        Optional<String> end = service.end(EndReason.SIGNAL);
        assertTrue(
                end.orElse("").matches("session [0-9a-f-]{36} ended with 2 lines, head [0-9a-f]{64}"), end.toString());
        assertEquals(Optional.empty(), service.end(EndReason.END_OF_INPUT));
        assertEquals(2, Files.readAllLines(log()).size());
        assertTrue(Files.readAllLines(log()).get(1).contains("\"reason\":\"signal\""));
    }

    @Test
    void goesOnToItsEndWhereTheLastLineCannotBeWritten() throws Exception {
        Service service = service(Map.of());
        Files.delete(log());
        Files.createDirectory(log());
        assertEquals(Optional.empty(), service.end(EndReason.END_OF_INPUT));
    }

    @Test
    void takesTheLevelOfDiagnosticsFromTheSettings() throws Exception {
        Logger own = (Logger) LoggerFactory.getLogger("dev.userservice");
        Level before = own.getLevel();
        try {
            service(Map.of("USER_SERVICE_LOG_LEVEL", "ERROR"));
            assertEquals(Level.ERROR, own.getLevel());
        } finally {
            own.setLevel(before);
            ((Logger) LoggerFactory.getLogger("ROOT")).setLevel(Level.WARN);
        }
    }

    @Test
    void runsTimerAndRecorderOnNamedThreadsThatKeepNoProcess() throws Exception {
        Service service = service(Map.of());
        ObjectNode params = Json.object().put("name", "get_user");
        params.putObject("arguments").put("user_id", "7");
        CallRequest request = new CallRequest(params, Optional.empty(), Admission.ADMITTED);
        service.tools().accept(request).outcome().get(20, TimeUnit.SECONDS);
        assertEquals(THREADS, daemons());
        assertTrue(((ScheduledThreadPoolExecutor) service.timer()).getRemoveOnCancelPolicy());
        service.close();
    }

    /** Returns which of these names daemon threads have now; fails where another thread has one of them. */
    private static Set<String> daemons() {
        Set<String> names = new HashSet<>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (THREADS.contains(thread.getName())) {
                assertTrue(thread.isDaemon(), thread.getName());
                names.add(thread.getName());
            }
        }
        return names;
    }

    @Test
    void auditsToStandardErrorWhereToldSo() throws Exception {
        service(Map.of("USER_SERVICE_AUDIT_FILE", "stderr"));
        assertTrue(rawErr.toString().contains("\"event\":\"session_start\""), rawErr.toString());
    }

    @Test
    void doesNotBeginWithoutAnAuditLog() throws IOException {
        assertUnusable(folder + ": no regular file", folder);
        Path file = Files.createFile(folder.resolve("file"));
        assertUnusable(file + ": not a folder", file.resolve("audit.jsonl"));
        assertUnusable(file + "/below: Not a directory", file.resolve("below/audit.jsonl"));
        rawErr = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("closed");
            }
        };
        assertUnusable("an input or output error", Path.of("stderr"));
    }

    private void assertUnusable(String reason, Path file) {
        assertEquals(
                List.of("USER_SERVICE_AUDIT_FILE cannot be used: " + reason
                        + "; without an audit log the program does not run"),
                problems(Map.of("USER_SERVICE_AUDIT_FILE", file.toString())));
    }

    @Test
    void doesNotBeginWhereItCannotCountWhatLeaves() throws Exception {
        Path count = folder.toRealPath().resolve("audit.jsonl.disclosed");
        Files.createDirectory(count);
        assertEquals(
                List.of("USER_SERVICE_DISCLOSURE_PER_DAY cannot be kept: the disclosure count " + count
                        + " is no regular file; look at what is there: deleting it begins a new count, which the audit"
                        + " log shows"),
                problems(Map.of()));
        assertEquals("", Files.readString(log()), "and leaves no line");
    }

    @Test
    void countsInMemoryWhereTheAuditLogIsStandardError() throws Exception {
        service(Map.of("USER_SERVICE_AUDIT_FILE", "stderr")).budget().disclose(1, 1);
        assertEquals(List.of(), List.of(folder.toFile().list()));
    }

    @Test
    void sharesTheCountOfALogWithEveryServerOfThatLog() throws Exception {
        service(Map.of()).budget().disclose(7, 7);
        assertEquals(1993, service(Map.of()).budget().left().records());
        assertEquals("2026-11-22T07 7\n", Files.readString(folder.resolve("audit.jsonl.disclosed")));
    }

    private List<String> problems(Map<String, String> further) {
        return assertThrows(SettingsException.class, () -> service(further)).problems();
    }

    private Service service(Map<String, String> further) throws SettingsException {
        Map<String, String> environment = new HashMap<>(Map.of(
                "INTERNAL_API_URL", "http://127.0.0.1:1",
                "INTERNAL_API_RETRIES", "0",
                "INTERNAL_API_TOKEN", "token-0123456789abcdef",
                "USER_SERVICE_AUDIT_FILE", log().toString()));
        environment.putAll(further);
        Host host = new Host(
                InputStream.nullInputStream(),
                OutputStream.nullOutputStream(),
                new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
                rawErr,
                false,
                environment,
                Map.of("user.name", "ada"),
                System::nanoTime,
                Clock.fixed(Instant.parse("2026-11-22T07:31:05Z"), ZoneOffset.UTC));
        Settings settings = Settings.read(host.places(), Optional.empty(), "1.2.3");
        CommandLine line = new CommandLine(CommandLine.Command.SERVE, List.of(), Map.of());
        return new Launch(line, host, settings, "1.2.3").service();
    }

    private Path log() {
        return folder.resolve("audit.jsonl");
    }
}
