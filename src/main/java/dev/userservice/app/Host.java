package dev.userservice.app;

import dev.userservice.settings.EnvFile;
import dev.userservice.settings.SettingsException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Everything the program takes from the process it runs in.
 *
 * @param in standard input
 * @param out standard output, unbuffered, so that a closed pipe shows
 * @param err standard error, for sentences to people
 * @param rawErr standard error, for audit lines
 * @param terminal whether a person sits at standard input and output
 * @param environment the environment variables
 * @param properties the JVM's system properties
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

    /** Returns the same with the variables of the file a command line names, if it names one. */
    Host with(Optional<Path> envFile) throws SettingsException {
        return envFile.isEmpty()
                ? this
                : new Host(
                        in,
                        out,
                        err,
                        rawErr,
                        terminal,
                        EnvFile.overlay(envFile.get(), environment),
                        properties,
                        nanoTime,
                        clock);
    }

    /** Returns the user the process runs as. */
    String osUser() {
        return properties.getOrDefault("user.name", "unknown");
    }

    long pid() {
        return ProcessHandle.current().pid();
    }

    /** Returns where the audit log stands if no setting says so (XDG Base Directory Specification 0.8; Windows). */
    Path auditFile() {
        Path home = Path.of(properties.getOrDefault("user.home", "."));
        boolean windows = properties.getOrDefault("os.name", "").startsWith("Windows");
        Path state = windows
                ? absolute("LOCALAPPDATA").orElse(home.resolve("AppData").resolve("Local"))
                : absolute("XDG_STATE_HOME")
                        .orElse(absolute("HOME").orElse(home).resolve(".local").resolve("state"));
        return state.resolve("user-service").resolve("audit.jsonl");
    }

    /** The specification has relative paths ignored. */
    private Optional<Path> absolute(String variable) {
        return Optional.ofNullable(environment.get(variable))
                .filter(text -> !text.isEmpty())
                .map(Path::of)
                .filter(Path::isAbsolute);
    }
}
