package dev.userservice.check;

import static dev.userservice.RawApi.ok;
import static dev.userservice.RawApi.response;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.InProcess;
import dev.userservice.RawApi;
import dev.userservice.Run;
import dev.userservice.model.Json;
import dev.userservice.settings.Places;
import dev.userservice.settings.Setting;
import dev.userservice.settings.Settings;
import dev.userservice.settings.SettingsException;
import dev.userservice.tools.Catalogue;
import dev.userservice.tools.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole of {@code check} against an API over real HTTP: each stage's line, and where it stops. */
@Timeout(60)
final class SelfCheckTest {

    private static final String TOKEN = "token-0123456789abcdef";
    private static final String USER = "{\"id\":7,\"name\":\"Ada Byron\"}";
    private static final String LIST = "{\"users\":[" + USER + "]}";
    private static final String LISTING = "list_users_by_department: ";
    private static final String NOWHERE =
            "check the path in INTERNAL_API_URL, INTERNAL_API_DEPARTMENT_PATH, INTERNAL_API_DEPARTMENT_VALUES and USER_SERVICE_DEPARTMENTS";
    private static final String BOTH = "get_user, list_users_by_department";

    @TempDir
    private Path folder;

    @Test
    void reportsEveryStage() throws IOException {
        try (RawApi api = api(ok(LIST), ok(USER))) {
            Run run = check(api, Map.of());
            assertEquals("""
          ok    settings        read; tools: get_user, list_users_by_department
          ok    audit log       %s
          ok    disclosure      2000 of 2000 user records may leave now
          ok    address lookup  the API's host has 1 address
          ok    connection      the API's host accepts connections on port %d
          ok    TLS             none: the address is http
          ok    credential      accepted
          ok    response shape  list_users_by_department and get_user answer as expected
          ok    paging          the API gives a department in one answer, and nothing in it shows that there are more
          """.formatted(log(), api.port()), run.out());
            assertEquals(0, run.status());
            assertEquals("", run.err());
            String list = "/departments/engineering/users";
            assertEquals(List.of(list, "/users/7", list), api.targets());
        }
        assertEquals(
                List.of("session_start", "tool_call", "tool_call", "tool_call", "session_end"),
                Files.readAllLines(log()).stream()
                        .map(line -> member(line, "event"))
                        .toList());
        assertTrue(Files.readString(log()).contains("\"client\":\"user-service-check/development\""));
        assertTrue(Files.readString(log()).contains("\"reason\":\"end_of_input\""));
    }

    @Test
    void reportsAllAsOneJsonObject() throws IOException {
        try (RawApi api = api(response("404 Not Found", "{}"), ok(USER))) {
            assertEquals(
                    """
          {
            "ok": false,
            "stages": [
              {
                "stage": "settings",
                "status": "ok",
                "finding": "read; tools: get_user, list_users_by_department"
              },
              {
                "stage": "audit log",
                "status": "ok",
                "finding": "standard error"
              },
              {
                "stage": "disclosure",
                "status": "ok",
                "finding": "2000 of 2000 user records may leave now"
              },
              {
                "stage": "address lookup",
                "status": "ok",
                "finding": "the API's host has 1 address"
              },
              {
                "stage": "connection",
                "status": "ok",
                "finding": "the API's host accepts connections on port %d"
              },
              {
                "stage": "TLS",
                "status": "ok",
                "finding": "none: the address is http"
              },
              {
                "stage": "credential",
                "status": "ok",
                "finding": "accepted"
              },
              {
                "stage": "response shape",
                "status": "failed",
                "finding": "list_users_by_department: the API knows no such record, HTTP 404",
                "remedy": "check the path in INTERNAL_API_URL, INTERNAL_API_DEPARTMENT_PATH, INTERNAL_API_DEPARTMENT_VALUES and USER_SERVICE_DEPARTMENTS"
              }
            ]
          }
          """.formatted(api.port()),
                    check(api, Map.of("USER_SERVICE_AUDIT_FILE", "stderr"), "--json")
                            .out());
        }
    }

    @Test
    void countsWhatItDisclosesAndSaysWhatIsLeft() throws IOException {
        try (RawApi api = api(ok(LIST), ok(USER))) {
            Map<String, String> five = Map.of("USER_SERVICE_DISCLOSURE_PER_DAY", "5");
            assertEquals(0, check(api, five).status());
            Run second = check(api, five);
            assertTrue(
                    second.stage("disclosure")
                            .matches("ok 3 of 5 user records may leave now, the next from .*:00:00Z on"),
                    second.out());
            Run third = check(api, five);
            assertTrue(
                    third.stage("disclosure")
                            .matches("FAIL 1 of 5 user records may leave now, the next from .* on; a check needs 3\\."
                                    + " Remedy: wait, or raise USER_SERVICE_DISCLOSURE_PER_DAY\\."),
                    third.out());
            assertEquals(1, third.status());
            assertEquals("", third.stage("address lookup"));
        }
    }

