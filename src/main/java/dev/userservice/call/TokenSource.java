package dev.userservice.call;

import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Redactor;
import dev.userservice.model.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The service account's token, from the environment or from a file that is read again whenever it changes. Every token
 * it hands out is known to the redactor first. Thread-safe.
 */
public final class TokenSource {

    /** Visible ASCII without spaces (RFC 9110, 5.5 allows no controls in a header), 16 to 8,192 characters. */
    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7E]{16,8192}");

    private static final int MAX_FILE_BYTES = 8192 + 2;

    private final Optional<Path> file;
    private final Redactor redactor;
    private Optional<Stamp> lastRead = Optional.empty();
    private Optional<Secret> token;

    /** What a change of the file shows in; not every file system has keys. */
    private record Stamp(FileTime modified, long size, Optional<Object> key) {}

    private TokenSource(Optional<Path> file, Optional<Secret> token, Redactor redactor) {
        this.file = file;
        this.token = token;
        this.redactor = redactor;
        token.ifPresent(redactor::know);
    }

    public static TokenSource fixed(Secret token, Redactor redactor) {
        return new TokenSource(Optional.empty(), Optional.of(token), redactor);
    }

    public static TokenSource file(Path file, Redactor redactor) {
        TokenSource source = new TokenSource(Optional.of(file), Optional.empty(), redactor);
        source.refresh();
        return source;
    }

    /** Reads the file again if it has changed, so that the redactor knows the token before anybody can say it. */
    void refresh() {
        try {
            current();
        } catch (CallFailure e) {
            // a call that needs it will tell
        }
    }

    /** Returns whether a text can be a token: 16 to 8,192 visible ASCII characters. */
    public static boolean isToken(String text) {
        return TOKEN.matcher(text).matches();
    }

    /**
     * Reads the token a file holds; one final newline is ignored.
     *
     * @throws IOException where the file cannot be read or holds no token
     */
    public static Secret read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException("no regular file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            String text = new String(in.readNBytes(MAX_FILE_BYTES + 1), StandardCharsets.ISO_8859_1);
            String line = text.replaceFirst("\\r?\\n\\z", "");
            if (!isToken(line)) {
                throw new IOException("no token in it");
            }
            return new Secret(line);
        }
    }

    /** @throws CallFailure with {@link ErrorCode#UPSTREAM_DENIED} where the file holds no token any more */
    synchronized Secret current() {
        file.ifPresent(this::readIfChanged);
        return token.orElseThrow();
    }

    /** Looks again after the API refused {@code refused}; returns the token to try instead, where there is another. */
    synchronized Optional<Secret> replacement(Secret refused) {
        lastRead = Optional.empty(); // a change need not show in the stamp
        return Optional.of(current()).filter(found -> !found.equals(refused));
    }

    private void readIfChanged(Path path) {
        try {
            Optional<Stamp> now = Optional.of(stamp(path));
            if (!lastRead.equals(now)) {
                Secret found = read(path);
                redactor.know(found);
                token = Optional.of(found);
                lastRead = now;
            }
        } catch (IOException | SecurityException e) {
            lastRead = Optional.empty();
            throw new CallFailure(ErrorCode.UPSTREAM_DENIED, "the token file holds no usable token", e);
        }
    }

    private static Stamp stamp(Path path) throws IOException {
        BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class);
        return new Stamp(file.lastModifiedTime(), file.size(), Optional.ofNullable(file.fileKey()));
    }
}
