package dev.userservice.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HostTest {

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
