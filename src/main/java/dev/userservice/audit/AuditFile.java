package dev.userservice.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * An audit file that several servers may share and a log rotator may rename at any time: it is opened for each line in
 * append mode, and looking whether it ends in a newline and appending are one step under a file lock. Created with
 * permissions 0600. For one thread at a time.
 */
public final class AuditFile implements AuditSink {

    private static final Set<StandardOpenOption> APPEND = Set.of(StandardOpenOption.APPEND, StandardOpenOption.CREATE);

    private static final int RENAME_ATTEMPTS = 100;

    /** Together about half a second, the longest that another server may hold the lock. */
    private static final int LOCK_ATTEMPTS = 1_500;

    private static final long LOCK_PAUSE_NANOS = 200_000;

    /**
     * Behind any end of the file: Windows lets nobody read what is locked, this process by another channel included.
     */
    private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

    private final Path file;
    private boolean lockedElsewhere;

    private AuditFile(Path file) {
        this.file = file;
    }

    /**
     * Opens a log, its folder created with permissions 0700 where it is missing.
     *
     * @throws IOException where a line could not be appended to it now
     */
    public static AuditFile at(Path file) throws IOException {
        Path absolute = file.toAbsolutePath();
        if (absolute.getFileName() == null) {
            throw new IOException("no file");
        }
        if (!Files.isDirectory(absolute.getParent())) {
            Files.createDirectories(absolute.getParent(), attributes(absolute, "rwx------"));
        }
        AuditFile log = new AuditFile(absolute);
        log.write(new byte[0]);
        return log;
    }

    @Override
    public boolean write(byte[] line) throws IOException {
        for (int attempt = 0; attempt < RENAME_ATTEMPTS; attempt++) {
            if (append(line)) {
                return true;
            }
        }
        throw new IOException("the audit file is renamed again and again");
    }

    /** Appends a line, unless the file is renamed just now: then looking and appending could be about two files. */
    private boolean append(byte[] line) throws IOException {
        Optional<Object> before = identity();
        // POSIX drops a process's locks when it closes any channel of the file, so both stay open until all is done.
        try (FileChannel append = FileChannel.open(file, APPEND, attributes(file, "rw-------"));
                FileChannel read = FileChannel.open(file, StandardOpenOption.READ)) {
            if (before.isEmpty() || !identity().equals(before)) {
                return false;
            }
            lock(append);
            long size = append.size();
            try {
                writeWhole(append, endsTorn(read, size) ? newlineFirst(line) : ByteBuffer.wrap(line));
                return true;
            } catch (IOException e) {
                append.truncate(size); // what was written of it belongs to no line
                throw e;
            }
        } catch (NoSuchFileException e) {
            if (Files.isDirectory(file.getParent())) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Returns what tells the file that stands here now from any other; nothing where none does.
     *
     * @throws IOException where it is no regular file: opening a FIFO would wait for its reader
     */
    private Optional<Object> identity() throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                throw new IOException("not a regular file");
            }
            return Optional.of(
                    Optional.ofNullable(attributes.fileKey())); // Windows has no keys, and renames no open file
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Waits once for another process that holds the lock; until it lets go, further lines do not wait at all. */
    private void lock(FileChannel file) throws IOException {
        for (int attempt = 0; attempt < (lockedElsewhere ? 1 : LOCK_ATTEMPTS); attempt++) {
            if (tryLock(file)) {
                lockedElsewhere = false;
                return;
            }
            LockSupport.parkNanos(LOCK_PAUSE_NANOS);
        }
        lockedElsewhere = true;
        throw new IOException("another process holds the audit file's lock");
    }

    private static boolean tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock(LOCKED_BYTE, 1, false) != null;
        } catch (OverlappingFileLockException e) {
            return false; // another log of this process has it
        }
    }

    private static boolean endsTorn(FileChannel file, long size) throws IOException {
        ByteBuffer last = ByteBuffer.allocate(1);
        return size > 0 && file.read(last, size - 1) == 1 && last.get(0) != '\n';
    }

    private static ByteBuffer newlineFirst(byte[] line) {
        return ByteBuffer.allocate(line.length + 1).put((byte) '\n').put(line).flip();
    }

    private static void writeWhole(FileChannel file, ByteBuffer bytes) throws IOException {
        file.write(bytes);
        if (bytes.hasRemaining()) {
            throw new IOException("the line was not written whole");
        }
    }

    private static FileAttribute<?>[] attributes(Path file, String permissions) {
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
