package dev.userservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** APIs of other shapes, met by settings alone: the README's examples, word for word, and pages an API makes itself. */
final class ShapesIT {

    private static final String OKTA_USER = """
      {"id":7,"status":"ACTIVE","profile":{"login":"ada","displayName":"Ada Byron","email":"ada@corp.example",\
      "department":"engineering","ssn":"078-05-1120"},"credentials":{"password":{}}}""";
    private static final String GRAPH_USER =
            "{\"id\":7,\"displayName\":\"Ada Byron\",\"mail\":null,\"mobilePhone\":\"+49 1\",\"businessPhones\":[]}";
    private static final String PLAIN_USER = "{\"id\":7,\"name\":\"Ada Byron\",\"salary\":1}";

    private static final int HUGE = 500_000;

    @TempDir
    private Path folder;

    static Stream<Arguments> worksByTheReadmesExampleAlone() {
        return Stream.of(
                Arguments.of(
                        "Okta:",
                        "/api/v1/users/7",
                        OKTA_USER,
                        "/api/v1/users?search=profile.department%20eq%20%22engineering%22",
                        "[" + OKTA_USER + "]",
                        "Authorization",
                        "SSWS ",
                        "{\"id\":\"7\",\"name\":\"Ada Byron\",\"email\":\"ada@corp.example\",\"status\":\"ACTIVE\","
                                + "\"department\":\"engineering\"}"),
                Arguments.of(
                        "Microsoft Graph:",
                        "/v1.0/users/7",
                        GRAPH_USER,
                        "/v1.0/users?$filter=department%20eq%20'engineering'",
                        "{\"@odata.context\":\"https://x\",\"value\":[" + GRAPH_USER + "]}",
                        "Authorization",
                        "Bearer ",
                        "{\"id\":\"7\",\"name\":\"Ada Byron\"}"),
                Arguments.of(
                        "An API with a key",
                        "/users/7",
                        PLAIN_USER,
                        "/departments/engineering/users",
                        "{\"users\":[" + PLAIN_USER + "]}",
                        "X-API-Key",
                        "",
                        "{\"id\":\"7\",\"name\":\"Ada Byron\"}"));
    }

    @ParameterizedTest
    @MethodSource
    void worksByTheReadmesExampleAlone(
            String heading,
            String userTarget,
            String user,
            String listTarget,
            String list,
            String header,
            String scheme,
            String released)
            throws Exception {
        try (RawApi api = RawApi.of(Map.of(userTarget, user, listTarget, list))) {
            Map<String, String> own = ServerProcess.settings(api.url(), folder);
            own.remove("INTERNAL_API_URL");
            Files.writeString(folder.resolve("example.env"), example(heading, api.url()));
            try (ServerProcess server = ServerProcess.start(own, folder, "--env-file", "example.env")) {
                server.initialize();
                server.callUser("1", "7");
                assertEquals(
                        released,
                        server.answer("1").at("/result/structuredContent").toString(),
                        server.stderr());
                assertEquals(
                        "{\"department\":\"engineering\",\"users\":[{\"id\":\"7\",\"name\":\"Ada Byron\"}],\"total\":1,"
                                + "\"limit\":50,\"offset\":0}",
                        list(server, "{\"department\":\"engineering\"}").toString());
            }
            assertEquals(scheme + ServerProcess.TOKEN, api.requests().get(0).header(header));
            Run check = Run.of(own, folder, "check", "--env-file", "example.env");
            assertEquals("ok every question asked is answered as expected", check.stage("response shape"), check.out());
            assertFalse((check.out() + check.err()).matches("(?s).*(Ada|corp\\.example|078-05).*"), check.out());
        }
    }

    /** Returns the indented lines below a heading of the README, for an API at {@code url}. */
    private static String example(String heading, String url) throws Exception {
        String readme = Files.readString(Path.of("README.md"));
        String section =
                readme.substring(readme.indexOf("\n" + heading, readme.indexOf("## Point it at your API")) + 1);
        String lines = section.lines()
                .dropWhile(line -> !line.startsWith("    "))
                .takeWhile(line -> line.startsWith("    "))
                .map(String::strip)
                .collect(Collectors.joining("\n"));
        String there = lines.replaceFirst("(?m)(?<=^INTERNAL_API_URL=)https://[^/\n]+", url);
        return there.contains(url) ? there : "INTERNAL_API_URL=" + url + "\n" + there;
    }

    static Stream<Arguments> leavesThePagesToAnApiThatMakesThem() {
        return Stream.of(
                Arguments.of("\"total\":7", ",\"total\":7", ",\"next_offset\":4", "used, and there are more"),
                Arguments.of("\"total\":4", ",\"total\":4", "", "used, and this is the end"),
                Arguments.of("\"pages\":3", "", ",\"next_offset\":4", "unknown: a full page may not be the last"),
                Arguments.of("\"total\":-1", "", ",\"next_offset\":4", "negative"),
                Arguments.of("\"total\":4.5", "", ",\"next_offset\":4", "a fraction"),
                Arguments.of("\"total\":1e400", "", ",\"next_offset\":4", "an exponent"),
                Arguments.of("\"total\":\"7\"", "", ",\"next_offset\":4", "text"),
                Arguments.of("\"total\":null", "", ",\"next_offset\":4", "null"),
                Arguments.of("\"total\":{\"value\":7}", "", ",\"next_offset\":4", "an object"),
                Arguments.of("\"total\":" + "9".repeat(40), "", ",\"next_offset\":4", "beyond all numbers"));
    }

    @ParameterizedTest
    @MethodSource
    void leavesThePagesToAnApiThatMakesThem(String total, String totalSaid, String nextSaid, String reason)
            throws Exception {
        Map<String, String> answers = Map.of(
                "/d/sales?limit=2&offset=2", "{\"users\":[" + users(3, 4) + "]," + total + "}",
                "/d/sales?limit=1&offset=0", "{\"users\":[" + users(1, 1) + "]}",
                "/d/sales?limit=1&offset=1", "{\"users\":[" + users(2, 2) + "]}");
        try (RawApi api = RawApi.of(answers)) {
            Map<String, String> settings = ServerProcess.settings(api.url(), folder);
            settings.put("INTERNAL_API_PAGINATION", "offset");
            settings.put("INTERNAL_API_DEPARTMENT_PATH", "/d/{department}");
            Run run = Run.of(
                    settings, folder, "call", "list_users_by_department", "department=sales", "limit=2", "offset=2");
            assertEquals(0, run.status(), run.err());
            String shown = users(3, 4).replaceAll("\"id\":([0-9]+)", "\"id\":\"$1\"");
            assertEquals(
                    "{\"department\":\"sales\",\"users\":[" + shown + "]" + totalSaid + ",\"limit\":2,\"offset\":2"
                            + nextSaid + "}",
                    ServerProcess.parse(run.out()).toString(),
                    reason);
        }
    }

    private static String users(int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(i -> "{\"id\":" + i + ",\"name\":\"U" + i + "\"}")
                .collect(Collectors.joining(","));
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
