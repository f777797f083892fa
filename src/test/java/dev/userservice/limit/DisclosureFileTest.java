package dev.userservice.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The file that servers share, and everything that can stand in its place. */
@Timeout(60)
final class DisclosureFileTest {

    private static final long HOUR = 498_836; // 2026-11-27T20
    private static final String LOOK =
            "; look at what is there: deleting it begins a new count, which the audit log shows";

    @TempDir
    private Path folder;

    private Path file;
    private DisclosureFile count;

    @BeforeEach
    void open() throws IOException {
        folder = folder.toRealPath();
        file = folder.resolve("audit.jsonl.disclosed");
        count = new DisclosureFile(file);
    }

    private static void add(DisclosureFile count, long records) throws IOException {
        count.update(found -> found.at(HOUR).plus(HOUR, records));
    }

    /** Makes the text longer, so that the file is replaced. */
    private void addDigit() throws IOException {
        add(count, 9 * read().sum() + 1);
    }

    private HourlyCount read() throws IOException {
        return count.update(same -> same);
    }

    private void assertTrouble(String trouble) {
        for (DisclosureFile opened : List.of(count, new DisclosureFile(file))) {
            String message = "the disclosure count " + file + " " + trouble;
            assertEquals(message, message(() -> add(opened, 1)));
        }
    }

    private static String message(org.junit.jupiter.api.function.Executable step) {
        return assertThrows(IOException.class, step).getMessage();
    }

