package dev.userservice.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonPointer;
import dev.userservice.Layouts;
import dev.userservice.call.ListLayout;
import dev.userservice.call.OAuthSettings;
import dev.userservice.call.Paging;
import dev.userservice.model.FieldSource;
import dev.userservice.model.IdFormat;
import dev.userservice.model.Secret;
import dev.userservice.tools.ApiLayout;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** How an API is laid out and how one signs in to it: single settings, what they mean together, presets. */
final class LayoutSettingsTest {

    private static final String URL = "https://users.corp.example/v1";
    private static final String TOKEN = "token-0123456789abcdef";
    private static final String SECRET = "secret-0123456789abcdef";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @MethodSource
    void knowsHowTheApiPages(String settings, Paging paging) throws SettingsException {
        assertEquals(paging, layout(settings).list().paging());
    }

    static Stream<Arguments> knowsHowTheApiPages() {
        JsonPointer next = JsonPointer.compile("/links/next");
        return Stream.of(
                Arguments.of("", new Paging.Whole()),
                Arguments.of("PAGINATION=client", new Paging.Whole()),
                Arguments.of("PAGINATION=offset", new Paging.Numbered("limit", "offset", 0, OptionalInt.empty())),
                Arguments.of(
                        "PAGINATION=offset LIMIT_PARAM=count START_PARAM=startIndex START_FIRST=1",
                        new Paging.Numbered("count", "startIndex", 1, OptionalInt.empty())),
                Arguments.of("PAGINATION=page", new Paging.Numbered("limit", "page", 1, OptionalInt.of(100))),
                Arguments.of(
                        "PAGINATION=page LIMIT_PARAM=page[size] START_PARAM=page[number] START_FIRST=0 PAGE_SIZE=10",
                        new Paging.Numbered("page[size]", "page[number]", 0, OptionalInt.of(10))),
                Arguments.of("PAGINATION=link", new Paging.Link(Optional.empty())),
                Arguments.of("PAGINATION=link NEXT_POINTER=/links/next", new Paging.Link(Optional.of(next))));
    }

    @ParameterizedTest
    @MethodSource
    void knowsWhereTheTotalStands(String settings, ListLayout list) throws SettingsException {
        assertEquals(list, layout(settings).list());
    }

    static Stream<Arguments> knowsWhereTheTotalStands() {
        JsonPointer users = JsonPointer.compile("/users");
        Optional<JsonPointer> total = Optional.of(JsonPointer.compile("/meta/total"));
        Optional<String> header = Optional.of("X-Total-Count");
        return Stream.of(
                Arguments.of("", Layouts.list("/users", Layouts.WHOLE)),
                Arguments.of("TOTAL=/meta/total", new ListLayout(users, Layouts.WHOLE, total, Optional.empty())),
                Arguments.of(
                        "TOTAL=header:X-Total-Count", new ListLayout(users, Layouts.WHOLE, Optional.empty(), header)),
                Arguments.of("TOTAL=", new ListLayout(users, Layouts.WHOLE, Optional.empty(), Optional.empty())),
                Arguments.of(
                        "LIST_POINTER= TOTAL=",
                        new ListLayout(JsonPointer.empty(), Layouts.WHOLE, Optional.empty(), Optional.empty())));
    }

    @Test
    void knowsWhereFieldsComeFrom() throws SettingsException {
        ApiLayout layout = layout(
                "FIELD_MAP=id=/uid,name=/displayName|/first+/last,email=/emails/0/value STATUS_VALUES=true=on,1=x");
        assertEquals(
                Map.of(
                        "id", FieldSource.of(JsonPointer.compile("/uid")),
                        "name",
                                new FieldSource(List.of(
                                        List.of(JsonPointer.compile("/displayName")),
                                        List.of(JsonPointer.compile("/first"), JsonPointer.compile("/last")))),
                        "email", FieldSource.of(JsonPointer.compile("/emails/0/value"))),
                layout.fieldMap());
        assertEquals(Map.of("true", "on", "1", "x"), layout.statusValues());
    }

