package dev.userservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import okhttp3.mockwebserver.MockResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The README's examples, word for word, at directories as they are documented; and what {@code check} finds there. */
final class PresetIT {

    private static final String VALUES = "human-resources=" + DirectoryApi.DEPARTMENT;

    private static final String DJANGO = "One that pages by number,";
    private static final String SPRING = "One that counts pages from 0,";
    private static final String REDMINE = "One that knows departments by a number";
    private static final String SHAPE = "response shape";
    private static final String LISTING = "FAIL list_users_by_department: ";
    private static final String UNFIT = "FAIL a user whom list_users_by_department finds is not one of those asked "
            + "for. Remedy: check the filter in INTERNAL_API_DEPARTMENT_PATH: the API may ignore it; and "
            + "INTERNAL_API_DEPARTMENT_VALUES, and department in INTERNAL_API_FIELD_MAP.";
    private static final String MORE = LISTING + "there are more users in the answer than were asked for with the "
            + "parameter %s, HTTP 200. Remedy: check INTERNAL_API_PAGINATION and INTERNAL_API_LIMIT_PARAM.";
    private static final String AGAIN = LISTING + "the answer repeats users of a page before it: "
            + "the API does not go by the parameter %s, HTTP 200. Remedy: check INTERNAL_API_PAGINATION, "
            + "INTERNAL_API_START_PARAM and INTERNAL_API_START_FIRST.";
    private static final String PARTIAL = LISTING + "the answer is one page of several, ";
    private static final String NEXT = "as %s shows, HTTP 200. Remedy: set INTERNAL_API_PAGINATION to "
            + "link, with INTERNAL_API_NEXT_POINTER=%s, where that is an address, otherwise to offset or page.";
    private static final Map<String, String> WHOLE = Map.of("INTERNAL_API_PAGINATION", "client");

    @TempDir
    private Path folder;

    static Stream<Arguments> worksByTheReadmesExampleAlone() {
        return Stream.of(
                Arguments.of(Directory.SCIM, "SCIM 2.0:", "human-resources", 120, true, """
                        "name":"Ada1 Byron","email":"ada1@corp.example","status":"inactive","department":"Human Resources"}"""),
                Arguments.of(Directory.KEYCLOAK, "Keycloak:", "human-resources", 250, false, """
                        "name":"Ada1 Byron","email":"ada1@corp.example","status":"disabled","department":"Human Resources"}"""),
                Arguments.of(Directory.OKTA, "Okta:", "human-resources", 260, false, """
                        "name":"Ada1 Byron","email":"ada1@corp.example","status":"ACTIVE","department":"Human Resources"}"""),
                Arguments.of(Directory.GRAPH, "Microsoft Graph:", "human-resources", 1010, false, """
                        "name":"Ada1 Byron","status":"disabled","department":"Human Resources"}"""),
                Arguments.of(Directory.DJANGO, DJANGO, "human-resources", 130, true, """
                        "name":"Ada1 Byron","email":"ada1@corp.example","department":"Human Resources"}"""),
                Arguments.of(Directory.SPRING, SPRING, "human-resources", 260, true, """
                        "name":"Ada1 Byron","email":"ada1@corp.example","department":"Human Resources"}"""),
                Arguments.of(Directory.REDMINE, REDMINE, "sales", 260, true, """
                        "name":"Ada1 Byron","email":"ada1@corp.example","status":"active"}"""),
                Arguments.of(Directory.PLAIN, "Any other API", "human-resources", 120, true, """
                        "name":"Ada1 Byron"}"""));
    }

