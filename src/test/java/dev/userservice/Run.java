package dev.userservice;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One run of the built JAR to its end: its exit status and what it printed. */
public record Run(int status, String out, String err) {

    private static final long PATIENCE_SECONDS = 60;

    /** Runs in {@code folder} with these settings; of the tests' own environment neither settings nor proxies count. */
    public static Run of(Map<String, String> settings, Path folder, String... arguments) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(ServerProcess.command(arguments)).directory(folder.toFile());
        builder.environment().keySet().removeIf(name -> name.matches("(?i)USER_SERVICE_.*|INTERNAL_API.*|.*_PROXY"));
        builder.environment().putAll(settings);
        Path out = folder.resolve("run-out.txt");
        Path err = folder.resolve("run-err.txt");
        Process process =
                builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        try {
            process.getOutputStream().close();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("the process goes on; standard error: " + read(err));
            }
            return new Run(process.exitValue(), read(out), read(err));
        } finally {
            process.destroyForcibly();
        }
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }

    /** Returns what {@code check} says of a stage, "ok" or "FAIL" first; nothing where it did not come to it. */
    public String stage(String name) {
        return out.lines()
                .filter(line ->
                        line.length() > 21 && line.substring(6, 21).strip().equals(name))
                .map(line ->
                        line.substring(0, 4).strip() + " " + line.substring(21).strip())
                .findFirst()
                .orElse("");
    }
}
