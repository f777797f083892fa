package dev.userservice.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.userservice.audit.AuditChain;
import dev.userservice.audit.AuditFile;
import dev.userservice.audit.AuditLog;
import dev.userservice.model.Redactor;
import dev.userservice.settings.Places;
import dev.userservice.settings.SettingsException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AuditCheckTest {

    private static final String KEY_SETTING = "USER_SERVICE_AUDIT_KEY_FILE";
    private static final String LENGTH = " cannot be used: too short for a key, less than 32 bytes";

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream progress = new ByteArrayOutputStream();
    private Path key;
    private Path otherKey;
    private Path keyed;
    private Path plain;

    @BeforeEach
    void write() throws IOException {
        key = Files.writeString(folder.resolve("key"), "k".repeat(32));
        otherKey = Files.writeString(folder.resolve("other"), "o".repeat(32));
        keyed = log("keyed.jsonl", AuditChain.keyedBy(key));
        plain = log("plain.jsonl", AuditChain.plain());
    }

    @Test
    void verifiesWithoutAKey() throws Exception {
        assertTrue(verify(List.of(plain), Optional.empty(), Map.of()));
        assertTrue(verify(List.of(plain), Optional.empty(), Map.of(KEY_SETTING, "")), "empty counts as unset");
        assertFalse(verify(List.of(keyed), Optional.empty(), Map.of()));
    }

    @Test
    void verifiesUnderTheKeyThatTheCommandLineOrTheEnvironmentNames() throws Exception {
        assertTrue(verify(List.of(keyed), Optional.of(key), Map.of()));
        assertTrue(verify(List.of(keyed), Optional.empty(), Map.of(KEY_SETTING, key.toString())));
        assertTrue(verify(List.of(keyed), Optional.of(key), Map.of(KEY_SETTING, otherKey.toString())));
        assertFalse(verify(List.of(keyed), Optional.of(otherKey), Map.of(KEY_SETTING, key.toString())));
    }

    @Test
    void readsTheFilesInTheirOrder() throws Exception {
        assertTrue(verify(List.of(plain, log("more.jsonl", AuditChain.plain())), Optional.empty(), Map.of()));
        assertTrue(out.toString(StandardCharsets.UTF_8)
                .endsWith(
                        "lines: 4, sessions: 2, problems: 0, warnings: 0; the log is whole" + System.lineSeparator()));
        assertFalse(verify(List.of(plain, folder.resolve("missing")), Optional.empty(), Map.of()));
    }

    @Test
    void namesWhereAnUnusableKeyCameFrom() throws IOException {
        Path tooShort = Files.writeString(folder.resolve("short"), "k".repeat(31));
        assertEquals(
                List.of("--key-file " + tooShort + LENGTH),
                problems(Optional.of(tooShort), Map.of(KEY_SETTING, key.toString())));
        assertEquals(
                List.of(KEY_SETTING + LENGTH), problems(Optional.empty(), Map.of(KEY_SETTING, tooShort.toString())));
        assertEquals(
                List.of(KEY_SETTING + " " + Places.NO_PATH), problems(Optional.empty(), Map.of(KEY_SETTING, "a\0b")));
        assertEquals("", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void saysHowFarItHasCome() throws Exception {
        String line = "x".repeat(1024 * 1024 - 1) + "\n";
        verify(List.of(Files.writeString(folder.resolve("large"), line.repeat(7))), Optional.empty(), Map.of());
        assertEquals("", progress.toString(StandardCharsets.UTF_8));
        verify(List.of(Files.writeString(folder.resolve("large"), line.repeat(17))), Optional.empty(), Map.of());
        assertEquals(
                List.of("read 8 MiB", "read 16 MiB"),
                progress.toString(StandardCharsets.UTF_8).lines().toList());
    }

    private boolean verify(List<Path> files, Optional<Path> keyFile, Map<String, String> environment)
            throws SettingsException {
        return AuditCheck.run(files, keyFile, new Places(environment, Map.of()), stream(out), stream(progress));
    }

    private List<String> problems(Optional<Path> keyFile, Map<String, String> environment) {
        return assertThrows(SettingsException.class, () -> verify(List.of(plain), keyFile, environment))
                .problems();
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    /** Writes a session of two lines. */
    private Path log(String name, AuditChain chain) throws IOException {
        Path file = folder.resolve(name);
        AuditLog log = new AuditLog(
                AuditFile.at(file),
                chain,
                new Redactor(),
                Clock.systemUTC(),
                new AuditLog.Identity("1", 1, "svc", "ada", Optional.empty()));
        log.start(List.of("get_user"), 2000, "0");
        log.end(AuditLog.EndReason.END_OF_INPUT);
        return file;
    }
}
