package dev.userservice;

import static dev.userservice.RawApi.ok;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** APIs of other shapes, met by settings alone. */
final class ShapesIT {

    private static final Pattern PART = Pattern.compile("/d/sales\\?limit=([0-9]+)&offset=([0-9]+)");

    private static final int HUGE = 500_000;

    @TempDir
    private Path folder;

    static Stream<Arguments> leavesThePagesToAnApiThatMakesThem() {
        String second = "[{\"id\":\"3\",\"name\":\"U3\"},{\"id\":\"4\",\"name\":\"U4\"}]";
        String more = ",\"limit\":2,\"offset\":2,\"next_offset\":4}";
        String last = ",\"limit\":2,\"offset\":2}";
        return Stream.of(
                Arguments.of("\"total\":7", 7, second + ",\"total\":7" + more, "used, and there are more"),
                Arguments.of("\"total\":4", 4, second + ",\"total\":4" + last, "used, and this is the end"),
                Arguments.of("\"total\":0", 4, "[],\"total\":0" + last, "smaller than what came: nobody is left"),
                Arguments.of("\"total\":3", 7, "", "smaller than what came"),
                Arguments.of("\"total\":7", 2, "", "no further users although there are more"),
                Arguments.of("\"pages\":3", 7, second + more, "unknown: a full page may not be the last"),
                Arguments.of(
                        "\"pages\":3",
                        3,
                        "[{\"id\":\"3\",\"name\":\"U3\"}]" + last,
                        "unknown: nothing follows a page that is not full"),
                Arguments.of("\"pages\":3", 2, "[]" + last, "unknown: an empty page is the last"),
                Arguments.of("\"total\":-1", 7, second + more, "negative"),
                Arguments.of("\"total\":4.5", 7, second + more, "a fraction"),
                Arguments.of("\"total\":1e400", 7, second + more, "an exponent"),
                Arguments.of("\"total\":\"7\"", 7, second + more, "text"),
                Arguments.of("\"total\":null", 7, second + more, "null"),
                Arguments.of("\"total\":{\"value\":7}", 7, second + more, "an object"),
                Arguments.of("\"total\":" + "9".repeat(40), 7, second + more, "beyond all numbers"));
    }

    /** @param page the members after the department's; empty where there must be no data */
    @ParameterizedTest
    @MethodSource
    void leavesThePagesToAnApiThatMakesThem(String total, int size, String page, String reason) throws Exception {
        try (RawApi api = new RawApi((request, socket) -> RawApi.write(socket, ok(part(request, total, size, 0))))) {
            Run run = listSecondPage(api);
            if (page.isEmpty()) {
                assertRefused(run, reason);
            } else {
                assertEquals(
                        "{\"department\":\"sales\",\"users\":" + page,
                        ServerProcess.parse(run.out()).toString(),
                        reason + run.err());
            }
        }
    }

    @Test
    void followsUpAPageThatIsNotFullWhereNoTotalIsKnown() throws Exception {
        try (RawApi api = new RawApi((request, socket) -> {
            String single = request.target().replaceFirst("limit=[0-9]+", "limit=1"); // its own greatest limit
            RawApi.write(socket, ok(part(new RawApi.Request("GET " + single + " "), "\"pages\":3", 7, 0)));
        })) {
            Run run = listSecondPage(api);
            assertEquals(
                    List.of("3", "4"),
                    ServerProcess.parse(run.out()).path("users").findValuesAsText("id"),
                    run.err());
            assertEquals(4, ServerProcess.parse(run.out()).path("next_offset").asInt());
            assertEquals(
                    "/d/sales?limit=1&offset=3", api.targets().get(api.targets().size() - 1));
        }
    }

    @Test
    void refusesMoreUsersThanWereAskedFor() throws Exception {
        try (RawApi api =
                new RawApi((request, socket) -> RawApi.write(socket, ok(part(request, "\"total\":7", 7, 1))))) {
            assertRefused(listSecondPage(api), "the API does not know the parameter");
        }
    }

    private Run listSecondPage(RawApi api) throws Exception {
        Map<String, String> settings = ServerProcess.settings(api.url(), folder);
        settings.put("INTERNAL_API_PAGINATION", "offset");
        settings.put("INTERNAL_API_DEPARTMENT_PATH", "/d/{department}");
        return Run.of(settings, folder, "call", "list_users_by_department", "department=sales", "limit=2", "offset=2");
    }

