package dev.userservice.audit;

import dev.userservice.model.FileFault;
import dev.userservice.model.LockWait;
import dev.userservice.model.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;

/**
 * An audit file that several servers may share and a log rotator may rename at any time: it is opened for each line in
 * append mode, and checking for a final newline and appending are one step under a file lock. Created with permissions
 * 0600. For one thread at a time.
 */
public final class AuditFile implements AuditLog.Sink {

    private static final int RENAME_ATTEMPTS = 100;

    private final Path file;
    private final LockWait wait = new LockWait();

    private AuditFile(Path file) {
        this.file = file;
    }

    /** Opens a log, creates its missing folder with permissions 0700; fails where no line could be appended now. */
    public static AuditFile at(Path file) throws IOException {
        AuditFile log = new AuditFile(file.toAbsolutePath());
        Path folder = log.file.getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            Files.createDirectories(folder, OwnerOnly.folder(folder));
        }
        log.write(new byte[0]);
        return log;
    }

    @Override
    public boolean write(byte[] line) throws IOException {
        for (int attempt = 0; attempt < RENAME_ATTEMPTS; attempt++) {
            try {
                append(line);
                return true;
            } catch (NoSuchFileException e) {
                create();
            }
        }
        throw new IOException("the audit file is renamed again and again");
    }

    private void create() throws IOException {
        try {
            Set<StandardOpenOption> create = Set.of(StandardOpenOption.APPEND, StandardOpenOption.CREATE);
            FileChannel.open(file, create, OwnerOnly.file(file)).close();
        } catch (AccessDeniedException e) { // the file is not there, so its folder denies
            throw new AccessDeniedException(file.resolveSibling("").toString());
        }
    }

    /** Appends a line, unless the file is missing or being renamed. */
    private void append(byte[] line) throws IOException {
        Optional<Object> before = identity();
        // POSIX drops a process's locks when it closes any channel of the file, so both stay open until all is done.
        try (FileChannel append = FileChannel.open(file, StandardOpenOption.APPEND);
                FileChannel read = FileChannel.open(file, StandardOpenOption.READ)) {
            if (!identity().equals(before)) {
                throw new NoSuchFileException("renamed"); // so the two channels may be of two files
            }
            wait.lock(append);
            ByteBuffer bytes = ByteBuffer.allocate(1 + line.length);
            if (endsTorn(read)) {
                bytes.put((byte) '\n');
            }
            appendWhole(append, bytes.put(line).flip());
        }
    }

    /** Returns what tells the file from another in its place; nothing on Windows, where no open file is renamed. */
    private Optional<Object> identity() throws IOException {
        return Optional.ofNullable(FileFault.requireRegular(file).fileKey());
    }

    private static boolean endsTorn(FileChannel file) throws IOException {
        ByteBuffer last = ByteBuffer.allocate(1);
        long size = file.size();
        return size > 0 && file.read(last, size - 1) == 1 && last.get(0) != '\n';
    }

    /** Appends all of the bytes in one write, or leaves the file as it was. */
    static void appendWhole(SeekableByteChannel file, ByteBuffer bytes) throws IOException {
        long size = file.size();
        try {
            file.write(bytes);
            if (bytes.hasRemaining()) {
                throw new IOException("the line was not written whole");
            }
        } catch (IOException e) {
            file.truncate(size);
            throw e;
        }
    }
}
