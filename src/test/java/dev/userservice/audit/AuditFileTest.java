package dev.userservice.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

final class AuditFileTest {

    @TempDir
    private Path folder;

    private static boolean write(AuditFile log, String line) throws IOException {
        return log.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void createsFileAndFoldersForTheOwnerOnly() throws IOException {
        Path file = folder.resolve("state/user-service/audit.jsonl");
        AuditFile.at(file);
        assertEquals("rw-------", permissions(file));
        assertEquals("rwx------", permissions(file.getParent()));
        assertEquals("rwx------", permissions(file.getParent().getParent()));
    }

    @Test
    void appendsToWhatIsThere() throws IOException {
        Path file = Files.writeString(folder.resolve("audit.jsonl"), "earlier\n");
        AuditFile log = AuditFile.at(file);
        assertEquals("earlier\n", Files.readString(file), "opening adds nothing");
        assertTrue(write(log, "é one"));
        assertTrue(write(log, "two"));
        assertEquals("earlier\né one\ntwo\n", Files.readString(file));
    }

    @Test
    @Timeout(10)
    void waitsOnceForAProcessThatKeepsTheFile() throws IOException {
        Path file = folder.resolve("audit.jsonl");
        AuditFile log = AuditFile.at(file);
        try (FileChannel other = FileChannel.open(file, StandardOpenOption.WRITE)) {
            FileLock kept = other.lock();
            for (int i = 0; i < 100; i++) {
                assertThrows(IOException.class, () -> write(log, "lost"));
            }
            kept.release();
        }
        assertTrue(write(log, "one"));
        assertEquals("one\n", Files.readString(file));
    }

    @Test
    void putsANewlineFirstWhereTheFileDoesNotEndInOne() throws IOException {
        Path file = Files.writeString(folder.resolve("audit.jsonl"), "{\"torn\":");
        AuditFile log = AuditFile.at(file);
        write(log, "one");
        assertEquals("{\"torn\":\none\n", Files.readString(file));
        Files.writeString(file, "one\n{\"torn again\":");
        write(log, "two");
        assertEquals("one\n{\"torn again\":\ntwo\n", Files.readString(file));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void followsARotatorThatRenamesTheFile() throws IOException {
        Path file = folder.resolve("audit.jsonl");
        Path rotated = folder.resolve("audit.jsonl.1");
        AuditFile log = AuditFile.at(file);
        write(log, "one");
        Files.move(file, rotated);
        write(log, "two");
        assertEquals("one\n", Files.readString(rotated));
        assertEquals("two\n", Files.readString(file));
        assertEquals("rw-------", permissions(file));
    }

    @Test
    void refusesADirectoryInItsPlace() throws IOException {
        Path file = folder.resolve("audit.jsonl");
        AuditFile log = AuditFile.at(file);
        Files.delete(file);
        Files.createDirectory(file);
        assertThrows(IOException.class, () -> write(log, "one"));
        assertThrows(IOException.class, () -> AuditFile.at(file));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void refusesAPipeInItsPlaceWithoutWaitingForItsReader() throws Exception {
        Path file = folder.resolve("audit.jsonl");
        AuditFile log = AuditFile.at(file);
        Files.delete(file);
        assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor());
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            assertThrows(IOException.class, () -> write(log, "one"));
            assertThrows(IOException.class, () -> AuditFile.at(file));
        });
    }

    @Test
    void failsWhileItsFolderIsGoneAndGoesOnOnceItIsBack() throws IOException {
        Path file = folder.resolve("state/audit.jsonl");
        AuditFile log = AuditFile.at(file);
        Files.delete(file);
        Files.delete(file.getParent());
        assertThrows(IOException.class, () -> write(log, "lost"));
        assertFalse(Files.exists(file.getParent()));
        Files.createDirectory(file.getParent());
        assertTrue(write(log, "one"));
        assertEquals("one\n", Files.readString(file));
    }

    @Test
    void refusesAFolderThatCannotBe() throws IOException {
        Path notAFolder = Files.writeString(folder.resolve("file"), "");
        assertThrows(IOException.class, () -> AuditFile.at(notAFolder.resolve("audit.jsonl")));
    }

    @Test
    void sharesOneFileWithOthersLineByLine() throws Exception {
        Path file = folder.resolve("audit.jsonl");
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Void>> writers = IntStream.range(0, 4)
                    .mapToObj(writer -> writer(file, writer))
                    .toList();
            for (var writer : threads.invokeAll(writers)) {
                writer.get();
            }
        } finally {
            threads.shutdownNow();
        }
        List<String> expected = IntStream.range(0, 4)
                .boxed()
                .flatMap(writer -> IntStream.range(0, 50).mapToObj(line -> line(writer, line)))
                .sorted()
                .toList();
        assertEquals(expected, Files.readAllLines(file).stream().sorted().toList());
    }

    private static Callable<Void> writer(Path file, int writer) {
        return () -> {
            AuditFile log = AuditFile.at(file);
            for (int line = 0; line < 50; line++) {
                write(log, line(writer, line));
            }
            return null;
        };
    }

    private static String line(int writer, int line) {
        return writer + " wrote " + line + " " + "x".repeat(3000);
    }

    @Test
    void refusesTheRootFolder() {
        assertThrows(IOException.class, () -> AuditFile.at(Path.of("/")));
    }
}
