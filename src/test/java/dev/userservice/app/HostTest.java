package dev.userservice.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.userservice.settings.Places;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HostTest {

    @TempDir
    private Path folder;

    @Test
    void addsTheVariablesOfTheFileNamed() throws Exception {
        Host host = host(Map.of("A", "real"), Map.of("user.name", "ada"));
        assertSame(host, host.with(Optional.empty()));
        Host named = host.with(Optional.of(Files.writeString(folder.resolve("my.env"), "A=file\nB=file\n")));
        assertEquals(Map.of("A", "real", "B", "file"), named.environment());
        assertEquals(host.properties(), named.properties());
        assertEquals(new Places(named.environment(), host.properties()), named.places());
        assertSame(host.out(), named.out());
    }

    @Test
    void knowsTheUser() {
        assertEquals("ada", host(Map.of(), Map.of("user.name", "ada")).osUser());
        assertEquals("unknown", host(Map.of(), Map.of()).osUser());
    }

    @ParameterizedTest
    @CsvSource({
        "ada,                         Linux,      ada",
        "_a.b-c9,                     Mac OS X,   _a.b-c9",
        "ada@corp.example,            Linux,      ada@corp.example",
        "ada,                         Windows 11, ''",
        "-ada,                        Linux,      ''",
        "ada lovelace,                Linux,      ''",
        "'ada\n',                     Linux,      ''",
        "'',                          Linux,      ''",
        "0123456789012345678901234567890123456789012345678901234567890123456789, Linux, ''",
    })
    void knowsWhoIsBehindSudo(String variable, String system, String person) {
        Host host = host(Map.of("SUDO_USER", variable), Map.of("os.name", system));
        assertEquals(person, host.sudoUser().orElse(""));
    }

    @Test
    void believesNoFileThatNamesWhoIsBehindSudo() throws Exception {
        Optional<Path> file = Optional.of(Files.writeString(folder.resolve("my.env"), "SUDO_USER=mallory\n"));
        assertEquals(Optional.empty(), host(Map.of(), Map.of()).with(file).sudoUser());
        assertEquals(
                Optional.empty(),
                host(Map.of("SUDO_USER", ""), Map.of()).with(file).sudoUser());
        assertEquals(
                Optional.of("ada"),
                host(Map.of("SUDO_USER", "ada"), Map.of()).with(file).sudoUser());
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
