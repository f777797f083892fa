package dev.userservice.limit;

import dev.userservice.model.LockWait;
import dev.userservice.model.OwnerOnly;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The count that all servers with one audit log share, in a file beside the log. Every change replaces the file as a
 * whole, so a crash leaves the old count or the new one, and is made under the lock of a file of its own, since the
 * lock of a file that is replaced keeps nobody out. Created with permissions 0600. For one thread at a time.
 */
public final class DisclosureFile implements CountStore {

    private static final Set<StandardOpenOption> LOCKED = Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE);
    private static final Set<StandardOpenOption> NEW = Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
    private static final String LOOK =
            "; look at what is there: deleting it begins a new count, which the audit log shows";
    private static final String UNREADABLE = "cannot be read; permit this program to read it";
    private static final int MAX_LINKS = 40; // as Linux has it

    private final Path file;
    private final Path lockFile;
    private final Path newFile;
    private final LockWait wait = new LockWait();
    private Optional<Stamp> stamp = Optional.empty();
    private HourlyCount known = HourlyCount.NONE;

    /** What tells a file from the one that replaces it. */
    private record Stamp(Optional<Object> key, FileTime modified, long bytes) {}

    DisclosureFile(Path file) {
        this.file = file;
        this.lockFile = file.resolveSibling(file.getFileName() + ".lock");
        this.newFile = file.resolveSibling(file.getFileName() + ".new");
    }

    /**
     * Returns where the count of an audit log stands, whichever links lead to the log; the log itself may be missing,
     * as while it is rotated.
     */
    public static Path beside(Path auditFile) throws IOException {
        Path log = auditFile.toAbsolutePath();
        for (int links = 0; Files.isSymbolicLink(log) && links < MAX_LINKS; links++) {
            log = log.resolveSibling(Files.readSymbolicLink(log));
        }
        if (log.getFileName() == null) {
            throw new IOException("the root folder is no audit log");
        }
        return log.resolveSibling(".").toRealPath().resolve(log.getFileName() + ".disclosed");
    }

    /** Reads without the lock: what it finds is one count or the next. An unchanged file is not read again. */
    @Override
    public HourlyCount read() throws IOException {
        Optional<Stamp> found = stamp();
        if (!found.equals(stamp)) {
            known = load();
            stamp = found;
        }
        return known;
    }

    @Override
    public HourlyCount update(UnaryOperator<HourlyCount> change) throws IOException {
        try (FileChannel lock = openLock()) {
            lock(lock);
            // Read anew: a stamp that another process has renewed within one tick of the file system's clock tells
            // nothing.
            HourlyCount changed = change.apply(load());
            replace(changed);
            known = changed;
            stamp = stamp();
            return changed;
        }
    }

    private Optional<Stamp> stamp() throws IOException {
        BasicFileAttributes found;
        try {
            found = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw trouble(UNREADABLE, e);
        }
        if (!found.isRegularFile()) { // opening a FIFO would wait for its writer
            throw trouble("is no regular file" + LOOK);
        }
        return Optional.of(new Stamp(Optional.ofNullable(found.fileKey()), found.lastModifiedTime(), found.size()));
    }

    private HourlyCount load() throws IOException {
        if (stamp().isEmpty()) {
            return HourlyCount.NONE;
        }
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(HourlyCount.MAX_CHARACTERS + 1);
        } catch (IOException e) {
            throw trouble(UNREADABLE, e);
        }
        return HourlyCount.parse(new String(bytes, StandardCharsets.ISO_8859_1))
                .orElseThrow(() -> trouble("is damaged" + LOOK));
    }

    private FileChannel openLock() throws IOException {
        try {
            if (Files.exists(lockFile) && !Files.isRegularFile(lockFile)) { // opening a FIFO would wait for its reader
                throw new IOException("not a regular file");
            }
            return FileChannel.open(lockFile, LOCKED, OwnerOnly.file(lockFile));
        } catch (IOException e) {
            throw trouble("cannot be locked; permit this program to write to the regular file " + lockFile, e);
        }
    }

    private void lock(FileChannel channel) throws IOException {
        try {
            wait.lock(channel);
        } catch (IOException e) {
            throw trouble("stays locked; find the process that keeps " + lockFile + " locked", e);
        }
    }

    private void replace(HourlyCount count) throws IOException {
        try {
            Files.deleteIfExists(newFile); // left by a kill, or no file of ours
            try (FileChannel out = FileChannel.open(newFile, NEW, OwnerOnly.file(newFile))) {
                ByteBuffer bytes = StandardCharsets.US_ASCII.encode(count.text());
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
            }
            Files.move(newFile, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw trouble("cannot be written; make room, and permit this program to write to its folder", e);
        }
    }

    private IOException trouble(String what) {
        return new IOException("the disclosure count " + file + " " + what);
    }

    private IOException trouble(String what, IOException cause) {
        return new IOException("the disclosure count " + file + " " + what, cause);
    }
}
