package dev.userservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What waits, and for however long, holds up nothing else. Each test would run into its time limit if it did. */
@Timeout(60)
final class WaitingIT {

    private static final String ADA = "{\"id\":7,\"name\":\"Ada\"}";

    /** The address of the host named hanging.example is looked up for as long as the process lives. */
    private static final String HANGING_RESOLVER = """
      #define _GNU_SOURCE
      #include <dlfcn.h>
      #include <netdb.h>
      #include <string.h>
      #include <unistd.h>

      int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
        while (node != 0 && strcmp(node, "hanging.example") == 0) {
          sleep(1);
        }
        int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) =
            dlsym(RTLD_NEXT, "getaddrinfo");
        return real(node, service, hints, result);
      }
      """;

    @TempDir
    private Path folder;

    @Test
    @EnabledOnOs(OS.LINUX)
    void aResolverThatHangsKeepsNoDeadlineAndNoEndWaiting() throws Exception {
        Map<String, String> settings = ServerProcess.settings("https://hanging.example", folder);
        settings.put("LD_PRELOAD", hangingResolver().toString());
        settings.put("USER_SERVICE_CALL_TIMEOUT_MS", "2000");
        try (ServerProcess server = ServerProcess.start(settings, folder)) {
            server.initialize();
            for (int i = 0; i < 24; i++) {
                server.callUser(Integer.toString(i), "7");
            }
            for (int i = 0; i < 24; i++) {
                server.answer(Integer.toString(i));
            }
            assertEquals(Collections.nCopies(24, "upstream_timeout"), server.results());
        }
        settings.put("USER_SERVICE_CALL_TIMEOUT_MS", "600000");
        settings.put("INTERNAL_API_TIMEOUT_MS", "1000");
        try (ServerProcess server = ServerProcess.start(settings, folder)) {
            server.initialize();
            server.callUser("1", "7");
            server.answer("1");
            assertEquals("upstream_timeout", server.results().get(24), "the attempt has a limit of its own");
        }
        settings.put("INTERNAL_API_TIMEOUT_MS", "60000");
        try (ServerProcess server = ServerProcess.start(settings, folder)) {
            server.initialize();
            for (int i = 0; i < 8; i++) {
                server.callUser(Integer.toString(i), "7");
            }
            server.answersBeforePing();
            signal(server.process());
            assertEquals(143, server.await());
            assertEquals(Collections.nCopies(8, "cancelled"), server.results().subList(25, 33));
        }
    }

    private Path hangingResolver() throws Exception {
        Path source = Files.writeString(folder.resolve("resolver.c"), HANGING_RESOLVER);
        Path library = folder.resolve("resolver.so");
        try {
            Process compiler = new ProcessBuilder(
                            "cc", "-shared", "-fPIC", "-o", library.toString(), source.toString(), "-ldl")
                    .start();
            assertEquals(0, compiler.waitFor());
        } catch (IOException e) {
            assumeTrue(false, "no C compiler here");
        }
        return library;
    }

    @Test
    void anAuditLogThatNobodyReadsCostsAllCallsTogetherItsSecond() throws Exception {
        try (RawApi api = RawApi.always(RawApi.ok(ADA))) {
            Map<String, String> settings = ServerProcess.settings(api.url(), folder);
            settings.put("USER_SERVICE_AUDIT_FILE", "stderr");
            ProcessBuilder builder = new ProcessBuilder(ServerProcess.command());
            builder.environment().putAll(settings);
            Process process = builder.start(); // its standard error is a pipe, and stays unread
            try (OutputStream in = process.getOutputStream();
                    BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
                send(
                        in,
                        "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"protocolVersion\":"
                                + "\"2025-11-25\",\"capabilities\":{},\"clientInfo\":{\"name\":\"test\",\"version\":\"1\"}}}");
                out.readLine();
                int calls = 0;
                String answer = "";
                while (!answer.contains("audit_unavailable")) {
                    send(in, call(++calls, "7"));
                    answer = out.readLine();
                }
                assertTrue(calls > 10, "the pipe took " + calls + " lines");
                for (int i = 1; i <= 120; i++) {
                    send(in, call(calls + i, "7"));
                }
                for (int i = 1; i <= 120; i++) {
                    assertTrue(out.readLine().contains("audit_unavailable"));
                }
                signal(process);
                assertTrue(process.waitFor(30, TimeUnit.SECONDS));
                assertEquals(143, process.exitValue());
            } finally {
                process.destroyForcibly();
            }
        }
    }

