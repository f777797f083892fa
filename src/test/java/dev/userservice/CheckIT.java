package dev.userservice;

import static dev.userservice.RawApi.ok;
import static dev.userservice.RawApi.response;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code check} tells an operator apart, and that it tells nothing else. */
final class CheckIT {

    private static final String USER = "{\"id\":7,\"name\":\"Ada Byron\",\"email\":\"ada@corp.example\"}";
    private static final String LIST = "{\"users\":[" + USER + "]}";
    private static final String LISTING = "list_users_by_department: ";

    @TempDir
    private Path folder;

    static Stream<Arguments> tellsWhatIsWrong() {
        return Stream.of(
                Arguments.of(
                        ok(LIST),
                        ok(USER),
                        Map.of(),
                        List.of(),
                        "response shape",
                        "ok list_users_by_department and get_user answer as expected",
                        "all is well"),
                Arguments.of(
                        ok("{\"users\":[]}"),
                        ok(USER),
                        Map.of(),
                        List.of(),
                        "response shape",
                        "FAIL list_users_by_department finds nobody at all. Remedy: check the path in INTERNAL_API_URL, "
                                + "INTERNAL_API_DEPARTMENT_PATH, INTERNAL_API_DEPARTMENT_VALUES and USER_SERVICE_DEPARTMENTS.",
                        "departments without users"),
                Arguments.of(
                        response("503 Busy", "{}"),
                        ok(USER),
                        Map.of(),
                        List.of(),
                        "credential",
                        "FAIL " + LISTING + "the API answered that it is failing or too busy, HTTP 503. "
                                + "Remedy: the API can be reached but does not serve: check its health.",
                        "an outage"),
                Arguments.of(
                        response("401 Unauthorized", "{}"),
                        ok(USER),
                        Map.of(),
                        List.of(),
                        "credential",
                        "FAIL " + LISTING + "the API refused the credential, HTTP 401. "
                                + "Remedy: check the token, INTERNAL_API_AUTH_HEADER and INTERNAL_API_AUTH_SCHEME.",
                        "a wrong token"),
                Arguments.of(
                        response("403 Forbidden", "{}"),
                        ok(USER),
                        Map.of(),
                        List.of(),
                        "credential",
                        "FAIL " + LISTING + "the API does not permit the account to do this, HTTP 403. "
                                + "Remedy: let the service account read users, and check the token.",
                        "an account without rights"),
                Arguments.of(
                        response("404 Not Found", "{}"),
                        ok(USER),
                        Map.of(),
                        List.of(),
                        "response shape",
                        "FAIL " + LISTING + "the API knows no such record, HTTP 404. "
                                + "Remedy: check the path in INTERNAL_API_URL, INTERNAL_API_DEPARTMENT_PATH, "
                                + "INTERNAL_API_DEPARTMENT_VALUES and USER_SERVICE_DEPARTMENTS.",
                        "a wrong path"),
                Arguments.of(
                        response("302 Found", "", "Location: https://sso.corp.example/"),
                        ok(USER),
                        Map.of(),
                        List.of(),
                        "response shape",
                        "FAIL " + LISTING + "the API answered with a status that nothing here expects, HTTP 302. "
                                + "Remedy: redirects are never followed: set INTERNAL_API_URL and the paths to where it leads; "
                                + "where that is a page to sign in, the API does not take the token.",
                        "a way to a login page"),
                Arguments.of(
                        response("407 Proxy Authentication Required", "{}"),
                        ok(USER),
                        Map.of(),
                        List.of(),
                        "response shape",
                        "FAIL " + LISTING
                                + "a proxy asks for credentials, HTTP 407. Remedy: proxy credentials are not "
                                + "supported: have the proxy let this machine through without them, "
                                + "or name the host in NO_PROXY (in http.nonProxyHosts where a property of the JVM names the proxy).",
                        "a proxy in between"),
                Arguments.of(
                        "",
                        ok(USER),
                        Map.of("INTERNAL_API_TIMEOUT_MS", "300"),
                        List.of(),
                        "credential",
                        "FAIL " + LISTING + "the API did not answer in time. "
                                + "Remedy: the API can be reached but is slow: check its health, or raise INTERNAL_API_TIMEOUT_MS.",
                        "silence"),
                Arguments.of(
                        ok(LIST),
                        response("404 Not Found", "{}"),
                        Map.of(),
                        List.of("--user", "9"),
                        "response shape",
                        "FAIL get_user: the API knows no such record, HTTP 404. "
                                + "Remedy: check the path in INTERNAL_API_URL, INTERNAL_API_USER_PATH "
                                + "and the user's ID.",
                        "a user that is not there"),
                Arguments.of(
                        ok(LIST),
                        ok(USER),
                        Map.of("INTERNAL_API_FIELD_MAP", "name=/profile/name"),
                        List.of(),
                        "response shape",
                        "FAIL " + LISTING + "a required field is missing from a record: name, HTTP 200. "
                                + "Remedy: check name in INTERNAL_API_FIELD_MAP.",
                        "a field that is not there"),
                Arguments.of(
                        ok(LIST),
                        ok(USER),
                        Map.of("INTERNAL_API_LIST_POINTER", "/value"),
                        List.of(),
                        "response shape",
                        "FAIL " + LISTING + "the answer does not hold what was asked for, HTTP 200. "
                                + "Remedy: check INTERNAL_API_LIST_POINTER, INTERNAL_API_DEPARTMENT_PATH and INTERNAL_API_TOTAL.",
                        "a list that is not there"));
    }

