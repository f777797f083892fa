package dev.userservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The trail an auditor relies on, with real processes: killed, sharing one file, rotated, and unable to write. */
final class AuditIT {

    private static final int CALLS = 200;

    @TempDir
    private Path folder;

    @Test
    void everyAnswerHasItsLineAfterAKillAtARandomMoment() throws Exception {
        Random random = new Random(4711);
        Set<String> answered = new HashSet<>();
        try (SampleApi api = new SampleApi(1)) {
            for (int round = 0; round < 20; round++) {
                try (ServerProcess server = ServerProcess.start(ServerProcess.settings(api.url(), folder), folder)) {
                    server.initialize();
                    for (int i = 0; i < CALLS; i++) {
                        server.callUser(Integer.toString(i), Integer.toString(round * CALLS + i + 1));
                    }
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(120))); // the random moment
                    server.process().destroyForcibly().waitFor();
                    for (String line : server.rest()) {
                        if (line.endsWith("}")) {
                            answered.add(ServerProcess.parse(line)
                                    .at("/result/structuredContent/id")
                                    .asText());
                        }
                    }
                }
            }
        }
        Set<String> recorded = lines(folder.resolve("audit.jsonl"))
                .filter(line -> line.path("result").asText().equals("ok"))
                .map(line -> line.at("/arguments/user_id").asText())
                .collect(Collectors.toSet());
        answered.removeAll(recorded);
        assertEquals(Set.of(), answered);
        assertEquals(0, verify(folder.resolve("audit.jsonl")));
    }

    @Test
    void manyServersShareOneFileThatIsRotated() throws Exception {
        List<ServerProcess> servers = new ArrayList<>();
        List<Path> files = new ArrayList<>();
        Path current = folder.resolve("audit.jsonl");
        try (SampleApi api = new SampleApi(0)) {
            for (int s = 0; s < 4; s++) {
                servers.add(ServerProcess.start(ServerProcess.settings(api.url(), folder), folder));
            }
            for (ServerProcess server : servers) {
                server.initialize();
                for (int i = 0; i < CALLS; i++) {
                    server.callUser(Integer.toString(i), "7");
                }
            }
            for (int rotation = 0; rotation < 40; rotation++) {
                servers.get(rotation % 4).next(); // an answer, so there is a line
                if (Files.exists(current)) {
                    files.add(Files.move(current, folder.resolve("audit-" + rotation + ".jsonl")));
                }
            }
            for (ServerProcess server : servers) {
                assertEquals(0, server.end());
            }
            files.add(current);
        } finally {
            servers.forEach(ServerProcess::close);
        }
        assertEquals(0, verify(files.toArray(Path[]::new)));
        assertTrue(
                Files.readString(folder.resolve("verify.txt"))
                        .contains("lines: 808, sessions: 4, problems: 0, warnings: 0"),
                Files.readString(folder.resolve("verify.txt")));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void returnsNothingThatCouldNotBeRecorded() throws Exception {
        Path state = Files.createDirectory(folder.resolve("state"));
        Path file = state.resolve("audit.jsonl");
        try (SampleApi api = new SampleApi(0)) {
            Map<String, String> settings = ServerProcess.settings(api.url(), folder);
            settings.put("USER_SERVICE_AUDIT_FILE", file.toString());
            try (ServerProcess server = ServerProcess.start(settings, folder)) {
                server.initialize();
                assertEquals("ok", call(server));
                Path away = Files.move(state, folder.resolve("away"));
                assertEquals("audit_unavailable", call(server));
                Files.createDirectories(file);
                assertEquals("audit_unavailable", call(server));
                Files.delete(file);
                new ProcessBuilder("mkfifo", file.toString()).start().waitFor();
                assertEquals("audit_unavailable", call(server));
                Files.delete(file);
                assertEquals("ok", call(server));
                assertEquals(0, server.end());
                assertEquals(0, verify(away.resolve("audit.jsonl"), file));
            }
        }
    }

    @Test
    void verifyAuditNamesFileAndLine() throws Exception {
        try (ServerProcess server = ServerProcess.start(
                Map.of("USER_SERVICE_AUDIT_FILE", folder.resolve("audit.jsonl").toString()), folder, "--demo")) {
            server.initialize();
            server.callUser("1", "1");
            server.callUser("2", "2");
            server.end();
        }
        Path file = folder.resolve("audit.jsonl");
        assertEquals(0, verify(file));
        Files.writeString(file, Files.readString(file).replace("\"user_id\":\"1\"", "\"user_id\":\"3\""));
        assertEquals(1, verify(file));
        assertTrue(
                Files.readString(folder.resolve("verify.txt")).contains("the line was changed: its hash does not fit"));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS) // it has no /dev/stdin
    void verifyAuditReadsWhatIsPipedIn() throws Exception {
        Map<String, String> settings =
                Map.of("USER_SERVICE_AUDIT_FILE", folder.resolve("audit.jsonl").toString());
        ServerProcess.start(settings, folder, "--demo").end();
        String verify = String.join(" ", ServerProcess.command("verify-audit", "/dev/stdin"));
        String script = "gzip audit.jsonl && zcat audit.jsonl.gz | " + verify;
        Process piped = new ProcessBuilder("bash", "-c", script)
                .directory(folder.toFile())
                .redirectOutput(folder.resolve("verify.txt").toFile())
                .start();
        assertEquals(0, piped.waitFor());
        assertTrue(Files.readString(folder.resolve("verify.txt")).contains("lines: 2, sessions: 1, problems: 0"));
        assertEquals(1, verify(folder.resolve("audit.jsonl.gz")));
        assertTrue(Files.readString(folder.resolve("verify.txt")).contains("compressed; pipe it in: zcat FILE | "));
    }

    private static String call(ServerProcess server) throws IOException {
        server.callUser("1", "7");
        JsonNode result = server.answer("1").path("result");
        boolean isData = result.has("structuredContent");
        return isData
                ? "ok"
                : result.path("_meta")
                        .path("dev.userservice/error")
                        .path("code")
                        .asText();
    }

    private int verify(Path... files) throws IOException, InterruptedException {
        List<String> command = ServerProcess.command("verify-audit");
        Stream.of(files).map(Path::toString).forEach(command::add);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().remove("USER_SERVICE_AUDIT_KEY_FILE");
        return builder.redirectErrorStream(true)
                .redirectOutput(folder.resolve("verify.txt").toFile())
                .start()
                .waitFor();
    }

    private static Stream<JsonNode> lines(Path file) {
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> line.endsWith("}"))
                    .map(ServerProcess::parse);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
