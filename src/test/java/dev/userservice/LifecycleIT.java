package dev.userservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From the first line on: initialization, versions, cancellation, ids in flight, many calls at once. */
final class LifecycleIT {

    @TempDir
    private Path folder;

    @Test
    void answersNothingButPingBeforeInitialize() throws Exception {
        try (SampleApi api = new SampleApi(0);
                ServerProcess server = ServerProcess.start(ServerProcess.settings(api.url(), folder), folder)) {
            for (int i = 0; i < 600; i++) {
                server.callUser(Integer.toString(i), "1");
            }
            List<String> answers = server.answersBeforePing();
            assertEquals(600, answers.size());
            assertEquals(
                    Set.of("{\"code\":-32600,\"message\":\"Invalid request\"}"),
                    answers.stream()
                            .map(line -> ServerProcess.parse(line).path("error").toString())
                            .collect(Collectors.toSet()));
            assertEquals(
                    "user-service",
                    server.initialize().at("/result/serverInfo/name").asText());
            assertEquals(0, server.end());
            assertEquals(List.of(), server.results());
            assertTrue(server.stderr().contains("was not executed"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2024-11-05, 2024-11-05",
        "2025-03-26, 2025-03-26",
        "2025-06-18, 2025-06-18",
        "2025-11-25, 2025-11-25",
        "2026-07-28, 2025-11-25",
        "1999-01-01, 2025-11-25"
    })
    void agreesOnAVersion(String asked, String agreed) throws Exception {
        try (ServerProcess server = ServerProcess.start(Map.of(), folder, "--demo")) {
            server.line(ServerProcess.initialize(asked));
            JsonNode result = server.answer("\"init\"").path("result");
            assertEquals(agreed, result.path("protocolVersion").asText());
            assertEquals("{\"tools\":{}}", result.path("capabilities").toString());
            server.callUser("1", "7"); // this client never sends notifications/initialized
            assertEquals(
                    "7", server.answer("1").at("/result/structuredContent/id").asText());
        }
    }

    @Test
    void dropsACancelledCallAndItsRequest() throws Exception {
        try (SampleApi api = new SampleApi(4000);
                ServerProcess server = ServerProcess.start(ServerProcess.settings(api.url(), folder), folder)) {
            server.initialize();
            server.callUser("\"c\"", "7");
            server.answersBeforePing();
            server.line(
                    "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":\"c\"}}");
            assertEquals(0, server.end());
            assertEquals(List.of(), server.rest());
            assertEquals(List.of("cancelled"), server.results());
        }
    }

    @Test
    void refusesAnIdThatIsStillInFlight() throws Exception {
        try (SampleApi api = new SampleApi(500);
                ServerProcess server = ServerProcess.start(ServerProcess.settings(api.url(), folder), folder)) {
            server.initialize();
            server.callUser("1", "7");
            server.callUser("1", "8");
            assertEquals(-32600, server.answer("1").at("/error/code").asInt());
            assertEquals(
                    "7", server.answer("1").at("/result/structuredContent/id").asText());
            assertEquals(0, server.end());
            assertEquals(List.of("ok"), server.results());
            assertTrue(server.stderr().contains("under an id still in flight was not executed"), server.stderr());
        }
    }

    @Test
    void neverLosesOrDoublesACallInACancellationRace() throws Exception {
        try (SampleApi api = new SampleApi(2);
                ServerProcess server = ServerProcess.start(ServerProcess.settings(api.url(), folder), folder)) {
            server.initialize();
            int calls = 300;
            for (int i = 0; i < calls; i++) {
                server.callUser(Integer.toString(i), "7");
                server.line("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":"
                        + (i - 3) + "}}");
            }
            assertEquals(0, server.end());
            List<String> answered = server.rest();
            assertEquals(calls, server.results().size());
            assertEquals(answered.size(), Collections.frequency(server.results(), "ok"));
            assertEquals(answered.size(), Set.copyOf(answered).size());
        }
    }

    @Test
    void holdsTwoThousandCallsAtOnce() throws Exception {
        try (SampleApi api = new SampleApi(1);
                ServerProcess server = ServerProcess.start(ServerProcess.settings(api.url(), folder), folder)) {
            server.initialize();
            int calls = 2000;
            for (int i = 0; i < calls; i++) {
                server.callUser(Integer.toString(i), "7");
            }
            int before = server.answersBeforePing().size();
            Set<String> ids = new HashSet<>();
            for (int i = before; i < calls; i++) {
                ids.add(server.next().path("id").toString());
            }
            assertEquals(calls - before, ids.size());
            assertEquals(0, server.end());
            assertEquals(Collections.nCopies(calls, "ok"), server.results());
            assertTrue(api.most() <= 8, "requests at a time: " + api.most());
        }
    }
}
