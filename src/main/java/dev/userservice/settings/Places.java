package dev.userservice.settings;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where files stand for this process: what a name means here, and the default places. A method that returns a path
 * throws {@link InvalidPathException} where this platform and locale cannot express it.
 *
 * @param environment variables: settings, and where programs keep their state
 * @param properties the JVM's
 */
public record Places(Map<String, String> environment, Map<String, String> properties) {

    /** What is said of a name that {@link #of} refuses. */
    public static final String NO_PATH = "cannot be expressed as a path here:"
            + " a name beyond ASCII needs a UTF-8 locale, for example LC_ALL=C.UTF-8";

    /**
     * Returns these places with the variables of a file that the command line names, if it names one.
     *
     * @throws SettingsException where the file cannot be used
     */
    public Places with(Optional<Path> envFile) throws SettingsException {
        return envFile.isPresent() ? new Places(EnvFile.overlay(envFile.get(), environment), properties) : this;
    }

    /** Returns the path of a file as it is named; the folder it is relative to must be expressible too. */
    public Path of(String name) {
        Path path = Path.of(name);
        if (!path.isAbsolute()) {
            // The JDK puts question marks in place of what it cannot express, and would write to a folder of that name.
            Path.of(properties.getOrDefault("user.dir", ""));
        }
        return path;
    }

    /** Returns the audit log's default place (XDG Base Directory Specification 0.8; Windows). */
    public Path auditFile() {
        return folder("XDG_STATE_HOME", ".local/state").resolve("audit.jsonl");
    }

    /** Returns the folder for what can be made again, by the same rules. */
    public Path cache() {
        return folder("XDG_CACHE_HOME", ".cache");
    }

    /** Returns whether this is Windows. */
    public boolean windows() {
        return properties.getOrDefault("os.name", "").startsWith("Windows");
    }

    private Path folder(String variable, String belowHome) {
        Path parent = windows()
                ? absolute("LOCALAPPDATA").orElseGet(() -> home().resolve("AppData/Local"))
                : absolute(variable)
                        .orElseGet(() -> absolute("HOME").orElseGet(this::home).resolve(belowHome));
        return parent.resolve("user-service");
    }

    private Path home() {
        return of(properties.getOrDefault("user.home", "."));
    }

    /** Returns the path a variable holds, unless it is relative: the specification has those ignored. */
    private Optional<Path> absolute(String variable) {
        Path path = Path.of(environment.getOrDefault(variable, ""));
        return Optional.of(path).filter(Path::isAbsolute);
    }
}
