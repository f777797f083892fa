package dev.userservice;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import okhttp3.mockwebserver.Dispatcher;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.MockWebServer;
import okhttp3.mockwebserver.RecordedRequest;
import okhttp3.mockwebserver.SocketPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing grows without a bound, and each bound stands where the contract puts it: one below passes, one above not. */
final class BoundsIT {

    private static final int MAX_LINE_BYTES = 1024 * 1024;
    private static final int MAX_LEVELS = 1000;
    private static final int CALLS = 9_000;
    private static final byte[] INITIALIZE = """
      {"jsonrpc":"2.0","id":"init","method":"initialize","params":{"protocolVersion":"2025-11-25"}}
      """.getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path folder;

    private final MockWebServer api = new MockWebServer();
    private ServerProcess server;

    @BeforeEach
    void start() throws IOException {
        api.start();
        Map<String, String> settings = ServerProcess.settings("http://127.0.0.1:" + api.getPort(), folder);
        settings.put("INTERNAL_API_MAX_RESPONSE_BYTES", "16384");
        settings.put("INTERNAL_API_TIMEOUT_MS", "60000");
        settings.put("USER_SERVICE_CALL_TIMEOUT_MS", "600000");
        server = ServerProcess.start(settings, folder);
        server.initialize();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        api.shutdown();
    }

    @ParameterizedTest
    @CsvSource({"0,{}", "1,Invalid request", "5000000,Invalid request"})
    void boundsALine(int above, String answer) throws IOException {
        String ping = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{\"x\":\"\"}}";
        server.line(ping.replace("\"\"", "\"" + "x".repeat(MAX_LINE_BYTES + above - ping.length()) + "\""));
        assertEquals(answer, said(server.next()));
    }

    @ParameterizedTest
    @CsvSource({"0,{}", "1,Parse error", "400000,Parse error"})
    void boundsNesting(int above, String answer) throws IOException {
        int levels = MAX_LEVELS + above - 2; // the message and its params are two
        server.line("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{\"x\":" + "[".repeat(levels)
                + "]".repeat(levels) + "}}");
        assertEquals(answer, said(server.next()));
    }

    @ParameterizedTest
    @CsvSource({"0,Ada", "1,upstream_contract", "100000,upstream_contract"})
    void boundsAnAnswer(int above, String name) throws IOException {
        String record = "{\"id\":7,\"name\":\"Ada\",\"x\":\"\"}";
        api.enqueue(body(record.replace("\"\"", "\"" + "x".repeat(16_384 + above - record.length()) + "\"")));
        server.callUser("1", "7");
        assertEquals(name, said(server.answer("1")));
    }

    @ParameterizedTest
    @CsvSource({"256,256,x", "257,256,…", "10000,256,…"})
    void boundsAField(int given, int returned, String last) throws IOException {
        api.enqueue(body("{\"id\":7,\"name\":\"" + "x".repeat(given) + "\"}"));
        server.callUser("1", "7");
        String name = said(server.answer("1"));
        assertEquals(returned, name.codePointCount(0, name.length()));
        assertEquals(last, name.substring(name.length() - 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {50_001, 1_000_000})
    void recordsACallHoweverLongTheNameOfItsArgument(int length) throws Exception {
        server.line("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"get_user\","
                + "\"arguments\":{\"" + "x".repeat(length) + "\":1}}}");
        assertEquals("invalid_input", said(server.answer("1")));
        assertEquals(
                1,
                server.audit(line -> line.path("result").asText().equals("invalid_input"))
                        .size());
    }

    @Test
    void boundsAList() throws IOException {
        api.enqueue(body("{\"users\":[{\"id\":1,\"name\":\"A\"}" + ",{\"id\":1,\"name\":\"A\"}".repeat(500) + "]}"));
        server.line("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":"
                + "\"list_users_by_department\",\"arguments\":{\"department\":\"sales\",\"limit\":100}}}");
        assertEquals(
                100, server.answer("1").at("/result/structuredContent/users").size());
    }

    @Test
    void refusesCallsWhoseAnswersMightTakeUpTooMuchMemory() throws IOException {
        api.setDispatcher(silent());
        server.write(listCalls());
        int answerBytes =
                2 * 4 * 256 * 2 * 100; // two texts of 256 characters of four bytes, 100 users, all of it twice
        for (int i = CALLS - 64 * 1024 * 1024 / answerBytes; i > 0; i--) {
            JsonNode answer = server.next();
            assertEquals("rate_limited", said(answer));
            assertEquals(
                    2,
                    answer.at("/result/_meta")
                            .path("dev.userservice/error")
                            .path("retry_after_seconds")
                            .asInt());
        }
    }

    @Test
    void answersEveryCallOfAClientThatReadsNothingBeforeItHasSentAll() throws Exception {
        String users = "{\"id\":1,\"name\":\"" + "\uD83D\uDE00".repeat(256) + "\"},";
        MockResponse longest = body("{\"users\":[" + users.repeat(99) + users.substring(0, users.length() - 1) + "]}");
        api.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                return longest;
            }
        });
        Map<String, String> settings = ServerProcess.settings("http://127.0.0.1:" + api.getPort(), folder);
        settings.put("JAVA_TOOL_OPTIONS", "-Xmx512m");
        ProcessBuilder builder = new ProcessBuilder(ServerProcess.command()).redirectError(Redirect.DISCARD);
        builder.environment().putAll(settings);
        Process process = builder.start();
        try (OutputStream in = process.getOutputStream();
                BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            in.write(INITIALIZE);
            in.write(listCalls());
            in.flush();
            Map<String, Integer> said = new TreeMap<>();
            out.readLine();
            for (int i = 0; i < CALLS; i++) {
                JsonNode answer = ServerProcess.parse(out.readLine());
                said.merge(answer.at("/result/isError").asBoolean() ? said(answer) : "ok", 1, Integer::sum);
            }
            assertEquals(Set.of("ok", "rate_limited"), said.keySet(), said.toString());
        } finally {
            process.destroyForcibly();
        }
    }

    private static byte[] listCalls() {
        ByteArrayOutputStream calls = new ByteArrayOutputStream();
        for (int i = 0; i < CALLS; i++) {
            calls.writeBytes(("{\"jsonrpc\":\"2.0\",\"id\":" + i + ",\"method\":\"tools/call\",\"params\":{"
                            + "\"name\":\"list_users_by_department\",\"arguments\":{\"department\":\"sales\",\"limit\":100}}}\n")
                    .getBytes(StandardCharsets.UTF_8));
        }
        return calls.toByteArray();
    }

    private static Dispatcher silent() {
        return new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                return new MockResponse().setSocketPolicy(SocketPolicy.NO_RESPONSE);
            }
        };
    }

    private static MockResponse body(String text) {
        return new MockResponse().setBody(text);
    }

    /** Returns the name disclosed, or the code or message told instead. */
    private static String said(JsonNode answer) {
        JsonNode result = answer.path("result");
        if (answer.has("error")) {
            return answer.path("error").path("message").asText();
        }
        if (result.path("isError").asBoolean()) {
            return result.path("_meta")
                    .path("dev.userservice/error")
                    .path("code")
                    .asText();
        }
        return result.isEmpty() ? "{}" : result.at("/structuredContent/name").asText();
    }
}