    @Test
    void aLockedAuditFileKeepsNoPingWaiting() throws Exception {
        try (RawApi api = RawApi.always(RawApi.ok(ADA));
                ServerProcess server = ServerProcess.start(ServerProcess.settings(api.url(), folder), folder)) {
            server.initialize();
            for (int length : new int[] {2, 1_025, 10_000, 200_000}) {
                try (FileChannel file = FileChannel.open(folder.resolve("audit.jsonl"), StandardOpenOption.WRITE);
                        FileLock lock = file.lock(Long.MAX_VALUE - 1, 1, false)) {
                    assertTrue(lock.isValid());
                    server.line(call(1, "9".repeat(length)));
                    assertEquals(List.of(), server.answersBeforePing(), "a call of " + length + " characters");
                    assertEquals("audit_unavailable", code(server.answer("1")));
                }
                server.callUser("2", "7"); // one that goes through, so that the next waits for the lock anew
                assertEquals(
                        "Ada",
                        server.answer("2").at("/result/structuredContent/name").asText());
            }
        }
    }

    @Test
    void callsTakenBackLeaveThePlacesAsTheyWere() throws Exception {
        Semaphore exits = new Semaphore(0);
        RawApi.Answering slow = (request, socket) -> {
            exits.acquireUninterruptibly();
            RawApi.write(socket, RawApi.ok(ADA));
        };
        try (RawApi api = new RawApi(slow)) {
            Map<String, String> settings = new HashMap<>(ServerProcess.settings(api.url(), folder));
            settings.put("USER_SERVICE_MAX_CONCURRENT_CALLS", "1");
            settings.put("INTERNAL_API_TIMEOUT_MS", "60000");
            settings.put("USER_SERVICE_CALL_TIMEOUT_MS", "60000");
            try (ServerProcess server = ServerProcess.start(settings, folder)) {
                server.initialize();
                for (int round = 0; round < 3; round++) {
                    server.callUser("\"slow " + round + "\"", "7");
                    StringBuilder takenBack = new StringBuilder();
                    for (int i = 100 * round; i < 100 * round + 40; i++) {
                        takenBack
                                .append(call(i, "8"))
                                .append("\n{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",")
                                .append("\"params\":{\"requestId\":")
                                .append(i)
                                .append("}}\n");
                    }
                    server.write(takenBack.toString().getBytes(StandardCharsets.UTF_8));
                    server.answersBeforePing();
                }
                exits.release(1_000);
                for (int round = 0; round < 3; round++) {
                    assertEquals(
                            "Ada",
                            server.answer("\"slow " + round + "\"")
                                    .at("/result/structuredContent/name")
                                    .asText());
                }
                assertEquals(0, server.end());
                assertEquals(1, api.most(), "requests at a time");
                assertEquals(123, server.results().size());
            }
        }
    }

    private static String call(int id, String userId) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"tools/call\",\"params\":{\"name\":\"get_user\","
                + "\"arguments\":{\"user_id\":\"" + userId + "\"}}}";
    }

    private static void send(OutputStream in, String line) throws IOException {
        in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        in.flush();
    }

    private static String code(JsonNode answer) {
        return answer.path("result")
                .path("_meta")
                .path("dev.userservice/error")
                .path("code")
                .asText();
    }

    private static void signal(Process process) throws Exception {
        new ProcessBuilder("kill", Long.toString(process.pid())).start().waitFor();
    }
}
