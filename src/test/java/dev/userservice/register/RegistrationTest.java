package dev.userservice.register;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.userservice.settings.Places;
import dev.userservice.settings.SettingsException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code register} prints where; the Java here is a script, which tells its environment and makes no archive. */
@DisabledOnOs(OS.WINDOWS)
final class RegistrationTest {

    @TempDir
    private Path folder;

    private Path jar;
    private Path token;
    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> properties = new HashMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void install() throws IOException {
        Path java = Files.createDirectories(folder.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\ncat > /dev/null\nexport -p | tr '\\n' ' ' >&2\nexit 9\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
        jar = Files.writeString(folder.resolve("user-service.jar"), "jar");
        token = Files.writeString(folder.resolve("token"), "0123456789abcdef");
        properties.put("java.home", folder.toString());
        properties.put("java.class.path", jar.toString());
        properties.put("user.dir", folder.toString());
        environment.put("LANG", "de_DE.UTF-8");
    }

    private boolean print(Client client, Map<String, String> more) throws SettingsException {
        environment.putAll(more);
        return new Registration(client, "users", true, Optional.empty())
                .print(new Places(environment, properties), "1", stream(out), stream(err));
    }

    private static PrintStream stream(ByteArrayOutputStream to) {
        return new PrintStream(to, true, StandardCharsets.UTF_8);
    }

    private String said() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void printsThePlainLineWhereThereIsNoArchive() throws SettingsException {
        assertTrue(print(Client.CLAUDE_CODE, Map.of()));
        assertEquals(
                "claude mcp add --transport stdio --scope user users --env USER_SERVICE_AUDIT_FILE=stderr -- " + folder
                        + "/bin/java -jar " + jar + " --demo\n",
                printed());
        List<String> lines = said().lines().toList();
        assertTrue(lines.get(0).startsWith("user-service: making the archive"), said());
        assertTrue(
                lines.get(1).startsWith("user-service: no fast start, only the plain one: Java ended with status 9"));
        assertTrue(lines.get(2).startsWith("Paste this into a shell"), said());
        assertEquals(4, lines.size(), said());
    }

    @Test
    void keepsSettingsAndJavaOptionsFromTheChild() throws SettingsException {
        print(
                Client.CURSOR,
                Map.of(
                        "USER_SERVICE_TOOLS",
                        "get_user",
                        "JAVA_TOOL_OPTIONS",
                        "-Da",
                        "INTERNAL_API_X",
                        "b",
                        "OTHER",
                        "c"));
        assertTrue(said().contains("OTHER='c'") || said().contains("OTHER=\"c\""), said());
        assertFalse(said().contains("USER_SERVICE_TOOLS") || said().contains("JAVA_TOOL_OPTIONS"), said());
        assertFalse(said().contains("INTERNAL_API_X="), said());
    }

    @Test
    void handsTheProxiesOfTheJvmOn() throws Exception {
        properties.put("http.nonProxyHosts", "*.corp.example");
        properties.put("https.proxyPort", "3128");
        assertEquals("", proxyFlags(false), "of none");
        properties.put("https.proxyHost", "proxy.corp.example");
        assertEquals(
                "-Dhttps.proxyHost=proxy.corp.example -Dhttps.proxyPort=3128 -Dhttp.nonProxyHosts=*.corp.example",
                proxyFlags(false));
        assertEquals("", proxyFlags(true), "the sample API is on this machine");
    }

    private String proxyFlags(boolean demo) throws SettingsException {
        out.reset();
        environment.put("INTERNAL_API_URL", "https://users.corp.example");
        environment.put("INTERNAL_API_TOKEN_FILE", token.toString());
        new Registration(Client.CURSOR, "users", demo, Optional.empty())
                .print(new Places(environment, properties), "1", stream(out), stream(err));
        return Pattern.compile("-D[^\"]*")
                .matcher(printed())
                .results()
                .map(MatchResult::group)
                .collect(Collectors.joining(" "));
    }

    @Test
    void handsTheLocaleOnWhereAPathNeedsIt() throws Exception {
        Path umlaut = Files.createDirectory(folder.resolve("ü"));
        properties.put(
                "java.class.path", Files.copy(jar, umlaut.resolve("a.jar")).toString());
        print(Client.CURSOR, Map.of("LC_ALL", "", "LC_CTYPE", "C.UTF-8"));
        assertTrue(printed().contains("\"LC_ALL\": \"C.UTF-8\""), printed());
    }

    @Test
    void handsTheLocaleOnWhereAValueNeedsIt() throws Exception {
        print(Client.CURSOR, Map.of("USER_SERVICE_AUDIT_FILE", "/tmp/ü"));
        assertTrue(printed().contains("\"LC_ALL\": \"de_DE.UTF-8\""), printed());
        out.reset();
        environment.remove("LANG");
        print(Client.CURSOR, Map.of());
        assertFalse(printed().contains("LC_ALL"), printed());
    }

    @ParameterizedTest
    @CsvSource({"target/classes", "a.jar:b.jar", "''", "'\0'"})
    void needsAJar(String classPath) throws SettingsException {
        properties.put("java.class.path", classPath);
        assertFalse(print(Client.CURSOR, Map.of()));
        assertEquals("", printed());
        assertEquals(
                "user-service: there is no JAR to register; run java -jar /path/to/user-service.jar register\n",
                said());
    }

    @Test
    void refusesAPathThatAClientWouldChange() throws Exception {
        Path odd = Files.createDirectory(folder.resolve("${HOME}"));
        properties.put("java.class.path", Files.copy(jar, odd.resolve("a.jar")).toString());
        SettingsException e = assertThrows(SettingsException.class, () -> print(Client.CURSOR, Map.of()));
        assertEquals(
                List.of(odd.resolve("a.jar") + " holds ${, which clients take for a placeholder; rename what it names"),
                e.problems());
        assertEquals("", printed());
    }

    @Test
    void refusesAnEmptyValueWhereTheClientDoes() throws Exception {
        Path token = Files.writeString(folder.resolve("token"), "0123456789abcdef");
        environment.put("INTERNAL_API_URL", "https://x.example");
        environment.put("INTERNAL_API_TOKEN_FILE", token.toString());
        environment.put("INTERNAL_API_AUTH_SCHEME", "");
        Registration registration = new Registration(Client.INSPECTOR, "users", false, Optional.empty());
        SettingsException e = assertThrows(
                SettingsException.class,
                () -> registration.print(new Places(environment, properties), "1", stream(out), stream(err)));
        assertEquals(
                List.of("INTERNAL_API_AUTH_SCHEME is empty, which this client cannot hand on; write it into an"
                        + " --env-file"),
                e.problems());
        assertTrue(said().startsWith("INTERNAL_API_TOKEN_FILE can be read by other users"), said());
        assertTrue(new Registration(Client.CURSOR, "users", false, Optional.empty())
                .print(new Places(environment, properties), "1", stream(out), stream(err)));
    }

    @ParameterizedTest
    @CsvSource({"user-service,true", "U_1,true", "-a,false", "a b,false", "'',false", "ü,false", "a.b,false"})
    void namesFitEveryClient(String name, boolean fits) {
        assertEquals(fits, Registration.isName(name));
        assertTrue(Registration.isName("x".repeat(64)));
        assertFalse(Registration.isName("x".repeat(65)));
    }
}
