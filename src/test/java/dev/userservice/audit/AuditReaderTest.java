package dev.userservice.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AuditReaderTest {

    @TempDir
    private Path folder;

    private final List<String> lines = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final List<Long> progress = new ArrayList<>();
    private final AuditReader reader = new AuditReader(
            (place, line) -> lines.add(shown(place) + " " + new String(line, StandardCharsets.UTF_8)),
            (file, reason) -> problems.add(shown(file) + " " + reason),
            progress::add);

    private String shown(String place) {
        return place.replace(folder.toString(), "<folder>").replace('\\', '/');
    }

    @Test
    void countsTheLinesOfEachFile() throws IOException {
        reader.read(Files.writeString(folder.resolve("a"), "1\n\n3\n"));
        reader.read(Files.writeString(folder.resolve("b"), "1\n2"));
        reader.read(Files.writeString(folder.resolve("empty"), ""));
        assertEquals(
                List.of("<folder>/a:1 1", "<folder>/a:2 ", "<folder>/a:3 3", "<folder>/b:1 1", "<folder>/b:2 2"),
                lines);
        assertEquals(List.of(), problems);
    }

    @Test
    void keepsOneByteOfALineThatIsTooLong() throws IOException {
        reader.read(Files.writeString(folder.resolve("a"), "x".repeat(100_000) + "\n" + "y".repeat(65_536)));
        assertEquals(List.of("<folder>/a:1 " + "x".repeat(65_537), "<folder>/a:2 " + "y".repeat(65_536)), lines);
    }

    @Test
    void saysHowFarItHasComeOverAllFiles() throws IOException {
        Path file = Files.write(folder.resolve("a"), new byte[6 * 1024 * 1024]);
        reader.read(file);
        assertEquals(List.of(), progress);
        reader.read(file);
        reader.read(file);
        assertEquals(List.of(8L * 1024 * 1024, 16L * 1024 * 1024), progress);
    }

    @Test
    void saysWhyAFileCannotBeRead() {
        reader.read(folder.resolve("missing"));
        reader.read(folder);
        reader.read(folder.resolve("x".repeat(300)));
        assertEquals(
                List.of(
                        "<folder>/missing not there",
                        "<folder> no regular file",
                        "<folder>/" + "x".repeat(300) + " File name too long"),
                problems);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void saysThatAFileMayNotBeRead() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "1\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(file), "root may read everything");
        reader.read(file);
        assertEquals(List.of("<folder>/a permission denied"), problems);
    }

    @ParameterizedTest
    @CsvSource({
        "1f8b0800, zcat,    gzip",
        "28b52ffd, zstdcat, zstd",
        "fd377a585a00, xzcat, xz",
        "425a6839, bzcat,   bzip2",
    })
    void saysHowToPipeInWhatIsCompressed(String beginning, String unpacker, String format) throws IOException {
        reader.read(Files.write(folder.resolve("a"), HexFormat.of().parseHex(beginning + "0a")));
        assertEquals(
                List.of("<folder>/a compressed; pipe it in: " + unpacker
                        + " FILE | java -jar user-service.jar verify-audit /dev/stdin"),
                problems,
                format);
        assertEquals(List.of(), lines);
    }
}
