package dev.userservice.limit;

import dev.userservice.model.LockWait;
import dev.userservice.model.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The count that all servers with one audit log share, in a file beside the log, read and changed under the lock of a
 * file of its own: the lock of a file that is replaced keeps nobody out. A crash leaves the old count or the new one. A
 * text of another length replaces the file as a whole. One of the same length, which is the rule, differs in a number
 * and is written in its place: that takes a tenth of the time, and a kill cannot cut it, since Linux copies into one
 * page without looking at signals. Created with permissions 0600. For one thread at a time.
 */
public final class DisclosureFile implements DisclosureBudget.Store {

    private static final Set<OpenOption> LOCKED = Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE);
    private static final Set<OpenOption> NEW = Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
    private static final Set<OpenOption> IN_PLACE = Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    private static final String LOOK =
            "; look at what is there: deleting it begins a new count, which the audit log shows";
    private static final int MAX_LINKS = 40; // as Linux has it

    private final Path file;
    private final Path lockFile;
    private final Path newFile;
    private final LockWait wait = new LockWait();

    /** What the file held last, and what that says. */
    private Optional<String> knownText = Optional.empty();

    private HourlyCount known = HourlyCount.NONE;

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

    @Override
    public HourlyCount update(UnaryOperator<HourlyCount> change) throws IOException {
        try (FileChannel lock = openLock()) {
            lock(lock);
            Optional<String> found = read();
            HourlyCount changed = change.apply(found.equals(knownText) ? known : parse(found));
            String text = changed.text();
            if (!found.equals(Optional.of(text))) {
                write(text, found.isPresent() && found.get().length() == text.length());
            }
            knownText = Optional.of(text);
            known = changed;
            return changed;
        }
    }

    /** Returns what the file holds; nothing where it is missing. */
    private Optional<String> read() throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) { // opening a FIFO would wait for its writer
            throw trouble("is no regular file" + LOOK);
        }
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            byte[] bytes = new byte[HourlyCount.MAX_CHARACTERS + 1];
            int length = Math.max(0, in.read(ByteBuffer.wrap(bytes)));
            return Optional.of(new String(bytes, 0, length, StandardCharsets.ISO_8859_1));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw trouble("cannot be read; permit this program to read it", e);
        }
    }

    private HourlyCount parse(Optional<String> found) throws IOException {
        return found.isEmpty()
                ? HourlyCount.NONE
                : HourlyCount.parse(found.get()).orElseThrow(() -> trouble("is damaged" + LOOK));
    }

    private FileChannel openLock() throws IOException {
        try {
            if (!Files.isRegularFile(lockFile) && Files.exists(lockFile)) { // opening a FIFO would wait for its reader
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

    private void write(String text, boolean inPlace) throws IOException {
        try {
            if (inPlace) {
                write(text, file, IN_PLACE);
            } else {
                Files.deleteIfExists(newFile); // left by a kill, or no file of ours
                write(text, newFile, NEW);
                Files.move(newFile, file, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            throw trouble("cannot be written; make room, and permit this program to write to its folder", e);
        }
    }

    private static void write(String text, Path target, Set<OpenOption> how) throws IOException {
        try (FileChannel out = FileChannel.open(target, how, OwnerOnly.file(target))) {
            ByteBuffer bytes = StandardCharsets.US_ASCII.encode(text);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        }
    }

    private IOException trouble(String what) {
        return new IOException("the disclosure count " + file + " " + what);
    }

    private IOException trouble(String what, IOException cause) {
        return new IOException("the disclosure count " + file + " " + what, cause);
    }
}