    @Test
    void advisesNoWaitForABudgetThatIsTooSmall() throws IOException {
        try (RawApi api = api(ok(LIST), ok(USER))) {
            assertEquals(
                    "FAIL 2 of 2 user records may leave now; a check needs 3. Remedy: raise USER_SERVICE_DISCLOSURE_PER_DAY.",
                    check(api, Map.of("USER_SERVICE_DISCLOSURE_PER_DAY", "2")).stage("disclosure"));
        }
    }

    @Test
    void namesTheCallsTimeLimitWhereThatIsTooShort() throws IOException {
        try (RawApi api = api("", ok(USER))) {
            assertEquals(
                    "FAIL list_users_by_department: the call's time limit was reached. "
                            + "Remedy: find what takes so long, or raise USER_SERVICE_CALL_TIMEOUT_MS.",
                    check(api, Map.of("USER_SERVICE_CALL_TIMEOUT_MS", "400")).stage("credential"));
        }
    }

    @Test
    void stopsAtACountThatIsDamaged() throws IOException {
        Path count = log().resolveSibling("audit.jsonl.disclosed").toAbsolutePath();
        Files.writeString(count, "2026-11-24T20 12");
        try (RawApi api = api(ok(LIST), ok(USER))) {
            Run run = check(api, Map.of());
            assertEquals("ok " + log(), run.stage("audit log"));
            assertEquals(
                    "FAIL USER_SERVICE_DISCLOSURE_PER_DAY cannot be kept: the disclosure count " + count.toRealPath()
                            + " is damaged; look at what is there: deleting it begins a new count, which the audit log"
                            + " shows. Remedy: correct what is named.",
                    run.stage("disclosure"));
            assertEquals(3, run.status());
        }
    }

    static Stream<Arguments> asksWhatCanBeAsked() {
        String list = "/departments/engineering/users";
        String all = "ok list_users_by_department and get_user answer as expected";
        List<String> named = List.of("--user", "9");
        return Stream.of(
                Arguments.of(BOTH, List.of(), List.of(list, "/users/7", list), all, "a user found in the list"),
                Arguments.of(BOTH, named, List.of(list, "/users/9", list), all, "the user named, list first"),
                Arguments.of(
                        "list_users_by_department",
                        List.of(),
                        List.of(list, list),
                        "ok list_users_by_department answers as expected",
                        "the list alone"),
                Arguments.of(
                        "get_user",
                        List.of(),
                        List.of("/users/2147483647"),
                        "ok get_user answers as expected",
                        "somebody whom nobody is"),
                Arguments.of(
                        "get_user", named, List.of("/users/9"), "ok get_user answers as expected", "the user alone"));
    }

    @ParameterizedTest
    @MethodSource
    void asksWhatCanBeAsked(String tools, List<String> options, List<String> targets, String said, String reason)
            throws IOException {
        RawApi.Answering answering = (request, socket) -> {
            String id = request.target().replaceFirst(".*/", "");
            String user = id.startsWith("99") ? response("404 Not Found", "{}") : ok(USER.replace("7", id));
            RawApi.write(socket, request.target().startsWith("/users/") ? user : ok(LIST));
        };
        try (RawApi api = new RawApi(answering)) {
            Run run = check(api, Map.of("USER_SERVICE_TOOLS", tools), options.toArray(String[]::new));
            assertEquals(said, run.stage("response shape"), reason);
            assertEquals("ok accepted", run.stage("credential"), reason);
            assertEquals("ok read; tools: " + tools, run.stage("settings"), reason);
            assertEquals(targets, api.targets(), reason);
            assertEquals(0, run.status(), reason);
        }
    }