    /**
     * @param size more than the directory gives out at once, and with a whole last page where it says no total
     * @param total whether the directory says how many there are
     * @param released of the first user, after the ID
     */
    @ParameterizedTest
    @MethodSource
    void worksByTheReadmesExampleAlone(
            Directory directory, String heading, String department, int size, boolean total, String released)
            throws Exception {
        try (DirectoryApi api = new DirectoryApi(directory, size);
                TokenEndpoint tokens = new TokenEndpoint()) {
            Map<String, String> settings = settings(api, tokens, heading);
            if (directory != Directory.REDMINE) {
                settings.put("USER_SERVICE_DEPARTMENTS", "engineering,human-resources");
                settings.put("INTERNAL_API_DEPARTMENT_VALUES", VALUES);
            }
            try (ServerProcess server = ServerProcess.start(settings, folder, "--env-file", "example.env")) {
                server.initialize();
                List<String> ids = api.ids();
                for (int limit : new int[] {7, 50, 100}) {
                    assertEquals(ids, walk(server, department, limit, total ? size : -1), "by " + limit);
                }
                server.callUser("1", ids.get(0));
                assertEquals(
                        "{\"id\":\"" + ids.get(0) + "\"," + released,
                        server.answer("1").at("/result/structuredContent").toString(),
                        server.stderr());
            }
            Run check = Run.of(settings, folder, "check", "--env-file", "example.env");
            assertPasses(check, directory);
        }
    }

    private static void assertPasses(Run check, Directory directory) {
        boolean preset = List.of("SCIM", "KEYCLOAK", "OKTA", "GRAPH").contains(directory.name());
        String named = preset ? "; preset: " + directory.name().toLowerCase(Locale.ROOT) : "";
        assertEquals(0, check.status(), check.out());
        assertEquals("ok read" + named + "; tools: get_user, list_users_by_department", check.stage("settings"));
        assertEquals(
                "ok list_users_by_department and get_user answer as expected",
                check.stage("response shape"),
                check.out());
        String pages = directory == Directory.PLAIN
                ? "the API gives a department in one answer, and nothing in it shows that there are more"
                : "a further page begins with another user";
        assertEquals("ok " + pages, check.stage("paging"));
        assertSaysNothingOfUsers(check);
    }

    /** Follows {@code next_offset} from 0; returns the IDs in the order they came. */
    private static List<String> walk(ServerProcess server, String department, int limit, int total) throws Exception {
        List<String> ids = new ArrayList<>();
        for (int offset = 0; offset >= 0; ) {
            server.line("""
            {"jsonrpc":"2.0","id":"page","method":"tools/call","params":{"name":"list_users_by_department",\
            "arguments":{"department":"%s","limit":%d,"offset":%d}}}""".formatted(department, limit, offset));
            JsonNode page = server.answer("\"page\"").at("/result/structuredContent");
            assertTrue(page.path("users").isArray(), server.stderr());
            assertEquals(total, page.path("total").asInt(-1));
            ids.addAll(page.path("users").findValuesAsText("id"));
            offset = page.path("next_offset").asInt(-1);
        }
        return ids;
    }

    /**
     * Returns the settings that are not in the example: limits, the audit log, and a token where none is got by OAuth.
     * The example's lines, their addresses being on this machine, are in {@code example.env}.
     */
    private Map<String, String> settings(DirectoryApi api, TokenEndpoint tokens, String heading) throws Exception {
        Map<String, String> settings = ServerProcess.settings(api.url(), folder);
        Path secret = Files.writeString(folder.resolve("client-secret"), "made-up-client-secret");
        String example = (heading.isEmpty() ? "" : example(heading))
                .replaceFirst("(?m)(?<=^INTERNAL_API_URL=)https://[^/\n]+", api.url())
                .replaceFirst(
                        "(?m)(?<=^INTERNAL_API_OAUTH_TOKEN_URL=).*",
                        tokens.url().toString())
                .replace("/run/secrets/user-service", secret.toString());
        if (example.contains("INTERNAL_API_URL=")) {
            settings.remove("INTERNAL_API_URL");
        }
        if (example.contains("INTERNAL_API_OAUTH_TOKEN_URL=")) {
            settings.remove("INTERNAL_API_TOKEN");
        }
        Files.writeString(folder.resolve("example.env"), example);
        return settings;
    }

