package dev.userservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The day's budget with real processes: shared, killed, rotated, and with everything in the way of its file. */
final class DisclosureIT {

    @TempDir
    private Path folder;

    private Map<String, String> settings(SampleApi api, int perDay) {
        Map<String, String> settings = ServerProcess.settings(api.url(), folder);
        settings.put("USER_SERVICE_DISCLOSURE_PER_DAY", Integer.toString(perDay));
        return settings;
    }

    @Test
    void fourServersLetLeaveExactlyTheBudgetThoughTheLogIsRotated() throws Exception {
        List<ServerProcess> servers = new ArrayList<>();
        Path log = folder.resolve("audit.jsonl");
        int answered = 0;
        try (SampleApi api = new SampleApi(0)) {
            for (int s = 0; s < 4; s++) {
                servers.add(ServerProcess.start(settings(api, 150), folder));
            }
            for (ServerProcess server : servers) {
                server.initialize();
                for (int i = 0; i < 100; i++) {
                    server.callUser(Integer.toString(i), "7");
                }
            }
            for (int i = 0; i < 400; i++) {
                JsonNode result = servers.get(i % 4).next().path("result");
                answered += result.has("structuredContent") ? 1 : 0;
                if (!result.has("structuredContent")) {
                    assertEquals("disclosure_limit", code(result));
                }
                if (i % 50 == 0 && Files.exists(log)) {
                    Files.move(log, folder.resolve("audit-" + i + ".jsonl"));
                }
            }
            for (ServerProcess server : servers) {
                assertEquals(0, server.end());
            }
            assertEquals(150, answered);
            assertEquals(150, counted());
            try (ServerProcess later = ServerProcess.start(settings(api, 151), folder)) {
                later.initialize();
                assertEquals("ok", call(later));
                assertEquals("disclosure_limit", call(later));
            }
        } finally {
            servers.forEach(ServerProcess::close);
        }
    }

    @Test
    void neverCountsTooLittleWhenKilledAtARandomMoment() throws Exception {
        Random random = new Random(4711);
        long left = 0;
        try (SampleApi api = new SampleApi(1)) {
            for (int round = 0; round < 20; round++) {
                try (ServerProcess server = ServerProcess.start(settings(api, 100_000), folder)) {
                    server.initialize();
                    for (int i = 0; i < 200; i++) {
                        server.callUser(Integer.toString(i), "7");
                    }
                    server.next(); // an answer, so the others are on their way
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(100))); // the random moment
                    server.process().destroyForcibly().waitFor();
                }
                left = recorded();
                long counted = counted();
                assertTrue(counted >= left, "counted " + counted + " of " + left);
                assertTrue(counted <= left + (round + 1) * 200L, "counted " + counted + " of " + left);
            }
        }
        assertTrue(left > 0, "nothing has left");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void answersNothingWhileItCannotCount() throws Exception {
        Path count = folder.toRealPath().resolve("audit.jsonl.disclosed");
        Path lock = folder.resolve("audit.jsonl.disclosed.lock");
        try (SampleApi api = new SampleApi(0);
                ServerProcess server = ServerProcess.start(settings(api, 100), folder)) {
            server.initialize();
            assertEquals("ok", call(server));
            Files.delete(count);
            Files.createDirectory(count);
            assertEquals("audit_unavailable", call(server));
            Files.delete(count);
            assertEquals(
                    0, new ProcessBuilder("mkfifo", count.toString()).start().waitFor());
            assertEquals("audit_unavailable", call(server));
            Files.delete(count);
            Files.writeString(count, "2026-11-24T20 12");
            assertEquals("audit_unavailable", call(server));
            assertTrue(server.stderr().contains("the disclosure count " + count + " is damaged"), server.stderr());
            Run run = Run.of(settings(api, 100), folder, "call", "get_user", "user_id=7");
            assertEquals(3, run.status());
            assertTrue(run.err().contains(count + " is damaged"), run.err());
            Files.delete(count);
            assertEquals("ok", call(server));
            try (FileChannel other = FileChannel.open(lock, StandardOpenOption.WRITE);
                    FileLock kept = other.lock()) {
                assertTrue(kept.isValid());
                assertEquals("audit_unavailable", call(server));
            }
            assertEquals("ok", call(server));
            assertEquals(2, counted());
            assertEquals(0, server.end());
        }
    }

    /** If each of the calls waited half a second for the lock, the test would run into its time limit. */
    @Test
    @Timeout(40)
    void aKeptLockHoldsUpNothingElse() throws Exception {
        Path lock = folder.resolve("audit.jsonl.disclosed.lock");
        try (SampleApi api = new SampleApi(0);
                ServerProcess server = ServerProcess.start(settings(api, 1000), folder)) {
            server.initialize();
            assertEquals("ok", call(server));
            try (FileChannel other = FileChannel.open(lock, StandardOpenOption.WRITE);
                    FileLock kept = other.lock()) {
                assertTrue(kept.isValid());
                for (int i = 100; i < 200; i++) {
                    server.callUser(Integer.toString(i), "7");
                }
                server.callUser("1", "no user's ID");
                Map<String, Integer> codes = new TreeMap<>();
                for (int i = 100; i <= 200; i++) {
                    codes.merge(code(server.next().path("result")), 1, Integer::sum);
                }
                assertEquals(Map.of("audit_unavailable", 100, "invalid_input", 1), codes);
            }
            assertEquals("ok", call(server));
            assertEquals(0, server.end());
        }
    }

    @Test
    void theDemoTakesNothingFromTheBudgetForRealPeople() throws Exception {
        Map<String, String> settings =
                Map.of("USER_SERVICE_AUDIT_FILE", folder.resolve("audit.jsonl").toString());
        assertEquals(
                0,
                Run.of(settings, folder, "call", "get_user", "user_id=7", "--demo")
                        .status());
        assertTrue(Files.notExists(folder.resolve("audit.jsonl.disclosed")));
    }

    private static String call(ServerProcess server) throws IOException {
        server.callUser("1", "7");
        JsonNode result = server.answer("1").path("result");
        return result.has("structuredContent") ? "ok" : code(result);
    }

    private static String code(JsonNode result) {
        return result.at("/_meta/dev.userservice~1error/code").asText();
    }

    /** Returns the sum of the count's file; of it all, since a test takes no 24 hours. */
    private long counted() throws IOException {
        return Files.readAllLines(folder.resolve("audit.jsonl.disclosed")).stream()
                .mapToLong(line -> Long.parseLong(line.split(" ")[1]))
                .sum();
    }

    private long recorded() throws IOException {
        return Files.readAllLines(folder.resolve("audit.jsonl")).stream()
                .filter(line -> line.endsWith("}"))
                .mapToLong(line -> ServerProcess.parse(line).path("records").asLong())
                .sum();
    }
}