    private static void assertRefused(Run run, String reason) {
        assertEquals(1, run.status(), reason);
        assertEquals("", run.out(), reason);
        assertTrue(run.err().contains("upstream_contract"), run.err());
    }

    /** Returns the users asked for, and so many further ones, of a department of {@code size}. */
    private static String part(RawApi.Request request, String total, int size, int further) {
        Matcher asked = PART.matcher(request.target());
        assertTrue(asked.matches(), request.target());
        int from = Integer.parseInt(asked.group(2));
        String users = IntStream.rangeClosed(1, size)
                .skip(from)
                .limit(Integer.parseInt(asked.group(1)) + further)
                .mapToObj(i -> "{\"id\":" + i + ",\"name\":\"U" + i + "\"}")
                .collect(Collectors.joining(","));
        return "{\"users\":[" + users + "]," + total + "}";
    }

    /** 500,000 users: in one answer, in answers of 1,000 that name the next, or in as many as are asked for. */
    @ParameterizedTest
    @ValueSource(strings = {"client", "link", "offset"})
    void pagesAHugeDepartmentInASmallHeap(String pagination) throws Exception {
        RawApi.Answering huge = (request, socket) -> {
            Map<String, Integer> query = query(request.target());
            int from = query.getOrDefault("offset", query.getOrDefault("from", 0));
            int many = pagination.equals("client") ? HUGE : query.getOrDefault("limit", 1000);
            int next = from + many;
            writeUsers(
                    socket,
                    from,
                    Math.min(next, HUGE),
                    pagination.equals("link") && next < HUGE ? "?from=" + next : "");
        };
        try (RawApi api = new RawApi(huge)) {
            Map<String, String> settings = ServerProcess.settings(api.url(), folder);
            settings.put("INTERNAL_API_PAGINATION", pagination);
            if (pagination.equals("link")) {
                settings.put("INTERNAL_API_NEXT_POINTER", "/next");
            }
            settings.put("INTERNAL_API_MAX_RESPONSE_BYTES", "1073741824");
            settings.put("INTERNAL_API_TIMEOUT_MS", "60000");
            settings.put("USER_SERVICE_CALL_TIMEOUT_MS", "120000");
            settings.put("JDK_JAVA_OPTIONS", "-Xmx24m");
            try (ServerProcess server = ServerProcess.start(settings, folder)) {
                server.initialize();
                String total = pagination.equals("client") ? ",\"total\":500000" : "";
                assertEquals(
                        "{\"department\":\"sales\",\"users\":[{\"id\":\"499999\",\"name\":\"User 499999\"},"
                                + "{\"id\":\"500000\",\"name\":\"User 500000\"}]" + total
                                + ",\"limit\":100,\"offset\":499998}",
                        list(server, "{\"department\":\"sales\",\"limit\":100,\"offset\":499998}")
                                .toString());
            }
        }
    }

    private static Map<String, Integer> query(String target) {
        return Stream.of(target.replaceFirst("[^?]*\\??", "").split("&"))
                .filter(pair -> !pair.isEmpty())
                .collect(Collectors.toMap(pair -> pair.split("=")[0], pair -> Integer.parseInt(pair.split("=")[1])));
    }

    /** Writes users as an API does that has far more to say of each than is released. */
    private static void writeUsers(Socket socket, int from, int to, String next) throws IOException {
        String item =
                "{\"id\":%d,\"name\":\"User %d\",\"email\":\"user%d@corp.example\",\"ssn\":\"078-05-1120\",\"photo\":\""
                        + "A".repeat(100) + "\"}";
        StringBuilder chunk = new StringBuilder("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"users\":[");
        for (int id = from + 1; id <= to; id++) {
            chunk.append(id == from + 1 ? "" : ",").append(item.formatted(id, id, id));
            if (id % 1000 == 0) {
                RawApi.write(socket, chunk.toString());
                chunk.setLength(0);
            }
        }
        RawApi.write(socket, chunk + "],\"next\":\"" + next + "\"}");
        socket.close();
    }

    private static JsonNode list(ServerProcess server, String arguments) throws Exception {
        server.line("""
        {"jsonrpc":"2.0","id":"list","method":"tools/call","params":{"name":"list_users_by_department",\
        "arguments":%s}}""".formatted(arguments));
        return server.answer("\"list\"").at("/result/structuredContent");
    }
}
