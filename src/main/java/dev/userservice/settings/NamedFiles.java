package dev.userservice.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The files that settings name, which must be different ones, whatever links lead to them: a log appended to the
 * token's file would destroy the token. For one thread.
 */
final class NamedFiles {

    private final Map<String, Path> files = new LinkedHashMap<>();

    /** @param name the setting or option that the file comes from */
    void add(String name, Path file) {
        files.put(name, file);
    }

    /** Returns a sentence for each two names of one file. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        List<String> names = List.copyOf(files.keySet());
        for (int second = 1; second < names.size(); second++) {
            for (String first : names.subList(0, second)) {
                if (areOne(files.get(first), files.get(names.get(second)))) {
                    problems.add(first + " and " + names.get(second) + " name the same file; each needs its own");
                }
            }
        }
        return problems;
    }

    private static boolean areOne(Path first, Path second) {
        try {
            return Files.isSameFile(first, second);
        } catch (IOException e) {
            return false; // one of the two is not there yet, or is reported as not readable
        }
    }
}
