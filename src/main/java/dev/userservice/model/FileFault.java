package dev.userservice.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** A file that cannot be used, with the reason in a few words for the operator; not a byte of the file is in them. */
public final class FileFault extends FileSystemException {

    public static final String NOT_REGULAR = "no regular file";

    public FileFault(Path file, String reason) {
        super(file.toString(), null, reason);
    }

    /**
     * Reads a file to its end.
     *
     * @throws IOException where it cannot be read, is no regular file, or holds more than {@code maxBytes}
     */
    public static byte[] read(Path file, int maxBytes) throws IOException {
        requireRegular(file);
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(maxBytes + 1);
            if (bytes.length > maxBytes) {
                throw new FileFault(file, "too large, more than " + maxBytes + " bytes");
            }
            return bytes;
        }
    }

    /** Returns the attributes of a regular file; to open another, such as a FIFO, could wait for its other end. */
    public static BasicFileAttributes requireRegular(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        if (!attributes.isRegularFile()) {
            throw new FileFault(file, NOT_REGULAR);
        }
        return attributes;
    }

    /** Returns the reason why a file cannot be used. */
    public static String reason(Exception e) {
        if (e instanceof NoSuchFileException missing) {
            Path here = Path.of("").toAbsolutePath(); // which a client may have chosen
            return "not there" + (Path.of(missing.getFile()).isAbsolute() ? "" : "; its name is relative to " + here);
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof FileAlreadyExistsException) { // as where a folder is to be made
            return "not a folder";
        }
        return e instanceof FileSystemException trouble && trouble.getReason() != null
                ? trouble.getReason()
                : "an input or output error";
    }

    /** Returns the reason after the path it is about, which may be that of a folder above the file. */
    public static String located(Exception e) {
        return e instanceof FileSystemException trouble && trouble.getFile() != null
                ? trouble.getFile() + ": " + reason(e)
                : reason(e);
    }
}
