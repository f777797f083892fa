package dev.userservice.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
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
    void pausesBetweenItsAttemptsToLock() throws IOException {
        Path file = folder.resolve("audit.jsonl");
        AuditFile log = AuditFile.at(file);
        try (FileChannel other = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock held = other.lock()) {
            long begun = System.nanoTime();
            assertThrows(IOException.class, () -> write(log, "lost"));
            assertTrue(held.isValid());
            Duration waited = Duration.ofNanos(System.nanoTime() - begun);
            assertTrue(waited.compareTo(Duration.ofMillis(200)) > 0, "waited " + waited);
        }
    }

    @Test
    @Timeout(60)
    void appendsNothingWhileAnotherProcessHoldsTheLock() throws Exception {
        Path file = folder.resolve("audit.jsonl");
        AuditFile log = AuditFile.at(file);
        Process other = lockHolder(file);
        try {
            assertEquals("locked", other.inputReader().readLine());
            assertThrows(IOException.class, () -> write(log, "lost"));
            other.outputWriter().close();
            assertEquals(0, other.waitFor());
        } finally {
            other.destroyForcibly();
        }
        assertTrue(write(log, "one"));
        assertEquals("one\n", Files.readString(file));
    }

    private static Process lockHolder(Path file) throws Exception {
        Path classes = Path.of(AuditFileTest.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return new ProcessBuilder(
                        java.toString(), "-cp", classes.toString(), LockHolder.class.getName(), file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Another process: locks the file that it is given until its standard input ends. */
    static final class LockHolder {

        public static void main(String[] files) throws IOException {
            try (FileChannel file = FileChannel.open(Path.of(files[0]), StandardOpenOption.WRITE);
                    FileLock held = file.lock()) {
                System.out.println(held.isValid() ? "locked" : "not locked");
                System.in.readAllBytes();
            }
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void leavesNoChannelOpen() throws IOException {
        Path file = folder.toRealPath().resolve("audit.jsonl");
        AuditFile log = AuditFile.at(file);
        write(log, "one");
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            assertFalse(descriptors.anyMatch(descriptor -> leadsTo(descriptor, file)));
        }
    }

    private static boolean leadsTo(Path link, Path file) {
        try {
            return Files.readSymbolicLink(link).equals(file);
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }

    /** A file on a disk that has room for a few bytes more, or fails once these are written. */
    private static final class FullDisk implements SeekableByteChannel {

        private final StringBuilder content = new StringBuilder("earlier\n");
        private final int room;
        private final Optional<IOException> failure;

        FullDisk(int room, Optional<IOException> failure) {
            this.room = room;
            this.failure = failure;
        }

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            int written = Math.min(room, bytes.remaining());
            for (int i = 0; i < written; i++) {
                content.append((char) bytes.get());
            }
            if (failure.isPresent()) {
                throw failure.get();
            }
            return written;
        }

        @Override
        public long size() {
            return content.length();
        }

        @Override
        public SeekableByteChannel truncate(long size) {
            content.setLength((int) size);
            return this;
        }

        @Override
        public int read(ByteBuffer bytes) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long position() {
            throw new UnsupportedOperationException();
        }

        @Override
        public SeekableByteChannel position(long position) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
            // holds nothing
        }
    }

    @Test
    void takesBackALineThatDoesNotFit() {
        FullDisk disk = new FullDisk(3, Optional.empty());
        assertThrows(IOException.class, () -> AuditFile.appendWhole(disk, bytes("line\n")));
        assertEquals("earlier\n", disk.content.toString());
    }

    @Test
    void takesBackWhatWasWrittenBeforeAFailure() {
        IOException failure = new IOException("disk failed");
        FullDisk disk = new FullDisk(3, Optional.of(failure));
        assertSame(failure, assertThrows(IOException.class, () -> AuditFile.appendWhole(disk, bytes("line\n"))));
        assertEquals("earlier\n", disk.content.toString());
    }

    @Test
    void keepsALineThatJustFits() throws IOException {
        FullDisk disk = new FullDisk(5, Optional.empty());
        AuditFile.appendWhole(disk, bytes("line\n"));
        assertEquals("earlier\nline\n", disk.content.toString());
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
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