    /** Returns the settings of the README's row that begins so, a line each. */
    private static String example(String sentence) throws Exception {
        String row = Files.readAllLines(Path.of("README.md")).stream()
                .filter(line -> line.startsWith("| " + sentence))
                .findFirst()
                .orElseThrow(() -> new AssertionError(sentence));
        return Pattern.compile("`([A-Z_]+=[^`]*)`")
                .matcher(row)
                .results()
                .map(setting -> setting.group(1))
                .collect(Collectors.joining("\n"));
    }

    static Stream<Arguments> checkFindsWhatDoesNotFit() {
        return Stream.of(
                Arguments.of("SCIM 2.0:", Directory.SCIM, "filter", Map.of(), SHAPE, UNFIT, "another department's"),
                Arguments.of("Keycloak:", Directory.KEYCLOAK, "q", Map.of(), SHAPE, UNFIT, "another department's"),
                Arguments.of("Okta:", Directory.OKTA, "search", Map.of(), SHAPE, UNFIT, "another department's"),
                Arguments.of("Microsoft Graph:", Directory.GRAPH, "$filter", Map.of(), SHAPE, UNFIT, "another's"),
                Arguments.of(DJANGO, Directory.DJANGO, "department", Map.of(), SHAPE, UNFIT, "another department's"),
                Arguments.of(
                        "SCIM 2.0:", Directory.SCIM, "count", Map.of(), SHAPE, MORE.formatted("count"), "how many"),
                Arguments.of(
                        "Keycloak:", Directory.KEYCLOAK, "max", Map.of(), SHAPE, MORE.formatted("max"), "how many"),
                Arguments.of(
                        "SCIM 2.0:",
                        Directory.SCIM,
                        "startIndex",
                        Map.of(),
                        "paging",
                        AGAIN.formatted("startIndex"),
                        "from which"),
                Arguments.of(
                        "SCIM 2.0:",
                        Directory.SCIM,
                        "",
                        Map.of("INTERNAL_API_START_FIRST", "0"),
                        "paging",
                        AGAIN.formatted("startIndex"),
                        "0 counts as 1"),
                Arguments.of(
                        "Keycloak:",
                        Directory.KEYCLOAK,
                        "first",
                        Map.of(),
                        "paging",
                        AGAIN.formatted("first"),
                        "from which"),
                Arguments.of(
                        DJANGO,
                        Directory.DJANGO,
                        "page",
                        Map.of("INTERNAL_API_TOTAL", ""),
                        "paging",
                        AGAIN.formatted("page"),
                        "which page"),
                Arguments.of(
                        SPRING,
                        Directory.SPRING,
                        "",
                        Map.of("INTERNAL_API_START_FIRST", "1", "INTERNAL_API_TOTAL", ""),
                        SHAPE,
                        LISTING + "the first answer is not the first of the list, as /first shows, HTTP 200. "
                                + "Remedy: check INTERNAL_API_START_FIRST.",
                        "begins at the second page"),
                Arguments.of(
                        SPRING,
                        Directory.SPRING,
                        "",
                        Map.of("INTERNAL_API_PAGINATION", "offset", "INTERNAL_API_START_PARAM", "page"),
                        "paging",
                        LISTING + "pages contradict one another. Remedy: check "
                                + "INTERNAL_API_PAGINATION, INTERNAL_API_LIMIT_PARAM, INTERNAL_API_START_PARAM and "
                                + "INTERNAL_API_START_FIRST, and that no two users are equal in the order of the list.",
                        "takes a user's number for a page's"),
                Arguments.of(
                        "",
                        Directory.SPRING,
                        "",
                        Map.of(
                                "INTERNAL_API_DEPARTMENT_PATH", "/users?department={department}",
                                "INTERNAL_API_LIST_POINTER", "/content",
                                "INTERNAL_API_PAGINATION", "link",
                                "INTERNAL_API_NEXT_POINTER", "/next"),
                        SHAPE,
                        PARTIAL + "as /last shows, HTTP 200. Remedy: set INTERNAL_API_PAGINATION to how the API pages.",
                        "names no next address"),
                Arguments.of(
                        "Okta:",
                        Directory.OKTA,
                        "",
                        WHOLE,
                        SHAPE,
                        PARTIAL
                                + "as its Link header shows, HTTP 200. Remedy: set INTERNAL_API_PAGINATION=link and "
                                + "INTERNAL_API_NEXT_POINTER=.",
                        "one page of several"),
                Arguments.of(
                        "Microsoft Graph:",
                        Directory.GRAPH,
                        "$top",
                        WHOLE,
                        SHAPE,
                        PARTIAL + NEXT.formatted("/@odata.nextLink", "/@odata.nextLink"),
                        "one page of several"),
                Arguments.of(
                        "",
                        Directory.DJANGO,
                        "",
                        Map.of(
                                "INTERNAL_API_DEPARTMENT_PATH",
                                "/users/?department={department}",
                                "INTERNAL_API_LIST_POINTER",
                                "/results"),
                        SHAPE,
                        PARTIAL + NEXT.formatted("/next", "/next"),
                        "one page of several"),
                Arguments.of(
                        "SCIM 2.0:",
                        Directory.SCIM,
                        "",
                        WHOLE,
                        SHAPE,
                        PARTIAL + "since its total is above the number of its users, HTTP 200. Remedy: set "
                                + "INTERNAL_API_PAGINATION to how the API pages, or INTERNAL_API_TOTAL to where the "
                                + "department's size stands.",
                        "one page of several"),
                Arguments.of(
                        "Okta:",
                        Directory.OKTA,
                        "",
                        Map.of("INTERNAL_API_FIELD_MAP", "name=/profile"),
                        SHAPE,
                        LISTING + "the field name is of type object or array, HTTP 200. "
                                + "Remedy: check name in INTERNAL_API_FIELD_MAP.",
                        "a field of another type"),
                Arguments.of(
                        "SCIM 2.0:",
                        Directory.SCIM,
                        "",
                        Map.of("INTERNAL_API_FIELD_MAP", "name=/userName,email=/emails"),
                        SHAPE,
                        "FAIL get_user: the field email is of type object or array, HTTP 200. "
                                + "Remedy: check email in INTERNAL_API_FIELD_MAP.",
                        "a field of another type"),
                Arguments.of(
                        REDMINE,
                        Directory.REDMINE,
                        "",
                        Map.of("INTERNAL_API_STATUS_VALUES", "3=locked"),
                        SHAPE,
                        "FAIL get_user: the field status is of type number, HTTP 200. "
                                + "Remedy: give its value a word in INTERNAL_API_STATUS_VALUES.",
                        "a status without a word"),
                Arguments.of(
                        "Okta:",
                        Directory.OKTA,
                        "",
                        Map.of("USER_SERVICE_USER_ID_FORMAT", "digits"),
                        SHAPE,
                        LISTING + "the field id has another format than USER_SERVICE_USER_ID_FORMAT says, HTTP 200. "
                                + "Remedy: set USER_SERVICE_USER_ID_FORMAT to the form of the API's ids, or id in "
                                + "INTERNAL_API_FIELD_MAP to a field of such a form.",
                        "ids of another format"),
                Arguments.of(
                        "SCIM 2.0:",
                        Directory.SCIM,
                        "",
                        Map.of("INTERNAL_API_DEPARTMENT_VALUES", "human-resources=HR"),
                        SHAPE,
                        "FAIL list_users_by_department finds nobody at all. Remedy: check the path in INTERNAL_API_URL, "
                                + "INTERNAL_API_DEPARTMENT_PATH, INTERNAL_API_DEPARTMENT_VALUES, the settings of "
                                + "INTERNAL_API_PAGINATION, INTERNAL_API_TOTAL and USER_SERVICE_DEPARTMENTS.",
                        "a department of another name"),
                Arguments.of(
                        "Microsoft Graph:",
                        Directory.GRAPH,
                        "",
                        Map.of("INTERNAL_API_DEPARTMENT_PATH", "/users?$filter=team%20eq%20'{department}'"),
                        SHAPE,
                        LISTING + "the API answered with a status that nothing here expects, HTTP 400. "
                                + "Remedy: check INTERNAL_API_URL and the paths, and INTERNAL_API_PAGINATION with the settings "
                                + "that belong to it, against the API.",
                        "a filter that the API refuses"));
    }

