package dev.userservice.register;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.userservice.settings.Places;
import dev.userservice.settings.Setting;
import dev.userservice.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a registered server is told, in which form, and what is never handed on. */
@DisabledOnOs(OS.WINDOWS)
final class HandoverTest {

    private static final String SECRET = "tok-0123456789abcdef-secret";

    @TempDir
    private Path folder;

    private String token;
    private final Map<String, String> given = new TreeMap<>();

    @BeforeEach
    void give() throws IOException {
        Path file = Files.writeString(folder.resolve("it's a token"), SECRET);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        token = file.toString();
        given.put("HOME", "/home/ada");
        given.put("PATH", "/usr/bin");
        given.put("INTERNAL_API_URL", "https://x.example");
        given.put("INTERNAL_API_TOKEN_FILE", token);
    }

    private Handover handover(boolean demo, Optional<Path> envFile) throws SettingsException {
        return Handover.of(envFile, demo, new Places(given, Map.of()), "1");
    }

    private Map<String, String> variables() throws SettingsException {
        return handover(false, Optional.empty()).environment();
    }

    private List<String> problems(boolean demo) {
        return assertThrows(SettingsException.class, () -> handover(demo, Optional.empty()))
                .problems();
    }

    /** Returns a path that leads from the folder of this process to a file. */
    private static String relative(String file) {
        return Path.of("").toAbsolutePath().relativize(Path.of(file)).toString();
    }

    @Test
    void namesWhatIsGivenAndTheAuditLog() throws SettingsException {
        assertEquals(
                Map.of(
                        "INTERNAL_API_URL", "https://x.example",
                        "INTERNAL_API_TOKEN_FILE", token,
                        "USER_SERVICE_AUDIT_FILE", "/home/ada/.local/state/user-service/audit.jsonl"),
                variables());
        assertEquals(List.of(), handover(false, Optional.empty()).arguments());
    }

    @Test
    void handsEverySettingOn() throws SettingsException {
        given.put("USER_SERVICE_DEPARTMENTS", "sales,it");
        given.put("INTERNAL_API_DEPARTMENT_VALUES", "it=Ünser IT");
        given.put("USER_SERVICE_AUDIT_FILE", "stderr");
        given.put("INTERNAL_API_AUTH_SCHEME", "");
        given.put("INTERNAL_API_PRESET", "");
        given.put("INTERNAL_API_TYPO", "x");
        assertEquals(
                Map.of(
                        "INTERNAL_API_URL", "https://x.example",
                        "INTERNAL_API_TOKEN_FILE", token,
                        "INTERNAL_API_AUTH_SCHEME", "",
                        "INTERNAL_API_DEPARTMENT_VALUES", "it=Ünser IT",
                        "USER_SERVICE_DEPARTMENTS", "sales,it",
                        "USER_SERVICE_AUDIT_FILE", "stderr"),
                variables(),
                "an empty value only where it has a meaning");
        assertEquals(
                List.of("INTERNAL_API_TYPO is not a setting of this program and is ignored; check its spelling"),
                handover(false, Optional.empty()).warnings());
    }

    @Test
    void makesEveryFileAbsolute() throws Exception {
        Map<String, String> expected = new TreeMap<>();
        Path key = Files.writeString(folder.resolve("key"), "k".repeat(32));
        expected.put("USER_SERVICE_AUDIT_KEY_FILE", key.toString());
        expected.put("INTERNAL_API_TOKEN_FILE", token);
        expected.put("USER_SERVICE_AUDIT_FILE", folder.resolve("a.jsonl").toString());
        expected.forEach((name, file) -> given.put(name, relative(file)));
        Map<String, String> variables = variables();
        for (Map.Entry<String, String> file : expected.entrySet()) {
            Path handed = Path.of(variables.get(file.getKey()));
            assertTrue(handed.isAbsolute());
            assertEquals(Path.of(file.getValue()), handed.normalize());
        }
    }

    @Test
    void knowsEveryFileByItsName() {
        assertEquals(
                List.of(
                        "INTERNAL_API_CA_FILE",
                        "INTERNAL_API_TOKEN_FILE",
                        "INTERNAL_API_OAUTH_CLIENT_SECRET_FILE",
                        "USER_SERVICE_AUDIT_FILE",
                        "USER_SERVICE_AUDIT_KEY_FILE"),
                Stream.of(Setting.values())
                        .map(Setting::name)
                        .filter(name -> name.endsWith("_FILE"))
                        .toList());
    }

    @Test
    void leavesOutSingleDotsOnly() {
        String here = Path.of("").toAbsolutePath().toString();
        assertEquals(here + "/a/b", Handover.absolute(Path.of("./a/./b")));
        assertEquals(here + "/a/../b", Handover.absolute(Path.of("a/../b")));
        assertEquals("/a/b", Handover.absolute(Path.of("/a/./b")));
    }

