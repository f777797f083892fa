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