    static Stream<Arguments> stopsAtTheFirstStageThatFails() {
        String reached = "the API can be reached but ";
        String answer = "check INTERNAL_API_URL and the paths against the API";
        String pages = "check INTERNAL_API_URL and the paths, and INTERNAL_API_PAGINATION with the settings "
                + "that belong to it, against the API";
        String redirect =
                "redirects are never followed: set INTERNAL_API_URL and the paths to where it leads; where that is "
                        + "a page to sign in, the API does not take the token";
        String status = "the API answered with a status that nothing here expects, HTTP ";
        return Stream.of(
                failure(
                        response("401 Unauthorized", "{}"),
                        "credential",
                        "the API refused the credential, HTTP 401",
                        "check the token, INTERNAL_API_AUTH_HEADER and INTERNAL_API_AUTH_SCHEME"),
                failure(
                        response("403 Forbidden", "{}"),
                        "credential",
                        "the API does not permit the account to do this, HTTP 403",
                        "let the service account read users, and check the token"),
                failure(
                        response("404 Not Found", "{}"),
                        "response shape",
                        "the API knows no such record, HTTP 404",
                        NOWHERE),
                failure(response("300 Choices", "{}"), "response shape", status + "300", redirect),
                failure(response("399 Odd", "{}"), "response shape", status + "399", redirect),
                failure(response("400 Bad", "{}"), "response shape", status + "400", pages),
                failure(response("422 Bad", "{}"), "response shape", status + "422", pages),
                failure(
                        response("406 Odd", "{}"),
                        "response shape",
                        status + "406",
                        "have the API, or a gateway before it, accept the header Accept: application/json"),
                failure(response("418 Odd", "{}"), "response shape", status + "418", answer),
                failure(response("299 Odd", "{}"), "response shape", status + "299", answer),
                failure(
                        response("407 Proxy", "{}"),
                        "response shape",
                        "a proxy asks for credentials, HTTP 407",
                        "proxy credentials are not supported: have the proxy let this machine through without them, "
                                + "or name the host in NO_PROXY (in http.nonProxyHosts where a property of the JVM names the proxy)"),
                failure(
                        response("503 Busy", "{}"),
                        "credential",
                        "the API answered that it is failing or too busy, HTTP 503",
                        reached + "does not serve: check its health"),
                failure(
                        "",
                        "credential",
                        "the API did not answer in time",
                        reached + "is slow: check its health, or raise INTERNAL_API_TIMEOUT_MS"),
                failure(
                        ok("{\"users\":7}"),
                        "response shape",
                        "the answer does not hold what was asked for, HTTP 200",
                        "check INTERNAL_API_LIST_POINTER, INTERNAL_API_DEPARTMENT_PATH and INTERNAL_API_TOTAL"));
    }

    private static Arguments failure(String list, String stage, String finding, String remedy) {
        return Arguments.of(list, stage, "FAIL " + LISTING + finding + ". Remedy: " + remedy + ".");
    }

    @ParameterizedTest
    @MethodSource
    void stopsAtTheFirstStageThatFails(String list, String stage, String said) throws IOException {
        try (RawApi api = api(list, ok(USER))) {
            String limit = list.isEmpty() ? "400" : "20000"; // short only for the API that does not answer
            Run run = check(api, Map.of("INTERNAL_API_TIMEOUT_MS", limit));
            assertEquals(said, run.stage(stage), run.out());
            assertEquals(1, run.status());
            assertTrue(run.out().endsWith(said.substring(5) + "\n"), "nothing after it");
            boolean accepted = stage.equals("response shape");
            assertEquals(accepted ? "ok accepted" : said, run.stage("credential"), "the API gave an answer");
            assertEquals(1, api.targets().size());
        }
    }

    @Test
    void blamesThePathOfAUserWhoIsNotThere() throws IOException {
        try (RawApi api = api(ok(LIST), response("404 Not Found", "{}"))) {
            assertEquals(
                    "FAIL get_user: the API knows no such record, HTTP 404. "
                            + "Remedy: check the path in INTERNAL_API_URL, INTERNAL_API_USER_PATH and the user's ID.",
                    check(api, Map.of()).stage("response shape"));
        }
    }

