package dev.userservice.settings;

import dev.userservice.limit.DisclosureFile;
import dev.userservice.model.FileFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The files that settings name, which must be different ones, whatever links lead to them: a log appended to the
 * token's file would destroy the token. For one thread.
 */
final class NamedFiles {

    private final SettingsReader reader;
    private final Places places;
    private final Map<String, Path> files = new LinkedHashMap<>();

    /** @param envFile the file that some of the settings come from */
    NamedFiles(SettingsReader reader, Places places, Optional<Path> envFile) {
        this.reader = reader;
        this.places = places;
        envFile.ifPresent(file -> files.put("--env-file", file));
    }

    /** Returns the file that a setting names, if it names one. */
    Optional<Path> file(Setting setting) {
        Optional<Path> file = reader.optional(setting, text -> SettingsReader.parse(text, places::of, Places.NO_PATH));
        file.ifPresent(path -> files.put(setting.name(), path));
        return file;
    }

    @FunctionalInterface
    interface FileReader<T> {
        T read(Path file) throws IOException;
    }

    /** Returns what {@code contents} reads from the file that a setting names, if it names one. */
    <T> Optional<T> contents(Setting setting, FileReader<T> contents) {
        Optional<Path> file = file(setting);
        try {
            return file.isPresent() ? Optional.of(contents.read(file.get())) : Optional.empty();
        } catch (IOException e) {
            reader.require(setting, false, "cannot be used: " + FileFault.reason(e));
            return Optional.empty();
        }
    }

    /** Returns the audit log, at its default place where no setting names one; nothing where it is a stream. */
    Optional<Path> auditFile() {
        if (reader.text(Setting.USER_SERVICE_AUDIT_FILE).equals(Settings.STDERR)) {
            return Optional.empty();
        }
        Optional<Path> file = file(Setting.USER_SERVICE_AUDIT_FILE).or(this::defaultAuditFile);
        file.ifPresent(this::addCount);
        return file;
    }

    private Optional<Path> defaultAuditFile() {
        try {
            Path file = places.auditFile();
            files.put(Setting.USER_SERVICE_AUDIT_FILE.name(), file);
            return Optional.of(file);
        } catch (InvalidPathException e) {
            reader.require(Setting.USER_SERVICE_AUDIT_FILE, false, "must be set: its default " + Places.NO_PATH);
            return Optional.empty();
        }
    }

    private void addCount(Path auditFile) {
        try {
            files.put("the disclosure count of USER_SERVICE_AUDIT_FILE", DisclosureFile.beside(auditFile));
        } catch (IOException e) {
            // the folder of both is not there yet, so no other file is in it
        }
    }

    /** Requires that no two names are of one file. */
    void requireDistinct() {
        List<String> names = List.copyOf(files.keySet());
        for (int second = 1; second < names.size(); second++) {
            for (String first : names.subList(0, second)) {
                if (areOne(files.get(first), files.get(names.get(second)))) {
                    reader.problem(first + " and " + names.get(second) + " name the same file; each needs its own");
                }
            }
        }
    }

    private static boolean areOne(Path first, Path second) {
        try {
            return Files.isSameFile(first, second);
        } catch (IOException e) {
            return false; // one of the two is not there yet, or is reported as not readable
        }
    }
}
