package dev.userservice.register;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which archive a Java gets, and by which flags. */
final class ArchiveKindTest {

    @ParameterizedTest
    @CsvSource({
        "17.0.15+6,       CLASS_DATA,    'has no other'",
        "21.0.8+9-LTS,    CLASS_DATA,    'has no other'",
        "24.0.2,          CLASS_DATA,    'has no other in one step'",
        "25,              AHEAD_OF_TIME, 'has it in one step'",
        "25.0.3+9-LTS,    AHEAD_OF_TIME, 'has it in one step'",
        "27+30,           AHEAD_OF_TIME, 'has it in one step'",
    })
    void fitsTheJava(String version, ArchiveKind kind, String reason) {
        assertEquals(kind, ArchiveKind.of(Runtime.Version.parse(version)), reason);
    }

    @Test
    void hasItsFlags() {
        Path archive = Path.of("a");
        assertEquals(
                List.of("-XX:ArchiveClassesAtExit=a", "[-XX:SharedArchiveFile=a]", "-Xshare:on", ".jsa"),
                flags(ArchiveKind.CLASS_DATA, archive));
        assertEquals(
                List.of(
                        "-XX:AOTCacheOutput=a",
                        "[-XX:+IgnoreUnrecognizedVMOptions, -XX:AOTCache=a]",
                        "-XX:AOTMode=on",
                        ".aot"),
                flags(ArchiveKind.AHEAD_OF_TIME, archive));
    }

    private static List<String> flags(ArchiveKind kind, Path archive) {
        return List.of(kind.writing(archive), kind.reading(archive).toString(), kind.strictly, kind.suffix);
    }
}
