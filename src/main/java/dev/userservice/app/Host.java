package dev.userservice.app;

import dev.userservice.settings.Places;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * Everything the program takes from the process it runs in.
 *
 * @param out standard output, unbuffered, so that a closed pipe shows
 * @param err standard error, for sentences to people
 * @param rawErr standard error, for audit lines
 * @param terminal whether a person sits at standard input and output
 * @param nanoTime a monotonic clock in nanoseconds
 */
public record Host(
        InputStream in,
        OutputStream out,
        PrintStream err,
        OutputStream rawErr,
        boolean terminal,
        Map<String, String> environment,
        Map<String, String> properties,
        LongSupplier nanoTime,
        Clock clock) {

    /** POSIX, User Name: portable characters, no hyphen first. Directories add an at sign and their domain. */
    private static final Pattern LOGIN_NAME = Pattern.compile("[A-Za-z0-9._][A-Za-z0-9._@-]{0,63}");

    /** Returns the user the process runs as. */
    String osUser() {
        return properties.getOrDefault("user.name", "unknown");
    }

    /** Returns who became that user by {@code sudo}, where the name is plausible; Windows knows no such variable. */
    Optional<String> sudoUser() {
        return Optional.of(environment.getOrDefault("SUDO_USER", ""))
                .filter(name -> !places().windows() && LOGIN_NAME.matcher(name).matches());
    }

    /** Returns where files stand for this process. */
    Places places() {
        return new Places(environment, properties);
    }
}
