package dev.userservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The process's end: of its input, by a signal, because nobody reads; every call has its line then. */
final class ServerEndIT {

    @TempDir
    private Path folder;

    @RepeatedTest(5)
    void answersAllThatWasPipedInBeforeTheEndOfInput() throws Exception {
        try (SampleApi api = new SampleApi(100);
                ServerProcess server = ServerProcess.start(ServerProcess.settings(api.url(), folder), folder)) {
            String calls = IntStream.rangeClosed(1, 20)
                    .mapToObj(i -> "{\"jsonrpc\":\"2.0\",\"id\":" + i + ",\"method\":\"tools/call\",\"params\":"
                            + "{\"name\":\"get_user\",\"arguments\":{\"user_id\":\"" + i + "\"}}}")
                    .collect(Collectors.joining("\n"));
            server.write((ServerProcess.initialize("2025-11-25") + "\n" + calls).getBytes(StandardCharsets.UTF_8));
            assertEquals(0, server.end());
            Set<String> ids = new HashSet<>();
            for (int i = 0; i < 21; i++) {
                ids.add(server.next().path("id").toString());
            }
            assertEquals(21, ids.size());
            assertEquals(List.of(), server.rest());
            assertEquals(Collections.nCopies(20, "ok"), server.results());
            assertEquals("end_of_input", last(server).path("reason").asText());
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void recordsAThousandCancelledCallsBeforeItsLastLine() throws Exception {
        try (SampleApi api = new SampleApi(4000);
                ServerProcess server = ServerProcess.start(ServerProcess.settings(api.url(), folder), folder)) {
            server.initialize();
            for (int i = 0; i < 1000; i++) {
                server.callUser(Integer.toString(i), "7");
            }
            server.answersBeforePing();
            server.signal("TERM");
            assertEquals(143, server.await());
            assertEquals(Collections.nCopies(1000, "cancelled"), server.results());
            assertEquals("signal", last(server).path("reason").asText());
            assertEquals(1000, last(server).path("calls").asInt());
        }
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "INT, 130"})
    @DisabledOnOs(OS.WINDOWS)
    void recordsCallsUnfinishedAtASignalAsCancelled(String signal, int status) throws Exception {
        try (SampleApi api = new SampleApi(4000);
                ServerProcess server = ServerProcess.start(ServerProcess.settings(api.url(), folder), folder)) {
            server.initialize();
            server.callUser("1", "7");
            server.answersBeforePing();
            server.signal(signal);
            assertEquals(status, server.await());
            assertEquals(List.of(), server.rest());
            assertEquals(List.of("cancelled"), server.results());
            assertEquals("signal", last(server).path("reason").asText());
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void endsAsASignalHasItThoughTheInputHasEndedBefore() throws Exception {
        try (SampleApi api = new SampleApi(4000);
                ServerProcess server = ServerProcess.start(ServerProcess.settings(api.url(), folder), folder)) {
            server.initialize();
            server.callUser("1", "7");
            server.answersBeforePing();
            server.process().getOutputStream().close();
            server.signal("TERM");
            assertEquals(143, server.await());
            assertEquals(List.of("cancelled"), server.results());
            assertEquals("signal", last(server).path("reason").asText());
            assertEquals(1, last(server).path("calls").asInt());
        }
    }

    @RepeatedTest(10)
    @DisabledOnOs(OS.WINDOWS)
    void logsTheHeadHashAtASignalWhicheverThreadEndsFirst() throws Exception {
        try (SampleApi api = new SampleApi(100);
                ServerProcess server = ServerProcess.start(ServerProcess.settings(api.url(), folder), folder)) {
            server.answersBeforePing();
            server.signal("TERM");
            assertEquals(143, server.await());
            String head = last(server).path("hash").asText();
            assertTrue(server.stderr().contains("ended with 2 lines, head " + head), server.stderr());
        }
    }

    /** No client waits here, but an auditor does. */
    @ParameterizedTest
    @CsvSource({"call, get_user, user_id=7", "check, --user, 7"})
    @DisabledOnOs(OS.WINDOWS)
    void recordsTheCallThatACommandIsEndedIn(String command, String first, String second) throws Exception {
        try (SampleApi api = new SampleApi(4000)) {
            Map<String, String> settings = ServerProcess.settings(api.url(), folder);
            settings.put("USER_SERVICE_TOOLS", "get_user");
            settings.put("INTERNAL_API_TIMEOUT_MS", "60000");
            try (ServerProcess server = ServerProcess.start(settings, folder, command, first, second)) {
                api.awaitRequest();
                server.signal("TERM");
                assertEquals(143, server.await());
                assertEquals(List.of("cancelled"), server.results());
                assertEquals("signal", last(server).path("reason").asText());
                assertEquals(1, last(server).path("calls").asInt());
                assertTrue(server.transcript().stream().noneMatch(line -> line.contains("FAIL")), "nothing was found");
                assertFalse(server.stderr().lines().anyMatch(String::isBlank), server.stderr());
            }
        }
    }

    @Test
    void endsWhenNobodyReadsItsAnswers() throws Exception {
        try (SampleApi api = new SampleApi(3000)) {
            ProcessBuilder builder = new ProcessBuilder(ServerProcess.command());
            builder.environment().putAll(ServerProcess.settings(api.url(), folder));
            builder.redirectError(Redirect.DISCARD);
            Process process = builder.start();
            try {
                process.getInputStream().close();
                process.getOutputStream()
                        .write((ServerProcess.initialize("2025-11-25") + "\n").getBytes(StandardCharsets.UTF_8));
                process.getOutputStream().flush();
                assertTrue(process.waitFor(20, TimeUnit.SECONDS));
                assertEquals(0, process.exitValue());
            } finally {
                process.destroyForcibly();
            }
        }
    }

    private static JsonNode last(ServerProcess server) throws IOException {
        List<JsonNode> lines = server.audit(line -> true);
        return lines.get(lines.size() - 1);
    }
}