    @Test
    void namesAFileOfSettingsInsteadOfItsContents() throws Exception {
        Path file = folder.resolve("settings.env");
        Files.writeString(file, """
        INTERNAL_API_URL=https://file.example
        INTERNAL_API_TOKEN=%s
        USER_SERVICE_FIELDS=id,name
        USER_SERVICE_AUDIT_FILE=%s
        """.formatted(SECRET, folder.resolve("a.jsonl")));
        given.remove("INTERNAL_API_TOKEN_FILE");
        Handover handover = handover(true, Optional.of(Path.of(relative(file.toString()))));
        assertEquals("--demo", handover.arguments().get(0));
        assertEquals("--env-file", handover.arguments().get(1));
        assertEquals(file, Path.of(handover.arguments().get(2)).normalize());
        assertTrue(handover(false, Optional.of(file)).arguments().equals(List.of("--env-file", file.toString())));
        assertEquals(
                Map.of("INTERNAL_API_URL", "https://x.example"),
                handover(false, Optional.of(file)).environment(),
                "what wins over the file");
        given.remove("INTERNAL_API_URL");
        assertEquals(Map.of(), handover(false, Optional.of(file)).environment());
    }

    @Test
    void namesWhatAFileOfSettingsLeavesToTheFolder() throws Exception {
        Path file = folder.resolve("settings.env");
        Files.writeString(file, "INTERNAL_API_TOKEN_FILE=\"" + relative(token) + "\"\nUSER_SERVICE_AUDIT_FILE=log\n");
        given.remove("INTERNAL_API_TOKEN_FILE");
        given.remove("INTERNAL_API_URL");
        given.put("INTERNAL_API_URL", "https://x.example");
        Map<String, String> variables = handover(false, Optional.of(file)).environment();
        assertEquals(
                Path.of(token),
                Path.of(variables.get("INTERNAL_API_TOKEN_FILE")).normalize());
        assertEquals(Path.of("log").toAbsolutePath().toString(), variables.get("USER_SERVICE_AUDIT_FILE"));
    }

    @Test
    void namesTheAuditLogWhereAFileOfSettingsHasItStand() throws Exception {
        Path file = Files.writeString(folder.resolve("settings.env"), "XDG_STATE_HOME=/var/state\n");
        Map<String, String> variables = handover(false, Optional.of(file)).environment();
        assertEquals("/var/state/user-service/audit.jsonl", variables.get("USER_SERVICE_AUDIT_FILE"));
    }

    @Test
    void demoNeedsNoneAndHandsNoneOfTheApisOn() throws SettingsException {
        given.put("INTERNAL_API_TOKEN", SECRET);
        given.put("INTERNAL_API_RETRIES", "1");
        given.put("USER_SERVICE_TOOLS", "get_user");
        given.put("HTTPS_PROXY", "http://p.example:3128");
        Handover handover = handover(true, Optional.empty());
        assertEquals(
                Map.of("USER_SERVICE_TOOLS", "get_user", "USER_SERVICE_AUDIT_FILE", "stderr"), handover.environment());
        assertEquals(List.of("--demo"), handover.arguments());
    }

    @Test
    void handsProxiesOn() throws SettingsException {
        given.put("HTTPS_PROXY", "http://p.example:3128");
        given.put("no_proxy", "x.example");
        given.put("HTTP_PROXY", "");
        Map<String, String> variables = variables();
        assertEquals("http://p.example:3128", variables.get("HTTPS_PROXY"));
        assertEquals("x.example", variables.get("no_proxy"));
        assertFalse(variables.containsKey("HTTP_PROXY"));
    }

    @Test
    void refusesAProxyWithCredentials() {
        given.put("https_proxy", "http://ada:pass@p.example:3128");
        assertEquals(List.of("https_proxy must be http://HOST:PORT, without user name and password"), problems(false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"INTERNAL_API_TOKEN", "INTERNAL_API_OAUTH_CLIENT_SECRET"})
    void refusesASecret(String name) {
        given.put(name, SECRET);
        given.put("USER_SERVICE_RATE_BURST", "0");
        List<String> problems = problems(false);
        assertEquals(
                name + " is a secret, which a client's configuration is no place for; write it into a file that only"
                        + " you can read, and name that by " + name + "_FILE",
                problems.get(0));
        assertTrue(problems.contains("USER_SERVICE_RATE_BURST must be a whole number from 1 to 1000000"));
        assertFalse(problems.toString().contains(SECRET));
    }

    @Test
    void refusesASecretThatIsRightOtherwise() {
        given.remove("INTERNAL_API_TOKEN_FILE");
        given.put("INTERNAL_API_TOKEN", SECRET);
        assertEquals(1, problems(false).size());
    }

    @Test
    void findsAllProblemsAtOnce() {
        given.put("INTERNAL_API_URL", "x");
        given.put("USER_SERVICE_TYPO", "x");
        assertEquals(2, problems(false).size());
        assertEquals(1, problems(true).size());
    }
}