    @ParameterizedTest
    @MethodSource
    void checkFindsWhatDoesNotFit(
            String heading,
            Directory directory,
            String ignored,
            Map<String, String> further,
            String stage,
            String said,
            String reason)
            throws Exception {
        try (DirectoryApi api = new DirectoryApi(directory, 260, ignored);
                TokenEndpoint tokens = new TokenEndpoint()) {
            Map<String, String> settings = settings(api, tokens, heading);
            if (directory == Directory.REDMINE) {
                settings.put("USER_SERVICE_DEPARTMENTS", "sales");
                settings.put("INTERNAL_API_DEPARTMENT_VALUES", "sales=7");
            } else {
                // Those of engineering come last, so that whoever does not look for them finds others.
                settings.put("USER_SERVICE_DEPARTMENTS", said.equals(UNFIT) ? "engineering" : "human-resources");
                settings.put("INTERNAL_API_DEPARTMENT_VALUES", said.equals(UNFIT) ? "" : VALUES);
            }
            settings.putAll(further);
            Run run = Run.of(settings, folder, "check", "--env-file", "example.env");
            assertEquals(said, run.stage(stage), reason + "\n" + run.out() + run.err());
            assertEquals(1, run.status(), reason);
            assertSaysNothingOfUsers(run);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
      404 | the token endpoint gave no token: HTTP 404 | check INTERNAL_API_OAUTH_TOKEN_URL
      302 | the token endpoint gave no token: HTTP 302 | check INTERNAL_API_OAUTH_TOKEN_URL
      200 | the token endpoint gave no token: the answer is not JSON | check INTERNAL_API_OAUTH_TOKEN_URL
      401 | the token endpoint gave no token: HTTP 401 | check INTERNAL_API_OAUTH_CLIENT_ID, its secret, INTERNAL_API_OAUTH_SCOPE and INTERNAL_API_OAUTH_TOKEN_URL
      """)
    void checkTellsAWrongTokenEndpointFromAWrongSecret(int status, String finding, String remedy) throws Exception {
        try (DirectoryApi api = new DirectoryApi(Directory.KEYCLOAK, 3);
                TokenEndpoint tokens = new TokenEndpoint()) {
            String body = status == 200 ? "<html>" : "{\"error\":\"invalid_client\"}";
            tokens.answer(number -> new MockResponse().setResponseCode(status).setBody(body));
            Map<String, String> settings = settings(api, tokens, "Keycloak:");
            Run run = Run.of(settings, folder, "check", "--env-file", "example.env");
            assertEquals(LISTING + finding + ". Remedy: " + remedy + ".", run.stage("token"), run.out());
            assertEquals(List.of(), api.targets());
            assertFalse((run.out() + run.err()).contains("made-up-client-secret"), run.out() + run.err());
        }
    }

    @Test
    void checkBlamesTheScopeOfATokenThatTheApiRefuses() throws Exception {
        try (DirectoryApi api = new DirectoryApi(Directory.GRAPH, 3);
                TokenEndpoint tokens = new TokenEndpoint()) {
            tokens.answer(number -> TokenEndpoint.issued("a-token-for-another-api", "3600"));
            Run run = Run.of(settings(api, tokens, "Microsoft Graph:"), folder, "check", "--env-file", "example.env");
            assertEquals("ok got one from the token endpoint", run.stage("token"), run.out());
            assertEquals(
                    LISTING + "the API refused the credential, HTTP 401. Remedy: check INTERNAL_API_OAUTH_SCOPE, "
                            + "INTERNAL_API_AUTH_HEADER and INTERNAL_API_AUTH_SCHEME.",
                    run.stage("credential"));
        }
    }

    private static void assertSaysNothingOfUsers(Run run) {
        String all = run.out() + run.err();
        assertFalse(all.matches("(?s).*(Ada|Byron|corp\\.example|api_key|Human Resources).*"), all);
    }
}
