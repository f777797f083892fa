package dev.userservice.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonPointer;
import dev.userservice.Layouts;
import dev.userservice.call.ApiSettings;
import dev.userservice.call.PathTemplate;
import dev.userservice.model.Secret;
import dev.userservice.tools.Catalogue;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SettingsTest {

    private static final String URL = "https://users.corp.example/v1";
    private static final String TOKEN = "token-0123456789abcdef";
    private static final Places PLACES = new Places(Map.of("HOME", "/home/ada", "LOCALAPPDATA", "/home/ada"), Map.of());
    private static final Places NO_PLACES =
            new Places(Map.of("HOME", "/home/\0", "LOCALAPPDATA", "/home/\0"), Map.of());

    @TempDir
    private Path folder;

    @Test
    void hasTheDocumentedDefaults() throws SettingsException {
        Settings settings = read(Map.of());
        assertEquals(
                new ApiSettings(
                        URI.create(URL),
                        "Authorization",
                        "Bearer",
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(5),
                        2,
                        16_777_216,
                        8,
                        "user-service/1.0.0"),
                settings.api());
        assertEquals("/users/7", settings.layout().userPath().expand("7"));
        assertEquals("/departments/7/users", settings.layout().departmentPath().expand("7"));
        assertEquals(Layouts.list("/users", Layouts.WHOLE), settings.layout().list());
        assertEquals(Map.of(), settings.layout().fieldMap());
        assertEquals(Optional.of(new Secret(TOKEN)), settings.token());
        assertEquals(Optional.empty(), settings.tokenFile());
        assertEquals("service-account", settings.account());
        assertEquals(Optional.empty(), settings.authorities());
        assertEquals(Catalogue.NAMES, settings.tools());
        assertEquals(List.of("id", "name", "email", "status", "department"), settings.fields());
        assertEquals(List.of("engineering", "product", "sales", "operations"), settings.departments());
        assertEquals(Duration.ofSeconds(20), settings.callTimeout());
        assertEquals(120, settings.ratePerMinute());
        assertEquals(30, settings.rateBurst());
        assertEquals(Optional.of(PLACES.auditFile()), settings.auditFile());
        assertEquals("INFO", settings.logLevel());
        assertEquals(List.of(), settings.warnings());
    }

    @ParameterizedTest
    @EnumSource(Setting.class)
    void takesAnEmptyValueForNoneUnlessItHasAMeaning(Setting setting) throws SettingsException {
        Map<String, String> environment = required();
        environment.put(setting.name(), "");
        switch (setting) {
            case INTERNAL_API_URL, INTERNAL_API_TOKEN ->
                assertEquals(1, problems(environment).size());
            case INTERNAL_API_AUTH_SCHEME ->
                assertEquals("", settings(environment).api().authScheme());
            case INTERNAL_API_LIST_POINTER ->
                assertEquals(
                        JsonPointer.empty(),
                        settings(environment).layout().list().items());
            case INTERNAL_API_TOTAL ->
                assertEquals(
                        Optional.empty(), settings(environment).layout().list().total());
            default -> assertEquals(described(read(Map.of())), described(settings(environment)));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "INTERNAL_API_CONNECT_TIMEOUT_MS,   100,  60000",
        "INTERNAL_API_TIMEOUT_MS,           100,  60000",
        "INTERNAL_API_RETRIES,              0,    5",
        "INTERNAL_API_MAX_RESPONSE_BYTES,   1024, 1073741824",
        "USER_SERVICE_CALL_TIMEOUT_MS,      100,  600000",
        "USER_SERVICE_RATE_PER_MINUTE,      1,    1000000",
        "USER_SERVICE_RATE_BURST,           1,    1000000",
        "USER_SERVICE_DISCLOSURE_PER_DAY,   1,    100000000",
        "USER_SERVICE_MAX_CONCURRENT_CALLS, 1,    256",
    })
    void keepsANumberWithinItsBounds(Setting setting, int min, int max) throws SettingsException {
        assertEquals(min, number(setting, Integer.toString(min)));
        assertEquals(max, number(setting, Integer.toString(max)));
        String problem = setting + " must be a whole number from " + min + " to " + max;
        for (String wrong : List.of(
                Integer.toString(min - 1),
                Long.toString(max + 1L),
                "-1",
                "+5",
                "5.0",
                "1e3",
                "0x10",
                "five",
                " 5",
                "5 ",
                "٥",
                "99999999999999999999",
                "4294967296")) {
            assertEquals(List.of(problem), problems(setting, wrong), wrong);
        }
    }

    private static int number(Setting setting, String value) throws SettingsException {
        Settings settings = read(Map.of(setting.name(), value));
        return switch (setting) {
            case INTERNAL_API_CONNECT_TIMEOUT_MS ->
                (int) settings.api().connectTimeout().toMillis();
            case INTERNAL_API_TIMEOUT_MS -> (int) settings.api().timeout().toMillis();
            case INTERNAL_API_RETRIES -> settings.api().retries();
            case INTERNAL_API_MAX_RESPONSE_BYTES -> (int) settings.api().maxResponseBytes();
            case USER_SERVICE_CALL_TIMEOUT_MS -> (int) settings.callTimeout().toMillis();
            case USER_SERVICE_RATE_PER_MINUTE -> settings.ratePerMinute();
            case USER_SERVICE_RATE_BURST -> settings.rateBurst();
            case USER_SERVICE_DISCLOSURE_PER_DAY -> settings.disclosurePerDay();
            case USER_SERVICE_MAX_CONCURRENT_CALLS -> settings.api().maxConcurrentCalls();
            default -> throw new IllegalArgumentException(setting + " is no number");
        };
    }

    @ParameterizedTest
    @CsvSource({
        "https://users.corp.example,          https://users.corp.example,        no path",
        "https://users.corp.example/,         https://users.corp.example,        a final slash",
        "https://users.corp.example:8443/a/b/, https://users.corp.example:8443/a/b, a port and a path prefix",
        "https://users.corp.example:65535,    https://users.corp.example:65535,  the greatest port",
        "http://localhost:8080,               http://localhost:8080,             loopback by name",
        "http://127.0.0.1:8080/v1,            http://127.0.0.1:8080/v1,          loopback by address",
        "http://127.8.9.10,                   http://127.8.9.10,                 all of 127/8",
        "http://[::1]:8080,                   http://[::1]:8080,                 loopback of IPv6",
    })
    void takesABaseAddress(String url, URI base, String reason) throws SettingsException {
        assertEquals(base, read(Map.of("INTERNAL_API_URL", url)).api().base(), reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://users.corp.example          | must begin with https: over plain http others on the network can read the token "
                        + "(INTERNAL_API_ALLOW_HTTP=true permits it)",
                "http://127.0.0.1.evil.example      | must begin with https: over plain http others on the network can read the token "
                        + "(INTERNAL_API_ALLOW_HTTP=true permits it)",
                "http://10.0.0.1                    | must begin with https: over plain http others on the network can read the token "
                        + "(INTERNAL_API_ALLOW_HTTP=true permits it)",
                "ftp://users.corp.example           | must be an https address with a host, like https://users.corp.example/v1",
                "users.corp.example                 | must be an https address with a host, like https://users.corp.example/v1",
                "https:///v1                        | must be an https address with a host, like https://users.corp.example/v1",
                "file:///etc/passwd                 | must be an https address with a host, like https://users.corp.example/v1",
                "https://host:65536                 | must be an https address with a host, like https://users.corp.example/v1",
                "https://host:99999                 | must be an https address with a host, like https://users.corp.example/v1",
                "https://host:0                     | must be an https address with a host, like https://users.corp.example/v1",
                "https://[::1%25lo]:1               | must hold no IPv6 zone",
                "https://[fe80::1%eth0]             | must hold no IPv6 zone",
                "http://[::1%25lo]                  | must hold no IPv6 zone",
                "https://a b                        | must be an address like https://users.corp.example/v1",
                "https://ada:hunter2@host           | must hold no user info, query or fragment",
                "https://ada@localhost              | must hold no user info, query or fragment",
                "https://host/v1?key=hunter2        | must hold no user info, query or fragment",
                "https://host/v1?                   | must hold no user info, query or fragment",
                "https://host/v1#top                | must hold no user info, query or fragment",
            })
    void refusesAnotherBaseAddress(String url, String sentence) {
        assertEquals(List.of("INTERNAL_API_URL " + sentence), problems(Setting.INTERNAL_API_URL, url));
    }

    @Test
    void takesPlainHttpWherePermitted() throws SettingsException {
        Map<String, String> environment =
                Map.of("INTERNAL_API_URL", "http://users.corp.example", "INTERNAL_API_ALLOW_HTTP", "true");
        assertEquals(
                URI.create("http://users.corp.example"), read(environment).api().base());
    }

    @ParameterizedTest
    @MethodSource
    void takes(Setting setting, String value, String expected, String reason) throws SettingsException {
        assertEquals(expected, value(read(Map.of(setting.name(), value)), setting), reason);
    }

    static Stream<Arguments> takes() {
        String hundred = IntStream.range(0, 100).mapToObj(i -> "d" + i).collect(Collectors.joining(","));
        String longest = "a".repeat(63);
        return Stream.of(
                Arguments.of(Setting.INTERNAL_API_ACCOUNT, "svc-users", "svc-users", "a name"),
                Arguments.of(Setting.INTERNAL_API_USER_PATH, "/u?id={user_id}", "/u?id=7", "a query"),
                Arguments.of(
                        Setting.INTERNAL_API_DEPARTMENT_PATH,
                        "/users?department={department}",
                        "/users?department=7",
                        "a query"),
                Arguments.of(Setting.INTERNAL_API_AUTH_HEADER, "X-Api-Key", "X-Api-Key", "another header"),
                Arguments.of(Setting.INTERNAL_API_AUTH_SCHEME, "Token", "Token", "another word"),
                Arguments.of(
                        Setting.INTERNAL_API_FIELD_MAP,
                        "name=/profile/displayName, email=/mail",
                        "name=/profile/displayName,email=/mail",
                        "two fields"),
                Arguments.of(Setting.INTERNAL_API_FIELD_MAP, "id=/a~1b~0c", "id=/a~1b~0c", "an escaped pointer"),
                Arguments.of(Setting.INTERNAL_API_LIST_POINTER, "/data/users", "/data/users", "a level down"),
                Arguments.of(Setting.INTERNAL_API_PAGINATION, "offset", Layouts.OFFSET.toString(), "the API pages"),
                Arguments.of(Setting.INTERNAL_API_PAGINATION, "client", Layouts.WHOLE.toString(), "the server pages"),
                Arguments.of(Setting.USER_SERVICE_TOOLS, "get_user", "[get_user]", "one"),
                Arguments.of(Setting.USER_SERVICE_FIELDS, " email , status ", "[email, status]", "spaces around"),
                Arguments.of(Setting.USER_SERVICE_DEPARTMENTS, "r_d,hr-2,0", "[r_d, hr-2, 0]", "every character"),
                Arguments.of(Setting.USER_SERVICE_DEPARTMENTS, longest, "[" + longest + "]", "the longest"),
                Arguments.of(
                        Setting.USER_SERVICE_DEPARTMENTS,
                        hundred,
                        List.of(hundred.split(",")).toString(),
                        "a hundred"),
                Arguments.of(
                        Setting.USER_SERVICE_AUDIT_FILE,
                        "a/b.jsonl",
                        Path.of("a", "b.jsonl").toString(),
                        "a file"),
                Arguments.of(Setting.USER_SERVICE_AUDIT_FILE, "stderr", "stderr", "standard error"),
                Arguments.of(Setting.USER_SERVICE_LOG_LEVEL, "DEBUG", "DEBUG", "a level"));
    }

    private static String value(Settings settings, Setting setting) {
        return switch (setting) {
            case INTERNAL_API_ACCOUNT -> settings.account();
            case INTERNAL_API_USER_PATH -> settings.layout().userPath().expand("7");
            case INTERNAL_API_DEPARTMENT_PATH ->
                settings.layout().departmentPath().expand("7");
            case INTERNAL_API_AUTH_HEADER -> settings.api().authHeader();
            case INTERNAL_API_AUTH_SCHEME -> settings.api().authScheme();
            case INTERNAL_API_FIELD_MAP ->
                Stream.of("id", "name", "email")
                        .filter(settings.layout().fieldMap()::containsKey)
                        .map(field -> field + "="
                                + settings.layout()
                                        .fieldMap()
                                        .get(field)
                                        .pointers()
                                        .get(0))
                        .collect(Collectors.joining(","));
            case INTERNAL_API_LIST_POINTER -> settings.layout().list().items().toString();
            case INTERNAL_API_PAGINATION -> settings.layout().list().paging().toString();
            case USER_SERVICE_TOOLS -> settings.tools().toString();
            case USER_SERVICE_FIELDS -> settings.fields().toString();
            case USER_SERVICE_DEPARTMENTS -> settings.departments().toString();
            case USER_SERVICE_AUDIT_FILE ->
                settings.auditFile().map(Path::toString).orElse("stderr");
            case USER_SERVICE_LOG_LEVEL -> settings.logLevel();
            default -> throw new IllegalArgumentException(setting + " has tests of its own");
        };
    }

    @ParameterizedTest
    @MethodSource
    void refuses(Setting setting, String value, String sentence) {
        assertEquals(List.of(setting + " " + sentence), problems(setting, value));
    }

    static Stream<Arguments> refuses() {
        String departments =
                "must be 1 to 100 comma separated names, each once, of a-z, 0-9, _ and -, 63 characters at most";
        String fields = "must be a comma separated list, each once, of: id, name, email, status, department";
        String map = "must be a comma separated list of FIELD=/JSON/POINTER, each field once, of: "
                + "id, name, email, status, department; a bar tries the next pointer, a plus joins two, and id is one pointer";
        String token = "must be 16 to 8192 visible ASCII characters without spaces";
        String header = "must be the name of a header that neither the HTTP client nor this server sends itself";
        String path = "must be a path, or a path and a query, percent-encoded (brackets as %5B and %5D)";
        String tooMany = IntStream.range(0, 101).mapToObj(i -> "d" + i).collect(Collectors.joining(","));
        return Stream.of(
                        Map.entry(
                                token,
                                List.of(
                                        "INTERNAL_API_TOKEN=0123456789abcde",
                                        "INTERNAL_API_TOKEN=" + "x".repeat(8193),
                                        "INTERNAL_API_TOKEN=0123456789 abcdef",
                                        "INTERNAL_API_TOKEN=0123456789abcdef\n",
                                        "INTERNAL_API_TOKEN=0123456789abcdéf")),
                        Map.entry(
                                "must be one of: true, false",
                                List.of(
                                        "INTERNAL_API_ALLOW_HTTP=TRUE",
                                        "INTERNAL_API_ALLOW_HTTP=1",
                                        "INTERNAL_API_ALLOW_HTTP=yes")),
                        Map.entry(
                                "must be 1 to 100 visible ASCII characters",
                                List.of("INTERNAL_API_ACCOUNT=svc\nx", "INTERNAL_API_ACCOUNT=" + "x".repeat(101))),
                        Map.entry(
                                "must hold the placeholder {user_id}",
                                List.of("INTERNAL_API_USER_PATH=/users", "INTERNAL_API_USER_PATH=/users/{id}")),
                        Map.entry(
                                path,
                                List.of(
                                        "INTERNAL_API_USER_PATH=/u sers/{user_id}",
                                        "INTERNAL_API_USER_PATH=/{user_id}#x")),
                        Map.entry(
                                "must hold the placeholder {department}",
                                List.of(
                                        "INTERNAL_API_DEPARTMENT_PATH=/users",
                                        "INTERNAL_API_DEPARTMENT_PATH=/{user_id}")),
                        Map.entry(
                                header,
                                List.of(
                                        "INTERNAL_API_AUTH_HEADER=Host",
                                        "INTERNAL_API_AUTH_HEADER=host",
                                        "INTERNAL_API_AUTH_HEADER=Content-Length",
                                        "INTERNAL_API_AUTH_HEADER=Connection",
                                        "INTERNAL_API_AUTH_HEADER=Expect",
                                        "INTERNAL_API_AUTH_HEADER=Upgrade",
                                        "INTERNAL_API_AUTH_HEADER=Accept",
                                        "INTERNAL_API_AUTH_HEADER=USER-AGENT",
                                        "INTERNAL_API_AUTH_HEADER=X-Request-Id",
                                        "INTERNAL_API_AUTH_HEADER=traceparent",
                                        "INTERNAL_API_AUTH_HEADER=X Key",
                                        "INTERNAL_API_AUTH_HEADER=X-Key: 1",
                                        "INTERNAL_API_AUTH_HEADER=X-Schlüssel")),
                        Map.entry(
                                "must be one word, or empty for none",
                                List.of(
                                        "INTERNAL_API_AUTH_SCHEME=Bearer Token",
                                        "INTERNAL_API_AUTH_SCHEME=Bearer\r\nX: 1")),
                        Map.entry(
                                map,
                                List.of(
                                        "INTERNAL_API_FIELD_MAP=name",
                                        "INTERNAL_API_FIELD_MAP=name=profile",
                                        "INTERNAL_API_FIELD_MAP=ssn=/ssn",
                                        "INTERNAL_API_FIELD_MAP=name=/a,name=/b",
                                        "INTERNAL_API_FIELD_MAP=name=/a,",
                                        "INTERNAL_API_FIELD_MAP=name=/a~2",
                                        "INTERNAL_API_FIELD_MAP=name=",
                                        "INTERNAL_API_FIELD_MAP==/a")),
                        Map.entry(
                                "must be a JSON Pointer: empty, or parts that each begin with a slash",
                                List.of(
                                        "INTERNAL_API_LIST_POINTER=users",
                                        "INTERNAL_API_LIST_POINTER=/a~",
                                        "INTERNAL_API_LIST_POINTER=/a~2b")),
                        Map.entry(
                                "must be one of: client, offset (formerly api), page, link",
                                List.of("INTERNAL_API_PAGINATION=server", "INTERNAL_API_PAGINATION=API")),
                        Map.entry(
                                "must be a comma separated list, each once, of: " + String.join(", ", Catalogue.NAMES),
                                List.of(
                                        "USER_SERVICE_TOOLS=get_users",
                                        "USER_SERVICE_TOOLS=get_user,get_user",
                                        "USER_SERVICE_TOOLS=get_user,",
                                        "USER_SERVICE_TOOLS=,")),
                        Map.entry(
                                fields,
                                List.of(
                                        "USER_SERVICE_FIELDS=ssn",
                                        "USER_SERVICE_FIELDS=id,id",
                                        "USER_SERVICE_FIELDS=Email")),
                        Map.entry(
                                departments,
                                List.of(
                                        "USER_SERVICE_DEPARTMENTS=Sales",
                                        "USER_SERVICE_DEPARTMENTS=sales,sales",
                                        "USER_SERVICE_DEPARTMENTS=_x",
                                        "USER_SERVICE_DEPARTMENTS=-x",
                                        "USER_SERVICE_DEPARTMENTS=a,",
                                        "USER_SERVICE_DEPARTMENTS=a/b",
                                        "USER_SERVICE_DEPARTMENTS=" + "a".repeat(64),
                                        "USER_SERVICE_DEPARTMENTS=" + tooMany)),
                        Map.entry(Places.NO_PATH, List.of("USER_SERVICE_AUDIT_FILE=a\0b")),
                        Map.entry(
                                "cannot be used: not there",
                                List.of("USER_SERVICE_AUDIT_KEY_FILE=/nowhere/key", "INTERNAL_API_CA_FILE=/nowhere")),
                        Map.entry(
                                "cannot be used: no regular file",
                                List.of("USER_SERVICE_AUDIT_KEY_FILE=/", "INTERNAL_API_CA_FILE=/")),
                        Map.entry(
                                "is still the example's placeholder; put the real one in its place",
                                List.of("INTERNAL_API_TOKEN=replace-me-with-the-token")),
                        Map.entry(
                                "must be one of: ERROR, WARN, INFO, DEBUG",
                                List.of("USER_SERVICE_LOG_LEVEL=info", "USER_SERVICE_LOG_LEVEL=TRACE")))
                .flatMap(rule -> rule.getValue().stream()
                        .map(given -> given.split("=", 2))
                        .map(given -> Arguments.of(Setting.valueOf(given[0]), given[1], rule.getKey())));
    }

    @Test
    void readsTheTokenFromAFile() throws Exception {
        Path file = Files.writeString(folder.resolve("token"), TOKEN + "\n");
        Settings settings = settings(Map.of("INTERNAL_API_URL", URL, "INTERNAL_API_TOKEN_FILE", file.toString()));
        assertEquals(Optional.of(file), settings.tokenFile());
        assertEquals(Optional.empty(), settings.token());
    }

    @ParameterizedTest
    @CsvSource({"rw-------, false", "rw-r-----, true", "rw----r--, true", "rwx-wx-wx, false"})
    @DisabledOnOs(OS.WINDOWS)
    void warnsOfATokenFileThatOthersCanRead(String permissions, boolean warned) throws Exception {
        Path file = Files.writeString(folder.resolve("token"), TOKEN);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        String warning = "INTERNAL_API_TOKEN_FILE can be read by other users of this machine; chmod 600 it";
        assertEquals(
                warned ? List.of(warning) : List.of(),
                settings(Map.of("INTERNAL_API_URL", URL, "INTERNAL_API_TOKEN_FILE", file.toString()))
                        .warnings());
    }

    @ParameterizedTest
    @CsvSource({
        "'',                                     not one token of 16 to 8192 visible ASCII characters without spaces",
        "short,                                  not one token of 16 to 8192 visible ASCII characters without spaces",
        "'0123456789abcdef\n0123456789abcdef\n', not one token of 16 to 8192 visible ASCII characters without spaces",
        "0123456789 abcdef,                      not one token of 16 to 8192 visible ASCII characters without spaces",
        "replace-me-with-the-token,              still the example's placeholder; put the real one in its place",
    })
    void refusesAFileWithoutAToken(String contents, String reason) throws IOException {
        Path file = Files.writeString(folder.resolve("token"), contents);
        assertEquals(
                List.of("INTERNAL_API_TOKEN_FILE cannot be used: " + reason),
                problems(Map.of("INTERNAL_API_URL", URL, "INTERNAL_API_TOKEN_FILE", file.toString())));
    }

    @Test
    void wantsOneTokenAndNotTwo() throws IOException {
        Path file = Files.writeString(folder.resolve("token"), TOKEN);
        assertEquals(
                List.of("INTERNAL_API_TOKEN and INTERNAL_API_TOKEN_FILE are set; set only one of them"),
                problems(Setting.INTERNAL_API_TOKEN_FILE, file.toString()));
        assertEquals(
                List.of(
                        "INTERNAL_API_TOKEN is required, or INTERNAL_API_TOKEN_FILE or INTERNAL_API_OAUTH_TOKEN_URL in its place"),
                problems(Map.of("INTERNAL_API_URL", URL)));
    }

    @Test
    void readsTheKeyOfTheAuditChain() throws Exception {
        Path shortest = Files.writeString(folder.resolve("key"), "k".repeat(32));
        settings(with(Setting.USER_SERVICE_AUDIT_KEY_FILE, shortest.toString()));
        Path tooShort = Files.writeString(folder.resolve("short"), "k".repeat(31));
        assertEquals(
                List.of("USER_SERVICE_AUDIT_KEY_FILE cannot be used: too short for a key, less than 32 bytes"),
                problems(Setting.USER_SERVICE_AUDIT_KEY_FILE, tooShort.toString()));
    }

    @Test
    void refusesAFileWithoutCertificates() throws IOException {
        String sentence = "INTERNAL_API_CA_FILE cannot be used: no PEM certificate that can be read";
        for (String contents : List.of("", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")) {
            Path file = Files.writeString(folder.resolve("ca.pem"), contents);
            assertEquals(List.of(sentence), problems(Setting.INTERNAL_API_CA_FILE, file.toString()), contents);
        }
    }

    @ParameterizedTest
    @EnumSource(Setting.class)
    void recognisesAPlaceholderThatWasNotExpanded(Setting setting) {
        assertEquals(
                List.of(setting
                        + " holds an unexpanded ${...}: the client passed the placeholder instead of its value"),
                problems(setting, "${" + setting + "}").stream()
                        .filter(problem -> problem.contains("unexpanded"))
                        .toList());
    }

    @Test
    void tellsAllProblemsAtOnce() {
        Map<String, String> environment = Map.of(
                "INTERNAL_API_RETRIES", "9",
                "INTERNAL_API_PAGINATION", "${PAGINATION}",
                "USER_SERVICE_FEILDS", "id",
                "USER_SERVICE_TOOL", "get_user",
                "USER_SERVICE_LOG_LEVEL", "loud");
        assertEquals(
                List.of(
                        "INTERNAL_API_PAGINATION holds an unexpanded ${...}: the client passed the placeholder instead of its"
                                + " value",
                        "USER_SERVICE_FEILDS is not a setting of this program; check its spelling",
                        "USER_SERVICE_TOOL is not a setting of this program; check its spelling",
                        "INTERNAL_API_TOKEN is required, or INTERNAL_API_TOKEN_FILE or INTERNAL_API_OAUTH_TOKEN_URL in its place",
                        "INTERNAL_API_URL is required: the address of the internal user API, for example"
                                + " https://users.corp.example/v1",
                        "INTERNAL_API_RETRIES must be a whole number from 0 to 5",
                        "USER_SERVICE_LOG_LEVEL must be one of: ERROR, WARN, INFO, DEBUG"),
                problems(environment));
    }

    @Test
    void warnsOfAnUnknownSettingOfTheApi() throws SettingsException {
        assertEquals(
                List.of("INTERNAL_API_TIMEOUT is not a setting of this program and is ignored; check its spelling"),
                read(Map.of("INTERNAL_API_TIMEOUT", "hunter2", "OTHER_VARIABLE", "x"))
                        .warnings());
    }

    @Test
    void namesAnUnknownSettingSafely() {
        assertEquals(
                List.of("USER_SERVICE_?31m" + "X".repeat(83)
                        + "... is not a setting of this program; check its spelling"),
                problems(merged(Map.of("USER_SERVICE_\u001b31m" + "X".repeat(200), "1"))));
    }

    @Test
    void showsANameOfAHundredCharactersWhole() {
        String name = "USER_SERVICE_" + "X".repeat(87);
        assertEquals(
                List.of(name + " is not a setting of this program; check its spelling"),
                problems(merged(Map.of(name, "1"))));
    }

    @ParameterizedTest
    @EnumSource(Setting.class)
    void repeatsNoValueInAProblem(Setting setting) throws IOException {
        List<String> told = new ArrayList<>();
        Path file = Files.writeString(folder.resolve("hunter2"), "hunter2 hunter2 hunter2");
        for (String value : List.of(
                "hunter2",
                "hunter2 \u0001",
                "https://hunter2:hunter2@host?",
                "${hunter2",
                "/hunter2/{x}",
                "hunter2=/x",
                file.toString(),
                folder.resolve("hunter2-missing").toString(),
                "hunter2\0",
                "hunter2,HUNTER2 ")) {
            Map<String, String> environment = required();
            environment.put(setting.name(), value);
            try {
                told.addAll(settings(environment).warnings());
            } catch (SettingsException e) {
                told.addAll(e.problems());
                told.add(e.getMessage());
            }
        }
        assertEquals(
                List.of(),
                told.stream().filter(text -> text.contains("hunter2")).toList());
    }

    @Test
    void showsNoTokenWhenPrinted() throws SettingsException {
        assertTrue(!read(Map.of()).toString().contains(TOKEN));
    }

    @Test
    void leavesTheApisSettingsOutInADemo() throws SettingsException {
        Map<String, String> environment = Map.of(
                "INTERNAL_API_URL", "nonsense",
                "INTERNAL_API_RETRIES", "nonsense",
                "INTERNAL_API_TOKEN_FILE", "/nowhere",
                "INTERNAL_API_NONSENSE", "x",
                "USER_SERVICE_FIELDS", "email");
        Settings settings = demo(environment);
        assertEquals(URI.create("http://127.0.0.1:8080"), settings.api().base());
        assertEquals(Optional.of(new Secret(TOKEN)), settings.token());
        assertEquals(2, settings.api().retries());
        assertEquals(List.of("email"), settings.fields());
        assertEquals(Optional.empty(), settings.auditFile());
        assertEquals(List.of(), settings.warnings());
    }

    @ParameterizedTest
    @ValueSource(strings = {"stderr", "demo.jsonl"})
    void asksForTheDefaultPlaceOfTheAuditLogOnlyWhereItIsNeeded(String given) throws SettingsException {
        Settings settings =
                Settings.read(at(NO_PLACES, with(Setting.USER_SERVICE_AUDIT_FILE, given)), Optional.empty(), "1.0.0");
        assertEquals(given, value(settings, Setting.USER_SERVICE_AUDIT_FILE));
    }

    @Test
    void saysWhereTheDefaultPlaceOfTheAuditLogIsNoPath() {
        SettingsException problems = assertThrows(
                SettingsException.class, () -> Settings.read(at(NO_PLACES, required()), Optional.empty(), "1.0.0"));
        assertEquals(
                List.of("USER_SERVICE_AUDIT_FILE must be set: its default cannot be expressed as a path here:"
                        + " a name beyond ASCII needs a UTF-8 locale, for example LC_ALL=C.UTF-8"),
                problems.problems());
    }

    @Test
    void refusesProxiesThatAreNoAddressWithAllElse() {
        String withPassword = "http://ada:secret@proxy:3128";
        assertEquals(
                List.of(
                        "INTERNAL_API_RETRIES must be a whole number from 0 to 5",
                        "HTTPS_PROXY must be http://HOST:PORT, without user name and password",
                        "http_proxy must be http://HOST:PORT, without user name and password"),
                problems(merged(
                        Map.of("HTTPS_PROXY", withPassword, "http_proxy", withPassword, "INTERNAL_API_RETRIES", "6"))));
    }

    /** The sample API is on this machine, to which no proxy leads. */
    @Test
    void demoDoesNotMindAProxyWithCredentials() throws SettingsException {
        Settings settings = demo(Map.of("HTTPS_PROXY", "http://ada:secret@proxy:3128", "http_proxy", "://"));
        assertEquals(List.of(), settings.proxies().problems());
    }

    @ParameterizedTest
    @CsvSource({
        "USER_SERVICE_AUDIT_FILE,     INTERNAL_API_TOKEN_FILE, the same name",
        "USER_SERVICE_AUDIT_FILE,     INTERNAL_API_TOKEN_FILE, a name in other words",
        "USER_SERVICE_AUDIT_FILE,     INTERNAL_API_TOKEN_FILE, a symbolic link",
        "USER_SERVICE_AUDIT_FILE,     INTERNAL_API_TOKEN_FILE, a hard link",
        "USER_SERVICE_AUDIT_FILE,     USER_SERVICE_AUDIT_KEY_FILE, a symbolic link",
        "USER_SERVICE_AUDIT_KEY_FILE, INTERNAL_API_TOKEN_FILE, a hard link",
        "INTERNAL_API_CA_FILE,        USER_SERVICE_AUDIT_FILE, the same name",
        "--env-file,                  USER_SERVICE_AUDIT_FILE, a symbolic link",
        "--env-file,                  INTERNAL_API_TOKEN_FILE, the same name",
    })
    @DisabledOnOs(OS.WINDOWS)
    void wantsDifferentFiles(String one, String other, String how) throws IOException {
        Path file = Files.writeString(folder.resolve("file"), TOKEN + "-of-more-than-32-bytes");
        Map<String, String> environment = new HashMap<>(Map.of("INTERNAL_API_URL", URL));
        if (!other.equals("INTERNAL_API_TOKEN_FILE")) {
            environment.put("INTERNAL_API_TOKEN", TOKEN);
        }
        environment.put(one, file.toString());
        environment.put(other, same(file, how).toString());
        Optional<Path> envFile =
                Optional.ofNullable(environment.remove("--env-file")).map(Path::of);
        SettingsException problems =
                assertThrows(SettingsException.class, () -> Settings.read(at(PLACES, environment), envFile, "1.0.0"));
        List<String> told = problems.problems().stream()
                .filter(problem -> problem.contains("same file"))
                .toList();
        assertEquals(1, told.size(), how);
        assertTrue(told.get(0).contains(one) && told.get(0).contains(other), told.get(0));
    }

    private Path same(Path file, String how) throws IOException {
        Path link = folder.resolve("link");
        return switch (how) {
            case "the same name" -> file;
            case "a name in other words" ->
                folder.resolve("../" + folder.getFileName()).resolve("file");
            case "a symbolic link" -> Files.createSymbolicLink(link, file);
            default -> Files.createLink(link, file);
        };
    }

    @Test
    void wantsTheCountBesideTheAuditLogToBeAnotherFileToo() throws IOException {
        Path count = Files.writeString(folder.resolve("audit.jsonl.disclosed"), TOKEN);
        Path linked = Files.createLink(folder.resolve("token"), count);
        Path log = folder.resolve("audit.jsonl");
        Map<String, String> environment = Map.of(
                "INTERNAL_API_URL", URL,
                "INTERNAL_API_TOKEN_FILE", linked.toString(),
                "USER_SERVICE_AUDIT_FILE", log.toString());
        SettingsException problems = assertThrows(
                SettingsException.class, () -> Settings.read(at(PLACES, environment), Optional.empty(), "1.0.0"));
        assertEquals(
                List.of(
                        "INTERNAL_API_TOKEN_FILE and the disclosure count of USER_SERVICE_AUDIT_FILE name the same file;"
                                + " each needs its own"),
                problems.problems());
    }

    @Test
    void wantsTheDefaultAuditLogToBeAnotherFileToo() throws IOException {
        Places places = new Places(Map.of("HOME", folder.toString(), "LOCALAPPDATA", folder.toString()), Map.of());
        Files.createDirectories(places.auditFile().getParent());
        Path file = Files.writeString(places.auditFile(), TOKEN);
        Map<String, String> environment = Map.of("INTERNAL_API_URL", URL, "INTERNAL_API_TOKEN_FILE", file.toString());
        SettingsException problems = assertThrows(
                SettingsException.class, () -> Settings.read(at(places, environment), Optional.empty(), "1.0.0"));
        assertEquals(
                List.of("INTERNAL_API_TOKEN_FILE and USER_SERVICE_AUDIT_FILE name the same file; each needs its own"),
                problems.problems());
    }

    @ParameterizedTest
    @EnumSource(names = {"INTERNAL_API_TOKEN_FILE", "INTERNAL_API_CA_FILE", "USER_SERVICE_AUDIT_KEY_FILE"})
    void reportsANameThatNoFileCanHaveOnce(Setting setting) {
        Map<String, String> environment = with(setting, "a\0b");
        environment.keySet().removeIf(name -> setting == Setting.INTERNAL_API_TOKEN_FILE && name.endsWith("TOKEN"));
        assertEquals(List.of(setting + " " + Places.NO_PATH), problems(environment));
    }

    @ParameterizedTest
    @CsvSource({"'', stderr", "stderr, stderr", "demo.jsonl, demo.jsonl"})
    void auditsADemoToStandardErrorUnlessToldOtherwise(String given, String place) throws SettingsException {
        Map<String, String> environment = Map.of("USER_SERVICE_AUDIT_FILE", given);
        Settings settings = demo(environment);
        assertEquals(place, value(settings, Setting.USER_SERVICE_AUDIT_FILE));
    }

    @Test
    void heedsItsOwnProblemsInADemo() {
        SettingsException problems =
                assertThrows(SettingsException.class, () -> demo(Map.of("USER_SERVICE_FEILDS", "id")));
        assertEquals(
                List.of("USER_SERVICE_FEILDS is not a setting of this program; check its spelling"),
                problems.problems());
    }

    @ParameterizedTest
    @CsvSource({"INTERNAL_API_USER_PATH, user_id", "INTERNAL_API_DEPARTMENT_PATH, department"})
    void hasDefaultsThatHold(Setting setting, String placeholder) {
        assertTrue(PathTemplate.parse(setting.defaultValue(), placeholder)
                .expand("7")
                .contains("/7"));
    }

    private static Map<String, String> required() {
        return new HashMap<>(Map.of("INTERNAL_API_URL", URL, "INTERNAL_API_TOKEN", TOKEN));
    }

    private static Map<String, String> merged(Map<String, String> further) {
        Map<String, String> environment = required();
        environment.putAll(further);
        return environment;
    }

    private static Map<String, String> with(Setting setting, String value) {
        return merged(Map.of(setting.name(), value));
    }

    private static Settings read(Map<String, String> further) throws SettingsException {
        return settings(merged(further));
    }

    private static Settings settings(Map<String, String> environment) throws SettingsException {
        return Settings.read(at(PLACES, environment), Optional.empty(), "1.0.0");
    }

    /** Returns places with further variables. */
    private static Places at(Places places, Map<String, String> environment) {
        Map<String, String> merged = new HashMap<>(places.environment());
        merged.putAll(environment);
        return new Places(merged, places.properties());
    }

    private static Settings demo(Map<String, String> environment) throws SettingsException {
        Places demo = Settings.forDemo(at(PLACES, environment), "http://127.0.0.1:8080", new Secret(TOKEN));
        return Settings.read(demo, Optional.empty(), "1.0.0");
    }

    private static List<String> problems(Setting setting, String value) {
        return problems(with(setting, value));
    }

    private static List<String> problems(Map<String, String> environment) {
        return assertThrows(SettingsException.class, () -> settings(environment))
                .problems();
    }

    /** Everything that has a text of its own; templates and chains have none. */
    private static List<Object> described(Settings settings) {
        return List.of(
                settings.api(),
                settings.layout().list(),
                settings.layout().fieldMap(),
                settings.layout().userPath().expand("7"),
                settings.layout().departmentPath().expand("7"),
                settings.token(),
                settings.tokenFile(),
                settings.account(),
                settings.authorities(),
                settings.tools(),
                settings.fields(),
                settings.departments(),
                settings.callTimeout(),
                settings.ratePerMinute(),
                settings.rateBurst(),
                settings.auditFile(),
                settings.logLevel(),
                settings.warnings());
    }
}