    @Test
    void knowsWhatTheApiCallsADepartment() throws SettingsException {
        Map<String, String> environment = environment("");
        environment.put("USER_SERVICE_DEPARTMENTS", "human-resources,sales");
        environment.put("INTERNAL_API_DEPARTMENT_VALUES", "human-resources=Human Resources & Söhne, sales=5");
        assertEquals(
                Map.of("human-resources", "Human Resources & Söhne", "sales", "5"),
                settings(environment).layout().departmentValues());
    }

    @ParameterizedTest
    @CsvSource({"digits, DIGITS", "uuid, UUID", "opaque, OPAQUE", "email, EMAIL"})
    void knowsWhatAnIdIs(String label, IdFormat format) throws SettingsException {
        Map<String, String> environment = environment("");
        environment.put("USER_SERVICE_USER_ID_FORMAT", label);
        assertEquals(format, settings(environment).layout().idFormat());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PAGINATION=api        | PAGINATION must be one of: client, offset (formerly api), page, link",
                "LIMIT_PARAM=limit     | LIMIT_PARAM has an effect only with INTERNAL_API_PAGINATION=offset or page",
                "START_PARAM=start     | START_PARAM has an effect only with INTERNAL_API_PAGINATION=offset or page",
                "START_FIRST=0         | START_FIRST has an effect only with INTERNAL_API_PAGINATION=offset or page",
                "PAGE_SIZE=100         | PAGE_SIZE has an effect only with INTERNAL_API_PAGINATION=page",
                "PAGINATION=offset PAGE_SIZE=100 | PAGE_SIZE has an effect only with INTERNAL_API_PAGINATION=page",
                "PAGINATION=page NEXT_POINTER=/n | NEXT_POINTER has an effect only with INTERNAL_API_PAGINATION=link",
                "PAGINATION=link LIMIT_PARAM=l "
                        + "| LIMIT_PARAM has an effect only with INTERNAL_API_PAGINATION=offset or page",
                "PAGINATION=page PAGE_SIZE=9     | PAGE_SIZE must be a whole number from 10 to 1000",
                "PAGINATION=page PAGE_SIZE=1001  | PAGE_SIZE must be a whole number from 10 to 1000",
                "PAGINATION=page START_FIRST=2   | START_FIRST must be one of: 0, 1",
                "PAGINATION=offset LIMIT_PARAM=a&b | LIMIT_PARAM must be the name of a query parameter, not percent-encoded",
                "PAGINATION=offset LIMIT_PARAM=n START_PARAM=n "
                        + "| START_PARAM must differ from INTERNAL_API_LIMIT_PARAM",
                "PAGINATION=offset DEPARTMENT_PATH=/u?limit=5&d={department} "
                        + "| LIMIT_PARAM names a parameter that INTERNAL_API_DEPARTMENT_PATH has already",
                "PAGINATION=link NEXT_POINTER=next "
                        + "| NEXT_POINTER must be a JSON Pointer: empty, or parts that each begin with a slash",
                "TOTAL=total "
                        + "| TOTAL must be a JSON Pointer, header:NAME, or empty where nothing says how many there are",
                "TOTAL=header: "
                        + "| TOTAL must be a JSON Pointer, header:NAME, or empty where nothing says how many there are",
                "PRESET=ldap           | PRESET must be one of: scim, keycloak, okta, graph",
                "RECORD_POINTER=user "
                        + "| RECORD_POINTER must be a JSON Pointer: empty, or parts that each begin with a slash",
                "OAUTH_SCOPE=users     | OAUTH_SCOPE has an effect only with INTERNAL_API_OAUTH_TOKEN_URL",
                "OAUTH_CLIENT_ID=me    | OAUTH_CLIENT_ID has an effect only with INTERNAL_API_OAUTH_TOKEN_URL",
            })
    void refuses(String settings, String problem) {
        assertEquals(List.of("INTERNAL_API_" + problem), problems(environment(settings)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "FIELD_MAP; id=/a|/b", "FIELD_MAP; id=/a+/b", "FIELD_MAP; name=/a||/b",
                "FIELD_MAP; name=/a+", "FIELD_MAP; name=a|/b", "FIELD_MAP; ssn=/ssn",
                "STATUS_VALUES; true", "STATUS_VALUES; true=a,true=b", "STATUS_VALUES; =a",
                "STATUS_VALUES; true=", "DEPARTMENT_VALUES; hr=5", "DEPARTMENT_VALUES; sales=",
                "DEPARTMENT_VALUES; sales=a\"b", "DEPARTMENT_VALUES; sales=a'b", "DEPARTMENT_VALUES; sales=a\\b",
                "DEPARTMENT_VALUES; sales=a=b", "DEPARTMENT_VALUES; sales=1,sales=2",
            })
    void refusesAMalformedMap(String setting, String map) {
        Map<String, String> environment = environment("");
        environment.put("INTERNAL_API_" + setting, map);
        List<String> problems = problems(environment);
        assertEquals(1, problems.size(), problems.toString());
        assertEquals("INTERNAL_API_" + setting, problems.get(0).split(" ")[0]);
    }

    @Test
    void getsATokenByOAuth() throws SettingsException, IOException {
        Map<String, String> environment = oauth();
        environment.put("INTERNAL_API_OAUTH_CLIENT_SECRET", SECRET);
        environment.put("INTERNAL_API_OAUTH_SCOPE", "users.read directory");
        URI url = URI.create("https://login.corp.example/token?tenant=7");
        assertEquals(
                Optional.of(new OAuthSettings(
                        url,
                        "user-service",
                        Optional.of(new Secret(SECRET)),
                        Optional.empty(),
                        Optional.of("users.read directory"))),
                settings(environment).oauth());
        Path file = Files.writeString(folder.resolve("secret"), SECRET + "\n");
        environment.remove("INTERNAL_API_OAUTH_CLIENT_SECRET");
        environment.remove("INTERNAL_API_OAUTH_SCOPE");
        environment.put("INTERNAL_API_OAUTH_CLIENT_SECRET_FILE", file.toString());
        assertEquals(
                Optional.of(
                        new OAuthSettings(url, "user-service", Optional.empty(), Optional.of(file), Optional.empty())),
                settings(environment).oauth());
    }

    @ParameterizedTest
    @MethodSource
    void refusesHalfOfOAuth(Map<String, String> further, List<String> expected) {
        Map<String, String> environment = oauth();
        environment.putAll(further);
        environment.values().removeIf(String::isEmpty);
        assertEquals(expected, problems(environment));
    }

    static Stream<Arguments> refusesHalfOfOAuth() {
        String secret = "INTERNAL_API_OAUTH_CLIENT_SECRET";
        return Stream.of(
                Arguments.of(
                        Map.of(),
                        List.of(secret
                                + " is required with OAuth, or INTERNAL_API_OAUTH_CLIENT_SECRET_FILE in its place")),
                Arguments.of(
                        Map.of(secret, SECRET, "INTERNAL_API_OAUTH_CLIENT_ID", ""),
                        List.of("INTERNAL_API_OAUTH_CLIENT_ID is required with OAuth")),
                Arguments.of(
                        Map.of(secret, SECRET, "INTERNAL_API_OAUTH_CLIENT_ID", "\u00E9"),
                        List.of("INTERNAL_API_OAUTH_CLIENT_ID must be 1 to 256 ASCII characters")),
                Arguments.of(
                        Map.of(secret, SECRET, "INTERNAL_API_TOKEN", TOKEN),
                        List.of("INTERNAL_API_TOKEN and INTERNAL_API_OAUTH_TOKEN_URL are set; set only one of them")),
                Arguments.of(
                        Map.of(secret, "short"),
                        List.of(secret + " must be 16 to 8192 visible ASCII characters without spaces")),
                Arguments.of(
                        Map.of(secret, SECRET, "INTERNAL_API_OAUTH_TOKEN_URL", "http://login.corp.example/token"),
                        List.of(
                                "INTERNAL_API_OAUTH_TOKEN_URL must begin with https: over plain http others on the network can read the token"
                                        + " (INTERNAL_API_ALLOW_HTTP=true permits it)")),
                Arguments.of(
                        Map.of(secret, SECRET, "INTERNAL_API_OAUTH_TOKEN_URL", "https://a:b@login.corp.example"),
                        List.of("INTERNAL_API_OAUTH_TOKEN_URL must hold no user info, query or fragment")));
    }

    @Test
    void takesThePresetsDefaultsUnlessToldOtherwise() throws SettingsException {
        ApiLayout layout = layout("PRESET=scim LIMIT_PARAM=n LIST_POINTER=");
        assertEquals(
                new Paging.Numbered("n", "startIndex", 1, OptionalInt.empty()),
                layout.list().paging());
        assertEquals(JsonPointer.empty(), layout.list().items());
        assertEquals(Map.of("true", "active", "false", "inactive"), layout.statusValues());
        assertEquals(IdFormat.OPAQUE, layout.idFormat());
        assertEquals(Optional.of("scim"), settings(environment("PRESET=scim")).preset());
        assertEquals(Optional.empty(), settings(environment("")).preset());
    }

    /** A preset's page size would mean nothing where the operator has it page otherwise, and is no problem. */
    @Test
    void ignoresWhatOnlyThePresetSays() throws SettingsException {
        assertEquals(
                new Paging.Whole(),
                layout("PRESET=scim PAGINATION=client").list().paging());
    }

    @ParameterizedTest
    @CsvSource({"okta, '', SSWS", "okta, Bearer, Bearer", "scim, '', Bearer"})
    void knowsTheSchemeOfAPreset(String preset, String given, String scheme) throws SettingsException {
        Map<String, String> environment = environment("PRESET=" + preset);
        if (!given.isEmpty()) {
            environment.put("INTERNAL_API_AUTH_SCHEME", given);
        }
        assertEquals(scheme, settings(environment).api().authScheme());
        environment.remove("INTERNAL_API_TOKEN");
        environment.putAll(oauth());
        environment.put("INTERNAL_API_OAUTH_CLIENT_SECRET", SECRET);
        assertEquals("Bearer", settings(environment).api().authScheme(), "a token by OAuth is a bearer's");
        environment.put("INTERNAL_API_AUTH_SCHEME", "SSWS");
        assertEquals("SSWS", settings(environment).api().authScheme(), "unless it is told otherwise");
    }

    @ParameterizedTest
    @CsvSource({"scim", "keycloak", "okta", "graph"})
    void everyPresetHolds(String preset) throws SettingsException {
        Settings settings = settings(environment("PRESET=" + preset));
        assertEquals(List.of(), settings.warnings());
        for (String name : Preset.read(preset).keySet()) {
            assertEquals(true, Setting.exists(name), name);
        }
    }

    private static Map<String, String> oauth() {
        return new HashMap<>(Map.of(
                "INTERNAL_API_URL", URL,
                "INTERNAL_API_OAUTH_TOKEN_URL", "https://login.corp.example/token?tenant=7",
                "INTERNAL_API_OAUTH_CLIENT_ID", "user-service"));
    }

    /** Settings of the API, without their prefix and with a space between them. */
    private static Map<String, String> environment(String settings) {
        Map<String, String> environment = new HashMap<>(Map.of("INTERNAL_API_URL", URL, "INTERNAL_API_TOKEN", TOKEN));
        for (String setting : settings.isEmpty() ? new String[0] : settings.split(" ")) {
            String[] parts = setting.split("=", 2);
            environment.put("INTERNAL_API_" + parts[0], parts[1]);
        }
        return environment;
    }

    private static ApiLayout layout(String settings) throws SettingsException {
        return settings(environment(settings)).layout();
    }

    private static Settings settings(Map<String, String> environment) throws SettingsException {
        return Settings.read(new Places(environment, Map.of("user.home", "/home/ada")), Optional.empty(), "1.0.0");
    }

    private static List<String> problems(Map<String, String> environment) {
        return assertThrows(SettingsException.class, () -> settings(environment))
                .problems();
    }
}
