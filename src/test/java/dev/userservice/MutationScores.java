package dev.userservice;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Prints the mutation score of each package and of all, from PIT's CSV report: mutants killed of all mutants, so one
 * that no test reaches counts as survived. Asserts nothing. {@code mvn -Pmutation test}
 */
public final class MutationScores {

    /** PIT's words for a mutant that some test noticed. */
    private static final Set<String> KILLED = Set.of("KILLED", "TIMED_OUT", "MEMORY_ERROR", "RUN_ERROR", "NON_VIABLE");

    private MutationScores() {}

    public static void main(String[] arguments) throws IOException {
        Map<String, List<String>> packages = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            String[] cells = line.split(",", 7); // file, class, mutator, method, line, status, killing test
            String name = cells[1].substring(0, cells[1].lastIndexOf('.'));
            packages.computeIfAbsent(name, key -> new ArrayList<>()).add(cells[5]);
        }
        System.out.printf(
                "%-28s %8s %8s %9s %12s %8s%n", "package", "mutants", "killed", "survived", "not reached", "score");
        packages.forEach(MutationScores::print);
        print("all", packages.values().stream().flatMap(List::stream).toList());
    }

    private static void print(String name, List<String> statuses) {
        long killed = statuses.stream().filter(KILLED::contains).count();
        int unreached = Collections.frequency(statuses, "NO_COVERAGE");
        long survived = statuses.size() - killed - unreached;
        double score = 100.0 * killed / statuses.size();
        System.out.printf(
                "%-28s %8d %8d %9d %12d %6.1f %%%n", name, statuses.size(), killed, survived, unreached, score);
    }
}
