package dev.userservice.call;

import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.FileFault;
import dev.userservice.model.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * A secret from the environment, or from a file that is read again whenever it changes. Every secret it hands out is
 * known to the redactor first. Thread-safe; blocks for as long as a file takes.
 */
public final class SecretSource implements TokenSource {

    /** What stands for the secret in the example of settings. */
    public static final String PLACEHOLDER = "replace-me-with-the-token";

    public static final String STILL_PLACEHOLDER = "still the example's placeholder; put the real one in its place";

    /** Visible ASCII without spaces (RFC 9110, 5.5 allows no controls in a header), 16 to 8,192 characters. */
    private static final Pattern SECRET = Pattern.compile("[\\x21-\\x7E]{16,8192}");

    private final String name;
    private final Optional<Path> file;
    private final Consumer<Secret> redactor;
    private List<Object> lastRead = List.of();
    private Optional<Secret> secret;

    private SecretSource(String name, Optional<Path> file, Optional<Secret> secret, Consumer<Secret> redactor) {
        this.name = name;
        this.file = file;
        this.secret = secret;
        this.redactor = redactor;
        secret.ifPresent(redactor);
    }

    public static SecretSource fixed(Secret secret, Consumer<Secret> redactor) {
        return new SecretSource("secret", Optional.empty(), Optional.of(secret), redactor);
    }

    /** @param name what the operator calls the secret */
    public static SecretSource file(String name, Path file, Consumer<Secret> redactor) {
        SecretSource source = new SecretSource(name, Optional.of(file), Optional.empty(), redactor);
        source.refresh();
        return source;
    }

    @Override
    public CompletableFuture<Secret> current(UserApi.Access api) {
        return CompletableFuture.completedFuture(current());
    }

    @Override
    public CompletableFuture<Secret> replacement(Secret refused, UserApi.Access api) {
        return CompletableFuture.completedFuture(readAnew());
    }

    @Override
    public void refresh() {
        try {
            current();
        } catch (CallFailure e) {
            // a call that needs it will tell
        }
    }

    /** Returns whether a text can be a secret: 16 to 8,192 visible ASCII characters. */
    public static boolean isSecret(String text) {
        return SECRET.matcher(text).matches();
    }

    /**
     * Reads the secret a file holds; one final newline is ignored.
     *
     * @param name what the operator calls it
     * @throws IOException where the file cannot be read or holds none
     */
    public static Secret read(String name, Path file) throws IOException {
        String text = new String(FileFault.read(file, 8192 + 2), StandardCharsets.ISO_8859_1);
        String line = text.replaceFirst("\\r?\\n\\z", "");
        if (line.equals(PLACEHOLDER)) {
            throw new FileFault(file, STILL_PLACEHOLDER);
        }
        if (!isSecret(line)) {
            throw new FileFault(file, "not one " + name + " of 16 to 8192 visible ASCII characters without spaces");
        }
        return new Secret(line);
    }

    /** @throws CallFailure with {@link ErrorCode#UPSTREAM_DENIED} where the file holds no secret any more */
    synchronized Secret current() {
        file.ifPresent(this::readIfChanged);
        return secret.orElseThrow();
    }

    /** Returns the secret of the file as it is now, though nothing shows that it has changed. */
    synchronized Secret readAnew() {
        lastRead = List.of();
        return current();
    }

    private void readIfChanged(Path path) {
        try {
            List<Object> now = stamp(path);
            if (!lastRead.equals(now)) {
                Secret found = read(name, path);
                redactor.accept(found);
                secret = Optional.of(found);
                lastRead = now;
            }
        } catch (IOException e) {
            lastRead = List.of();
            String sentence = "the " + name + " file cannot be used: " + FileFault.reason(e);
            throw new CallFailure(ErrorCode.UPSTREAM_DENIED, sentence);
        }
    }

    /**
     * Returns what a change of the file shows in; not every file system has keys. It is no record: the first comparison
     * of two makes a hundred classes, and this one is on the way of the first call.
     */
    private static List<Object> stamp(Path path) throws IOException {
        BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class);
        return List.of(file.lastModifiedTime(), file.size(), Optional.ofNullable(file.fileKey()));
    }
}
