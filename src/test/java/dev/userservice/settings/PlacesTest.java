package dev.userservice.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PlacesTest {

    /** What the JDK makes of a name that the locale cannot express; a null character is such a one in every locale. */
    private static final String UNSPEAKABLE = "/home/j\0rgen";

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
        assertEquals(expected, new Places(environment, properties).auditFile(), reason);
    }

    @ParameterizedTest
    @CsvSource({
        "Linux,      /cache, '',   /cache/user-service,                  the variable of XDG",
        "Linux,      '',     '',   /home/eve/.cache/user-service,        the shell's home",
        "Linux,      cache,  '',   /home/eve/.cache/user-service,        relative paths are ignored",
        "Windows 11, /cache, /app, /app/user-service,                    the variable of Windows",
        "Windows 11, /cache, '',   /home/ada/AppData/Local/user-service, the account's on Windows",
    })
    @DisabledOnOs(OS.WINDOWS)
    void knowsWhereTheCacheIs(String system, String cache, String local, Path expected, String reason) {
        Map<String, String> environment = Map.of("XDG_CACHE_HOME", cache, "HOME", "/home/eve", "LOCALAPPDATA", local);
        Places places = new Places(environment, Map.of("os.name", system, "user.home", "/home/ada"));
        assertEquals(expected, places.cache(), reason);
        assertEquals(system.startsWith("Windows"), places.windows());
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void asksNotForAPlaceThatItDoesNotNeed() {
        Map<String, String> properties = Map.of("user.home", UNSPEAKABLE, "user.dir", UNSPEAKABLE);
        Map<String, String> state = Map.of("XDG_STATE_HOME", "/state", "HOME", UNSPEAKABLE);
        assertEquals(Path.of("/state/user-service/audit.jsonl"), new Places(state, properties).auditFile());
        Places home = new Places(Map.of("HOME", "/home/ada"), properties);
        assertEquals(Path.of("/home/ada/.local/state/user-service/audit.jsonl"), home.auditFile());
        assertThrows(InvalidPathException.class, () -> new Places(Map.of(), properties).auditFile());
        Places nowhere = new Places(Map.of("HOME", UNSPEAKABLE), Map.of("user.home", "/home/ada"));
        assertThrows(InvalidPathException.class, nowhere::auditFile);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void takesARelativeNameOnlyWhereTheFolderCanBeExpressed() {
        Places here = new Places(Map.of(), Map.of("user.dir", "/home/ada"));
        assertEquals(Path.of("a.jsonl"), here.of("a.jsonl"));
        Places unspeakable = new Places(Map.of(), Map.of("user.dir", UNSPEAKABLE));
        assertEquals(Path.of("/a.jsonl"), unspeakable.of("/a.jsonl"));
        assertThrows(InvalidPathException.class, () -> unspeakable.of("a.jsonl"));
        assertThrows(InvalidPathException.class, () -> here.of("/a\0b"));
    }

    @Test
    void addTheVariablesOfTheFileNamed(@TempDir Path folder) throws Exception {
        Places places = new Places(Map.of("A", "real"), Map.of("user.name", "ada"));
        assertSame(places, places.with(Optional.empty()));
        Path file = Files.writeString(folder.resolve("my.env"), "A=file\nB=file\n");
        assertEquals(new Places(Map.of("A", "real", "B", "file"), places.properties()), places.with(Optional.of(file)));
    }
}
