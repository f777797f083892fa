package dev.userservice.register;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A Java that keeps classes as the real one does: an archive holds the JAR it was made from, and fits no other. */
final class FakeJava implements Child.Runner {

    private static final String ANSWER = "{\"result\":{\"protocolVersion\":\"2025-11-25\"}}\n";

    final List<List<String>> commands = new ArrayList<>();
    final List<String> inputs = new ArrayList<>();
    final List<String> auditFiles = new ArrayList<>();

    /** How many requests a warm-up leaves open, what a start says more and ends with, and whether a warm-up writes. */
    int unanswered;

    String moreAtStart = "";
    int statusAtStart;
    boolean writes = true;
    IOException failure;

    @Override
    public Child run(List<String> command, Map<String, String> variables, String input) throws IOException {
        commands.add(command);
        inputs.add(input);
        auditFiles.add(variables.getOrDefault("USER_SERVICE_AUDIT_FILE", ""));
        if (failure != null) {
            throw failure;
        }
        Path jar = Path.of(command.get(command.indexOf("-jar") + 1));
        Path archive = Path.of(command.stream()
                .filter(word ->
                        word.matches("-XX:(?:ArchiveClassesAtExit|SharedArchiveFile|AOTCache|AOTCacheOutput)=.*"))
                .findFirst()
                .orElseThrow()
                .replaceFirst(".*?=", ""));
        if (command.stream().noneMatch(List.of("-Xshare:on", "-XX:AOTMode=on")::contains)) {
            return warmUp(jar, archive, input);
        }
        boolean fits = Files.readString(archive).equals(Files.readString(jar));
        return fits
                ? new Child(statusAtStart, ANSWER + moreAtStart, "fine\n")
                : new Child(1, "", "2 lines,\nthe last: mismatch\n\n");
    }

    private Child warmUp(Path jar, Path archive, String input) throws IOException {
        if (writes) {
            Files.copy(jar, archive);
            Files.setPosixFilePermissions(archive, PosixFilePermissions.fromString("r--r--r--"));
        }
        int answers =
                (int) input.lines().filter(line -> line.contains("\"id\"")).count() - unanswered;
        return new Child(0, "{}\n".repeat(answers) + "archive written\n", writes ? "" : "disk full\n");
    }

    long warmUps() {
        return inputs.stream().filter(input -> input.lines().count() > 1).count();
    }
}