    @Test
    void holdsNumbersAndHoursOnly() throws IOException {
        assertEquals(HourlyCount.NONE, read());
        add(count, 3);
        add(new DisclosureFile(file), 4);
        assertEquals("2026-11-27T20 7\n", Files.readString(file));
        assertEquals(7, read().sum(), "what another has written is seen");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void isForTheOwnerOnly() throws IOException {
        add(count, 1);
        for (Path made : List.of(file, folder.resolve("audit.jsonl.disclosed.lock"))) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(made)));
        }
    }

    @Test
    void isParsedAgainOnlyWhereSomebodyElseChangedIt() throws IOException {
        add(count, 1);
        assertSame(read(), read());
        Files.writeString(file, "2026-11-27T20 12\n");
        assertEquals(12, read().sum());
    }

    @Test
    void isReplacedOnlyByATextOfAnotherLength() throws IOException {
        add(count, 8);
        Object begun = key();
        add(count, 1);
        assertEquals(begun, key(), "written in place");
        assertEquals("2026-11-27T20 9\n", Files.readString(file));
        add(count, 1);
        assertNotEquals(begun, key(), "replaced: a file is never longer or shorter than its text");
        assertEquals("2026-11-27T20 10\n", Files.readString(file));
    }

    private Object key() throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    @Test
    void beginsAnewWhereItIsDeleted() throws IOException {
        add(count, 5);
        Files.delete(file);
        assertEquals(HourlyCount.NONE, read());
        add(count, 1);
        assertEquals("2026-11-27T20 1\n", Files.readString(file));
    }

    @Test
    void staysAsItIsWhereAChangeIsRefused() throws IOException {
        add(count, 5);
        assertThrows(
                IllegalStateException.class,
                () -> count.update(found -> {
                    throw new IllegalStateException();
                }));
        assertEquals("2026-11-27T20 5\n", Files.readString(file));
        add(count, 1);
        assertEquals("2026-11-27T20 6\n", Files.readString(file), "and the lock is free again");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void writesOverWhatAKilledProcessLeft() throws Exception {
        Path left = folder.resolve("audit.jsonl.disclosed.new");
        Files.writeString(left, "2026-11-27T");
        addDigit();
        assertFalse(Files.exists(left));
        mkfifo(left);
        addDigit();
        assertFalse(Files.exists(left));
        Path secret = Files.writeString(folder.resolve("secret"), "token");
        Files.createSymbolicLink(left, secret);
        addDigit();
        assertEquals("token", Files.readString(secret));
        assertEquals("2026-11-27T20 111\n", Files.readString(file));
    }

    @Test
    void refusesAFolderInItsPlace() throws IOException {
        Files.createDirectory(file);
        assertTrouble("is no regular file" + LOOK);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void refusesAPipeOrALinkInItsPlaceWithoutWaiting() throws Exception {
        mkfifo(file);
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> assertTrouble("is no regular file" + LOOK));
        Files.delete(file);
        Files.createSymbolicLink(file, Files.writeString(folder.resolve("other"), "2026-11-27T20 3\n"));
        assertTrouble("is no regular file" + LOOK);
    }

    @Test
    void refusesWhatIsDamagedOrTooLarge() throws IOException {
        for (String damage : List.of("", "2026-11-27T20 1", "ada\n", "2026-11-27T20 1\n".repeat(10_000))) {
            Files.writeString(file, damage);
            assertTrouble("is damaged" + LOOK);
            assertEquals(damage, Files.readString(file), "it is left for the operator to look at");
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void refusesAPipeOrAFolderInPlaceOfTheLock() throws Exception {
        Path lock = folder.resolve("audit.jsonl.disclosed.lock");
        String trouble = "cannot be locked; permit this program to write to the regular file " + lock;
        mkfifo(lock);
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> assertTrouble(trouble));
        Files.delete(lock);
        Files.createDirectory(lock);
        assertTrouble(trouble);
    }

    @Test
    void saysThatItCannotBeWritten() throws IOException {
        Path left = folder.resolve("audit.jsonl.disclosed.new");
        Files.createDirectories(left.resolve("full"));
        assertTrouble("cannot be written; make room, and permit this program to write to its folder");
    }

    /** If each of these waited half a second, the test would run into its time limit. */
    @Test
    @Timeout(40)
    void waitsOnceForAProcessThatKeepsTheLock() throws IOException {
        add(count, 1);
        Path lock = folder.resolve("audit.jsonl.disclosed.lock");
        String trouble =
                "the disclosure count " + file + " stays locked; find the process that keeps " + lock + " locked";
        try (FileChannel other = FileChannel.open(lock, StandardOpenOption.WRITE)) {
            FileLock kept = other.lock();
            assertEquals(trouble, message(() -> add(count, 1)));
            for (int i = 0; i < 100; i++) {
                assertThrows(IOException.class, () -> add(count, 1));
            }
            kept.release();
        }
        add(count, 1);
        assertEquals(2, read().sum());
    }

    @Test
    void losesNothingOfWhatSeveralCount() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Void>> servers = IntStream.range(0, 4)
                    .<Callable<Void>>mapToObj(server -> () -> {
                        DisclosureFile own = new DisclosureFile(file);
                        for (int i = 0; i < 100; i++) {
                            add(own, 1);
                        }
                        return null;
                    })
                    .toList();
            for (var server : threads.invokeAll(servers)) {
                server.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals("2026-11-27T20 400\n", Files.readString(file));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void standsBesideTheLogThatLinksLeadTo() throws IOException {
        Path state = Files.createDirectory(folder.resolve("state"));
        Path log = state.resolve("audit.jsonl");
        Path expected = state.resolve("audit.jsonl.disclosed");
        assertEquals(expected, DisclosureFile.beside(log), "missing, as while it is rotated");
        Files.writeString(log, "");
        assertEquals(expected, DisclosureFile.beside(log));
        Path linked = Files.createSymbolicLink(folder.resolve("linked"), Path.of("state"));
        assertEquals(expected, DisclosureFile.beside(linked.resolve("audit.jsonl")));
        Path first = Files.createSymbolicLink(folder.resolve("first"), Path.of("linked/audit.jsonl"));
        Path second = Files.createSymbolicLink(folder.resolve("second"), first);
        assertEquals(expected, DisclosureFile.beside(second));
        Files.delete(log);
        assertEquals(expected, DisclosureFile.beside(second));
        Path loop = Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop"));
        assertEquals(folder.resolve("loop.disclosed"), DisclosureFile.beside(loop), "the log itself is refused");
        assertThrows(IOException.class, () -> DisclosureFile.beside(Path.of("/")));
        assertThrows(IOException.class, () -> DisclosureFile.beside(folder.resolve("missing/audit.jsonl")));
    }

    private static void mkfifo(Path path) throws Exception {
        assertEquals(0, new ProcessBuilder("mkfifo", path.toString()).start().waitFor());
    }
}