    @Test
    void blamesThePointerToARecordThatIsNotThere() throws IOException {
        try (RawApi api = api(ok(LIST), ok(USER))) {
            assertEquals(
                    "FAIL get_user: the answer holds no record at INTERNAL_API_RECORD_POINTER, HTTP 200. "
                            + "Remedy: check INTERNAL_API_RECORD_POINTER, INTERNAL_API_USER_PATH and the user's ID.",
                    check(api, Map.of("INTERNAL_API_RECORD_POINTER", "/user")).stage("response shape"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "get_user                 | ada | --user must be a string of 1 to 18 digits, for example \"123\"",
                "list_users_by_department | 7   | --user: no tool that is offered takes a user's ID",
            })
    void refusesAUserWhomNoToolCanUse(String tools, String user, String sentence) throws IOException {
        try (RawApi api = api(ok(LIST), ok(USER))) {
            Run run = check(api, Map.of("USER_SERVICE_TOOLS", tools), "--user", user);
            assertEquals(2, run.status());
            assertEquals("", run.out());
            assertTrue(run.err().startsWith("user-service: " + sentence + "\n"), run.err());
            assertEquals(List.of(), api.targets());
        }
    }

    @Test
    void goesOnToADepartmentThatHasAUser() throws IOException {
        try (RawApi api = RawApi.of(Map.of(
                "/departments/engineering/users",
                "{\"users\":[]}",
                "/departments/product/users",
                LIST,
                "/users/7",
                USER.replace("}", ",\"department\":\"Product\"}")))) {
            Run run = check(api, Map.of());
            assertEquals(0, run.status(), run.out());
            assertEquals(4, api.targets().size());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "client, /total,         false, counts what it holds itself",
        "offset, /total,         true,  a total of 0 hides everybody",
        "offset, header:X-Total, true,  in a header too",
        "offset, '',             false, there is none",
    })
    void blamesTheTotalWhereItCanHideEverybody(String paging, String total, boolean blamed, String reason)
            throws IOException {
        try (RawApi api = api(ok("{\"users\":[]}"), ok(USER))) {
            Map<String, String> settings = Map.of("INTERNAL_API_PAGINATION", paging, "INTERNAL_API_TOTAL", total);
            String stage = check(api, settings).stage("response shape");
            assertTrue(stage.startsWith("FAIL list_users_by_department finds nobody at all. "), stage);
            assertEquals(blamed, stage.contains("INTERNAL_API_TOTAL"), reason);
        }
    }

    @Test
    void failsWhereNobodyIsInAnyDepartment() throws IOException {
        try (RawApi api = api(ok("{\"users\":[]}"), ok(USER))) {
            Run run = check(api, Map.of());
            assertEquals("ok accepted", run.stage("credential"));
            assertEquals(
                    "FAIL list_users_by_department finds nobody at all. Remedy: " + NOWHERE + ".",
                    run.stage("response shape"));
            assertEquals(4, api.targets().size(), "every department");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "engineering,  '',          true,  our name",
        "Engineering,  '',          true,  our name in other letters",
        "sales,        '',          false, another department",
        "R and D,      r and d,     true,  the API's value",
        "engineering,  R and D,     true,  our name all the same",
        "R and D,      5,           true,  a number has any name",
        "sales,        123e4567-e89b-12d3-a456-426614174000, true, a UUID has any name",
    })
    void wantsTheUserToBeOfTheDepartment(String department, String value, boolean fits, String reason)
            throws IOException {
        String user = USER.replace("}", ",\"department\":\"" + department + "\"}");
        RawApi.Answering answering =
                (request, socket) -> RawApi.write(socket, ok(request.target().startsWith("/users/") ? user : LIST));
        try (RawApi api = new RawApi(answering)) {
            Map<String, String> values =
                    value.isEmpty() ? Map.of() : Map.of("INTERNAL_API_DEPARTMENT_VALUES", "engineering=" + value);
            String unfit = "FAIL a user whom list_users_by_department finds is not one of those asked for. "
                    + "Remedy: check the filter in INTERNAL_API_DEPARTMENT_PATH: the API may ignore it; and "
                    + "INTERNAL_API_DEPARTMENT_VALUES, and department in INTERNAL_API_FIELD_MAP.";
            String good = "ok list_users_by_department and get_user answer as expected";
            assertEquals(fits ? good : unfit, check(api, values).stage("response shape"), reason);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 OK        | 8 | sales       | 100 |   | 5 | false | the filter is ignored",
                "200 OK        | 8 | sales       | 100 | 9 | 5 | false | whoever is asked for besides",
                "200 OK        | 8 | engineering | 100 |   | 5 | true  | both are of it",
                "200 OK        | 9 | sales       | 100 |   | 5 | true  | about another user, so about no department",
                "403 Forbidden | 8 | sales       | 100 |   | 5 | true  | a user whom the account may not read",
                "200 OK        | 8 | sales       | 99  |   | 3 | true  | no user more than a check needs",
            })
    void wantsTheLastUserToBeOfTheDepartmentToo(
            String status,
            int id,
            String department,
            String budget,
            String named,
            int calls,
            boolean fits,
            String reason)
            throws IOException {
        String list = ok(LIST.replace("]", ",{\"id\":6,\"name\":\"Eve\"},{\"id\":8,\"name\":\"Tom\"}]"));
        String next = response(status, "{\"id\":%d,\"name\":\"Tom\",\"department\":\"%s\"}".formatted(id, department));
        RawApi.Answering answering = (request, socket) -> {
            String asked = request.target().replaceFirst("/users/(?=[0-9])", "");
            String user = asked.equals("8") ? next : ok(USER.replace("7", asked));
            RawApi.write(socket, asked.startsWith("/") ? list : user);
        };
        try (RawApi api = new RawApi(answering)) {
            String[] options = named == null ? new String[0] : new String[] {"--user", named};
            Run run = check(api, Map.of("USER_SERVICE_DISCLOSURE_PER_DAY", budget), options);
            String unfit = "FAIL a user whom list_users_by_department finds is not one of those asked for. "
                    + "Remedy: check the filter in INTERNAL_API_DEPARTMENT_PATH: the API may ignore it; and "
                    + "INTERNAL_API_DEPARTMENT_VALUES, and department in INTERNAL_API_FIELD_MAP.";
            String good = "ok the API gives a department in one answer, and nothing in it shows that there are more";
            assertEquals(fits ? good : unfit, run.stage("paging"), reason);
            assertEquals(calls, api.targets().size(), reason);
        }
    }

    @Test
    void findsThatEveryPageBeginsWithTheSameUser() throws IOException {
        RawApi.Answering deaf =
                (request, socket) -> RawApi.write(socket, ok(request.target().startsWith("/users/") ? USER : LIST));
        try (RawApi api = new RawApi(deaf)) {
            Run run = check(api, Map.of("INTERNAL_API_PAGINATION", "offset"));
            assertTrue(run.stage("paging").startsWith("FAIL list_users_by_department: "), run.out());
            assertTrue(run.stage("paging").contains("INTERNAL_API_"), run.out());
            assertEquals(1, run.status());
        }
    }

    /** Of pages the second user is in the first, so only a further page shows it. */
    @Test
    void findsThatEveryPageIsTheFirst() throws IOException {
        try (RawApi api = api(ok(LIST), ok(USER))) {
            Run run = check(api, Map.of("INTERNAL_API_PAGINATION", "page"));
            assertEquals(
                    "FAIL list_users_by_department: the answer repeats users of a page before it: "
                            + "the API does not go by the parameter page, HTTP 200. Remedy: check "
                            + "INTERNAL_API_PAGINATION, INTERNAL_API_START_PARAM and INTERNAL_API_START_FIRST.",
                    run.stage("paging"),
                    run.out());
        }
    }

    /** Sixty users in pages of twenty, whatever is asked for. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "page | 1 | /total | 3 | ok a further page begins with another user",
                "page | 1 | ''     | 6 | ok no further page was found",
                "p    | 1 | /total | 3 | FAIL INTERNAL_API_START_PARAM",
                "p    | 1 | ''     | 6 | FAIL INTERNAL_API_START_PARAM",
                "page | 0 | /total | 3 | FAIL INTERNAL_API_TOTAL",
            })
    void looksAtAFurtherPageThoughPagesAreSmall(String parameter, int first, String total, int page, String said)
            throws IOException {
        RawApi.Answering answering = (request, socket) -> {
            Matcher number = Pattern.compile("[?&]" + parameter + "=(\\d+)").matcher(request.target());
            int from = 20 * (number.find() ? Integer.parseInt(number.group(1)) - first : 0);
            ObjectNode answer = users(from, Math.min(60, from + 20)).put("total", 60);
            String id = request.target().replaceFirst("/users/(?=[0-9])", "");
            RawApi.write(socket, ok(id.startsWith("/") ? Json.text(answer) : USER.replace("7", id)));
        };
        try (RawApi api = new RawApi(answering)) {
            Run run = check(api, Map.of("INTERNAL_API_PAGINATION", "page", "INTERNAL_API_TOTAL", total));
            String stage = run.stage("paging");
            assertTrue(stage.startsWith(said.substring(0, 4)), run.out());
            assertTrue(stage.contains(said.substring(5)), run.out());
            assertTrue(
                    api.targets().toString().contains("limit=100&page=" + page),
                    api.targets().toString());
        }
    }

    /** 150 users in pages; {@code sent} counts those of one answer. Without a total nothing says which is the first. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | ''    | 999 | 200 OK          | 100 | FAIL INTERNAL_API_START_FIRST | the first page is 0",
                "1 | ''    | 999 | 200 OK          | 100 | ok                            | it is 1",
                "1 | ''    | 20  | 200 OK          | 100 | ok                            | pages are small",
                "1 | ''    | 999 | 400 Bad Request | 100 | ok                            | there is one size only",
                "1 | ''    | 999 | 500 Trouble     | 100 | ok                            | whatever becomes of it",
                "1 | ''    | 999 | 200 Nobody      | 100 | ok                            | nobody is no finding",
                "0 | ''    | 999 | 200 OK          | 99  | ok                            | no user more than needed",
                "1 | /sent | 20  | 200 OK          | 100 | FAIL INTERNAL_API_TOTAL       | the total is a page's",
                "1 | /all  | 20  | 200 OK          | 100 | ok                            | it is the list's",
            })
    void comparesSmallPages(int first, String total, int most, String status, String budget, String said, String reason)
            throws IOException {
        Part part = (limit, page) -> {
            int size = Math.min(most, limit);
            int from = (page - first) * size;
            boolean nobody = status.endsWith("Nobody") && size == 5;
            ObjectNode answer = users(from, nobody ? from : Math.min(150, from + size));
            answer.put("all", 150).put("sent", answer.path("users").size());
            return response(size == 5 ? status : "200 OK", Json.text(answer));
        };
        try (RawApi api = list(part)) {
            Run run = check(
                    api,
                    Map.of(
                            "INTERNAL_API_PAGINATION", "page",
                            "INTERNAL_API_TOTAL", total,
                            "USER_SERVICE_DISCLOSURE_PER_DAY", budget));
            String stage = run.stage("paging");
            assertTrue(stage.startsWith(said.split(" ")[0]), reason + run.out());
            assertTrue(stage.contains(said.replaceFirst("\\w+ ?", "")), reason + run.out());
        }
    }

    /** Nine users: what stands in front of each parameter is what the API takes it for. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "user | ''     | 200 | 6 | ok a further page begins with another user",
                "user | /total | 200 | 7 | ok a further page begins with another user",
                "user | /total | 100 | 7 | ok a further page begins with another user",
                "user | /total | 99  | 3 | ok a further page begins with another user",
                "page | ''     | 200 | 5 | FAIL list_users_by_department: pages contradict one another. "
                        + "Remedy: check INTERNAL_API_PAGINATION, INTERNAL_API_LIMIT_PARAM, INTERNAL_API_START_PARAM "
                        + "and INTERNAL_API_START_FIRST, and that no two users are equal in the order of the list.",
                "page | ''     | 99  | 3 | ok a further page begins with another user",
                "user | /all   | 200 | 6 | FAIL list_users_by_department: there are fewer users than the total says, HTTP 200. "
                        + "Remedy: check INTERNAL_API_TOTAL, and INTERNAL_API_PAGINATION with the settings that belong "
                        + "to it.",
                "user | /all   | 99  | 3 | ok a further page begins with another user",
                "user | /sent  | 200 | 4 | FAIL list_users_by_department: pages contradict one another. "
                        + "Remedy: check INTERNAL_API_TOTAL.",
            })
    void comparesPagesOfDifferentSizes(String offsetIsOfA, String total, String budget, int calls, String said)
            throws IOException {
        try (RawApi api = list((limit, offset) -> ok(nine(limit, offset, offsetIsOfA.equals("page"))))) {
            Map<String, String> settings = Map.of(
                    "INTERNAL_API_PAGINATION", "offset",
                    "INTERNAL_API_TOTAL", total,
                    "USER_SERVICE_DISCLOSURE_PER_DAY", budget);
            Run run = check(api, settings);
            assertEquals(said, run.stage("paging"), run.out());
            assertEquals(
                    calls,
                    Files.readAllLines(log()).stream()
                            .filter(line -> member(line, "event").equals("tool_call"))
                            .count());
            assertEquals(said.startsWith("ok") ? 0 : 1, run.status());
        }
    }

    private static String nine(int limit, int offset, boolean offsetIsOfAPage) {
        int from = offset * (offsetIsOfAPage ? limit : 1);
        ObjectNode answer =
                users(from, Math.min(9, from + limit)).put("total", 9).put("all", 12);
        return Json.text(answer.put("sent", answer.path("users").size()));
    }

    /** No total is known, and of two users the second is of another department: the filter is ignored. */
    @ParameterizedTest
    @CsvSource({
        "1, ok, ok no further page was found",
        "2, FAIL, INTERNAL_API_DEPARTMENT_PATH",
    })
    void takesTheFirstUserForNoFurtherOne(int size, String status, String said) throws IOException {
        RawApi.Answering answering = (request, socket) -> {
            Matcher query = Pattern.compile("limit=(\\d+)&offset=(\\d+)").matcher(request.target());
            String id = request.target().replaceFirst(".*/", "");
            String department = id.equals("1") ? "sales" : "engineering";
            ObjectNode answer = Json.object().put("id", id).put("name", "Ada").put("department", department);
            if (query.find()) {
                int from = Integer.parseInt(query.group(2));
                answer = users(from, Math.min(size, from + Integer.parseInt(query.group(1))));
            }
            RawApi.write(socket, ok(Json.text(answer)));
        };
        try (RawApi api = new RawApi(answering)) {
            String stage =
                    check(api, Map.of("INTERNAL_API_PAGINATION", "offset")).stage("paging");
            assertTrue(stage.startsWith(status), stage);
            assertTrue(stage.contains(said), stage);
        }
    }

    /** The API refuses to say who stands after the last. */
    @ParameterizedTest
    @CsvSource({"offset, 1, 200", "offset, 1, 99", "offset, 2, 200", "page, 1, 200", "page, 2, 200"})
    void asksNobodyToAnswerForNobody(String paging, int size, String budget) throws IOException {
        Part part = (limit, start) -> {
            int from = start * (paging.equals("page") ? limit : 1);
            ObjectNode answer = users(from, Math.min(size, from + limit)).put("total", size);
            return from < size ? ok(Json.text(answer)) : response("400 Bad Request", "{}");
        };
        try (RawApi api = list(part)) {
            Map<String, String> settings = Map.of(
                    "INTERNAL_API_PAGINATION",
                    paging,
                    "INTERNAL_API_START_PARAM",
                    "from",
                    "INTERNAL_API_START_FIRST",
                    "0",
                    "USER_SERVICE_DISCLOSURE_PER_DAY",
                    budget);
            Run run = check(api, settings);
            assertEquals(0, run.status(), run.out());
        }
    }

    @Test
    void needsNoFurtherPagesWhereTheRateForbidsThem() throws IOException {
        try (RawApi api = list((limit, offset) -> ok(nine(limit, offset, true)))) {
            Run run = check(
                    api,
                    Map.of(
                            "INTERNAL_API_PAGINATION", "offset",
                            "USER_SERVICE_RATE_PER_MINUTE", "1",
                            "USER_SERVICE_RATE_BURST", "3"));
            assertEquals(0, run.status(), run.out());
        }
    }

    @Test
    void needsNoFurtherPagesWhereTheApiIsTooBusyForThem() throws IOException {
        Part part = (limit, offset) ->
                limit > 1 || offset == 8 ? response("503 Busy", "{}") : ok(nine(limit, offset, false));
        try (RawApi api = list(part)) {
            Run run = check(api, Map.of("INTERNAL_API_PAGINATION", "offset", "INTERNAL_API_RETRIES", "0"));
            assertEquals(0, run.status(), run.out());
            assertTrue(api.targets().toString().contains("limit=1&offset=8"), "the last of nine was asked for");
        }
    }

    @Test
    void namesTheFieldOfAnotherType() throws IOException {
        try (RawApi api = api(ok(LIST), ok("{\"id\":7,\"name\":\"Ada\",\"status\":true}"))) {
            assertEquals(
                    "FAIL get_user: the field status is of type boolean, HTTP 200. "
                            + "Remedy: give its value a word in INTERNAL_API_STATUS_VALUES.",
                    check(api, Map.of()).stage("response shape"));
        }
    }

    @Test
    void saysWhichPresetIsInForce() throws IOException {
        try (RawApi api = api("", "")) {
            Run run = check(api, Map.of("INTERNAL_API_PRESET", "scim", "INTERNAL_API_TOTAL", "/n"));
            assertEquals(
                    "ok read; preset: scim, but for INTERNAL_API_TOTAL; tools: get_user, list_users_by_department",
                    run.stage("settings"));
        }
    }

    @Test
    void saysSoWhereTheRateIsTooLow() throws IOException {
        try (RawApi api = api(ok(LIST), ok(USER))) {
            Run run = check(api, Map.of("USER_SERVICE_RATE_PER_MINUTE", "1", "USER_SERVICE_RATE_BURST", "1"));
            String said = run.stage("response shape");
            assertTrue(said.startsWith("FAIL get_user: "), said);
            assertTrue(said.endsWith(". Remedy: raise USER_SERVICE_RATE_PER_MINUTE."), said);
        }
    }

    @Test
    void blamesATokenFileThatIsGone() throws IOException {
        Path token = Files.writeString(folder.resolve("token"), TOKEN);
        RawApi.Answering answering = (request, socket) -> {
            Files.deleteIfExists(token);
            RawApi.write(socket, ok(LIST));
        };
        try (RawApi api = new RawApi(answering)) {
            Run run = check(api, Map.of("INTERNAL_API_TOKEN", "", "INTERNAL_API_TOKEN_FILE", token.toString()));
            assertTrue(run.out().contains("\nFAIL  credential      get_user: "), run.out());
            assertTrue(run.out().endsWith(". Remedy: check INTERNAL_API_TOKEN_FILE.\n"), run.out());
            assertEquals(1, run.status());
        }
    }

    @Test
    void blamesAnAuditLogThatTakesNoMoreLines() throws IOException {
        RawApi.Answering answering = (request, socket) -> {
            Files.delete(log());
            Files.createDirectory(log());
            RawApi.write(socket, ok(LIST));
        };
        try (RawApi api = new RawApi(answering)) {
            Run run = check(api, Map.of());
            assertEquals(
                    "FAIL  audit log       list_users_by_department: the audit line could not be written, HTTP 200. "
                            + "Remedy: check USER_SERVICE_AUDIT_FILE.",
                    run.out().lines().reduce("", (before, line) -> line));
            assertEquals(1, run.status());
        }
    }

    @Test
    void tellsOfWrongSettingsAsTheFirstStage() {
        Run run = new InProcess(folder)
                .with("INTERNAL_API_TOKEN", TOKEN)
                .with("USER_SERVICE_RATE_BURST", "0")
                .run("check");
        assertEquals("""
        FAIL  settings        INTERNAL_API_URL is required: the address of the internal user API, for example \
        https://users.corp.example/v1.
                              USER_SERVICE_RATE_BURST must be a whole number from 1 to 1000000. \
        Remedy: correct what is named.
        """, run.out());
        assertEquals(3, run.status());
    }

    @Test
    void tellsOfWrongSettingsAsJson() {
        Run run = new InProcess(folder)
                .run("check", "--json", "--env-file", folder.resolve("missing").toString());
        assertEquals("""
        {
          "ok": false,
          "stages": [
            {
              "stage": "settings",
              "status": "failed",
              "finding": "--env-file %s cannot be used: not there",
              "remedy": "correct what is named"
            }
          ]
        }
        """.formatted(folder.resolve("missing")), run.out());
        assertEquals(3, run.status());
    }

    @Test
    void tellsOfAnUnusableAuditLogAsTheSecondStage() throws IOException {
        try (RawApi api = api(ok(LIST), ok(USER))) {
            Run run = check(api, Map.of("USER_SERVICE_AUDIT_FILE", folder.toString(), "INTERNAL_API_TIMEOUT", "1"));
            assertEquals("""
          ok    settings        read; tools: get_user, list_users_by_department
          FAIL  audit log       USER_SERVICE_AUDIT_FILE cannot be used: %s: no regular file; \
          without an audit log the program does not run. Remedy: correct what is named.
          """.formatted(folder), run.out());
            assertEquals(
                    "INTERNAL_API_TIMEOUT is not a setting of this program and is ignored; check its spelling\n",
                    run.err());
            assertEquals(3, run.status());
            assertEquals(List.of(), api.targets());
        }
    }

    @Test
    void stopsBeforeAnythingIsSentWhereTheApiIsNotThere() throws IOException {
        String nobody = "http://127.0.0.1:1"; // a port that was free a moment ago may be somebody's by now
        Run run = check(api("", ""), Map.of("INTERNAL_API_URL", nobody));
        assertTrue(run.stage("connection").startsWith("FAIL the API's host accepts no connection on port "), run.out());
        assertEquals(1, run.status());
        assertEquals(
                List.of("session_start", "session_end"),
                Files.readAllLines(log()).stream()
                        .map(line -> member(line, "event"))
                        .toList());
    }

    @Test
    void namesOnlySettingsThatThereAreWhereNothingIsFound() {
        Map<String, String> environment = Map.of("INTERNAL_API_URL", "https://localhost", "INTERNAL_API_TOKEN", TOKEN);
        List<String> known = Arrays.stream(Setting.values()).map(Setting::name).toList();
        List<String> named = tools(environment).stream()
                .flatMap(tool -> Pattern.compile("[A-Z_]{3,}")
                        .matcher(tool.trial().notFoundRemedy())
                        .results())
                .map(found -> found.group())
                .toList();
        assertFalse(named.isEmpty());
        assertTrue(known.containsAll(named), named.toString());
    }

    private static List<Tool> tools(Map<String, String> environment) {
        try {
            Settings settings = Settings.read(new Places(environment, Map.of()), Optional.empty(), "1");
            return Catalogue.of(settings.layout(), settings.tools(), settings.fields(), settings.departments());
        } catch (SettingsException e) {
            throw new AssertionError(e);
        }
    }

    private Run check(RawApi api, Map<String, String> further, String... options) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "INTERNAL_API_URL",
                api.url(),
                "INTERNAL_API_TOKEN",
                TOKEN,
                "INTERNAL_API_RETRIES",
                "0",
                "USER_SERVICE_AUDIT_FILE",
                log().toString(),
                "USER_SERVICE_TOOLS",
                BOTH));
        environment.putAll(further);
        String[] arguments =
                Stream.concat(Stream.of("check"), Arrays.stream(options)).toArray(String[]::new);
        return new InProcess(folder).with(environment).run(arguments);
    }

    private Path log() {
        return folder.resolve("audit.jsonl");
    }

    private static RawApi api(String list, String user) {
        try {
            return new RawApi(
                    (request, socket) -> RawApi.write(socket, request.target().startsWith("/users/") ? user : list));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The response to whoever asks for so many users, from a number on. */
    @FunctionalInterface
    private interface Part {
        String of(int limit, int start);
    }

    /** An API of a list in parts, and of its users. */
    private static RawApi list(Part part) throws IOException {
        return new RawApi((request, socket) -> {
            Matcher query = Pattern.compile("limit=(\\d+)&\\w+=(\\d+)").matcher(request.target());
            String answer = query.find()
                    ? part.of(Integer.parseInt(query.group(1)), Integer.parseInt(query.group(2)))
                    : ok(USER.replace("7", request.target().replaceFirst(".*/", "")));
            RawApi.write(socket, answer);
        });
    }

    private static ObjectNode users(int from, int to) {
        ObjectNode answer = Json.object();
        ArrayNode users = answer.putArray("users");
        IntStream.range(from, to).forEach(id -> users.addObject().put("id", id).put("name", "Ada"));
        return answer;
    }

    private static String member(String line, String name) {
        return Arrays.stream(line.split(","))
                .filter(part -> part.startsWith("\"" + name + "\":"))
                .map(part -> part.split(":")[1].replace("\"", ""))
                .collect(Collectors.joining());
    }
}
