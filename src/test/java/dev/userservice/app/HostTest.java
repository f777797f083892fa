package dev.userservice.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HostTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "Linux,      /state, /home/eve, '',   /state/user-service/audit.jsonl,                    the variable of XDG",
        "Linux,      '',     /home/eve, '',   /home/eve/.local/state/user-service/audit.jsonl,    the shell's home",
        "Mac OS X,   '',     /home/eve, '',   /home/eve/.local/state/user-service/audit.jsonl,    the same on macOS",
        "Linux,      '',     '',        '',   /home/ada/.local/state/user-service/audit.jsonl,    the account's home",
        "Linux,      state,  home,      '',   /home/ada/.local/state/user-service/audit.jsonl,    relative paths are ignored",
        "Windows 11, /state, /home/eve, /app, /app/user-service/audit.jsonl,                      the variable of Windows",
        "Windows 11, /state, /home/eve, '',   /home/ada/AppData/Local/user-service/audit.jsonl,   the account's on Windows",
    })
    @DisabledOnOs(OS.WINDOWS)
    void knowsWhereTheAuditLogStands(
            String system, String state, String home, String local, Path expected, String reason) {
        Map<String, String> environment = Map.of("XDG_STATE_HOME", state, "HOME", home, "LOCALAPPDATA", local);
        Map<String, String> properties = Map.of("os.name", system, "user.home", "/home/ada");
        assertEquals(expected, host(environment, properties).auditFile(), reason);
    }

    @Test
    void addsTheVariablesOfTheFileNamed() throws Exception {
        Host host = host(Map.of("A", "real"), Map.of("user.name", "ada"));
        assertSame(host, host.with(Optional.empty()));
        Host named = host.with(Optional.of(Files.writeString(folder.resolve("my.env"), "A=file\nB=file\n")));
        assertEquals(Map.of("A", "real", "B", "file"), named.environment());
        assertEquals(host.properties(), named.properties());
        assertSame(host.out(), named.out());
    }

    @Test
    void knowsTheProcess() {
        assertEquals("ada", host(Map.of(), Map.of("user.name", "ada")).osUser());
        assertEquals("unknown", host(Map.of(), Map.of()).osUser());
        assertEquals(ProcessHandle.current().pid(), host(Map.of(), Map.of()).pid());
    }

    private static Host host(Map<String, String> environment, Map<String, String> properties) {
        OutputStream nowhere = OutputStream.nullOutputStream();
        return new Host(
                InputStream.nullInputStream(),
                nowhere,
                new PrintStream(nowhere),
                nowhere,
                false,
                environment,
                properties,
                () -> 0,
                Clock.systemUTC());
    }
}