    @ParameterizedTest
    @MethodSource
    void tellsWhatIsWrong(
            String list,
            String user,
            Map<String, String> further,
            List<String> options,
            String stage,
            String said,
            String reason)
            throws Exception {
        RawApi.Answering answering =
                (request, socket) -> RawApi.write(socket, request.target().startsWith("/users/") ? user : list);
        try (RawApi api = new RawApi(answering)) {
            Map<String, String> settings = new HashMap<>(ServerProcess.settings(api.url(), folder));
            settings.putAll(further);
            String[] arguments =
                    Stream.concat(Stream.of("check"), options.stream()).toArray(String[]::new);
            Run run = Run.of(settings, folder, arguments);
            assertEquals(said, run.stage(stage), reason + "\n" + run.out());
            assertEquals(said.startsWith("ok") ? 0 : 1, run.status(), reason);
            assertEquals(
                    1, run.out().lines().filter(line -> line.contains(stage)).count(), reason);
            String all = run.out() + run.err();
            assertFalse(all.matches("(?s).*(Ada|Byron|corp\\.example|" + ServerProcess.TOKEN + "|127\\.0).*"), all);
        }
    }

    @Test
    void givesAllOfItAsJson() throws Exception {
        try (RawApi api = RawApi.always(response("401 Unauthorized", "{}"))) {
            Run run = Run.of(ServerProcess.settings(api.url(), folder), folder, "check", "--json");
            JsonNode report = ServerProcess.parse(run.out());
            assertEquals(1, run.status());
            assertFalse(report.path("ok").asBoolean(true));
            assertEquals(
                    List.of(
                            "settings ok",
                            "audit log ok",
                            "disclosure ok",
                            "address lookup ok",
                            "connection ok",
                            "TLS ok",
                            "credential failed"),
                    StreamSupport.stream(report.path("stages").spliterator(), false)
                            .map(stage -> stage.path("stage").asText() + " "
                                    + stage.path("status").asText())
                            .toList());
            assertFalse((run.out() + run.err()).contains(ServerProcess.TOKEN));
        }
    }

    @Test
    void tellsOfWrongSettingsAsAStage() throws Exception {
        Run run = Run.of(Map.of("INTERNAL_API_TOKEN", ServerProcess.TOKEN), folder, "check");
        assertEquals(3, run.status());
        assertEquals(
                "FAIL INTERNAL_API_URL is required: the address of the internal user API, for example "
                        + "https://users.corp.example/v1. Remedy: correct what is named.",
                run.stage("settings"));
    }
}
