package dev.userservice.register;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The form in which each client takes a server. */
final class ClientTest {

    private static final Client.Server SERVER = new Client.Server(
            "users",
            List.of("/opt/my java/bin/java", "-jar", "/opt/user-service.jar", "--demo"),
            environment("INTERNAL_API_URL", "https://x.example", "INTERNAL_API_AUTH_SCHEME", "it's"));

    private static Map<String, String> environment(String... namesAndValues) {
        Map<String, String> environment = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            environment.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return environment;
    }

    @Test
    void claudeCodeTakesALine() {
        assertEquals(
                "claude mcp add --transport stdio --scope user users --env INTERNAL_API_URL=https://x.example"
                        + " --env 'INTERNAL_API_AUTH_SCHEME=it'\\''s' --"
                        + " '/opt/my java/bin/java' -jar /opt/user-service.jar --demo",
                Client.CLAUDE_CODE.registration(SERVER, Shell.POSIX));
    }

    @Test
    void theInspectorTakesALine() {
        assertEquals(
                "npx '@modelcontextprotocol/inspector' -e 'INTERNAL_API_URL=https://x.example'"
                        + " -e 'INTERNAL_API_AUTH_SCHEME=it''s' '--'"
                        + " '/opt/my java/bin/java' -jar '/opt/user-service.jar' --demo",
                Client.INSPECTOR.registration(SERVER, Shell.POWERSHELL));
    }

    @Test
    void claudeDesktopTakesAFile() {
        assertEquals("""
        {
          "mcpServers": {
            "users": {
              "command": "/opt/my java/bin/java",
              "args": [
                "-jar",
                "/opt/user-service.jar",
                "--demo"
              ],
              "env": {
                "INTERNAL_API_URL": "https://x.example",
                "INTERNAL_API_AUTH_SCHEME": "it's"
              }
            }
          }
        }""", Client.CLAUDE_DESKTOP.registration(SERVER, Shell.POSIX));
    }

    @Test
    void cursorWantsTheTypeToo() {
        assertEquals(
                Client.CLAUDE_DESKTOP
                        .registration(SERVER, Shell.POSIX)
                        .replace("      \"command\"", "      \"type\": \"stdio\",\n      \"command\""),
                Client.CURSOR.registration(SERVER, Shell.POSIX));
    }

    @Test
    void visualStudioCodeCallsThemServers() {
        assertEquals(
                Client.CURSOR.registration(SERVER, Shell.POSIX).replace("mcpServers", "servers"),
                Client.VS_CODE.registration(SERVER, Shell.POSIX));
    }

    @Test
    void jsonHandsTenThousandRandomWordsOn() throws Exception {
        Random random = new Random(8);
        ObjectMapper mapper = new ObjectMapper();
        for (int i = 0; i < 1000; i++) {
            List<String> words =
                    Stream.generate(() -> ShellTest.word(random)).limit(10).toList();
            Client.Server server = new Client.Server(
                    "n", words.subList(0, 6), environment(words.subList(6, 10).toArray(String[]::new)));
            JsonNode entry = mapper.readTree(Client.VS_CODE.registration(server, Shell.POSIX))
                    .path("servers")
                    .path("n");
            List<String> command = new ArrayList<>(List.of(entry.path("command").asText()));
            entry.path("args").forEach(word -> command.add(word.asText()));
            assertEquals(server.command(), command);
            assertEquals(server.environment(), mapper.convertValue(entry.path("env"), Map.class));
        }
    }

    @ParameterizedTest
    @EnumSource
    void adviceIsOnlyText(Client client) {
        String advice = client.advice(SERVER, Shell.CMD);
        assertFalse(advice.contains("%") || advice.isBlank(), advice);
        assertTrue(advice.lines().allMatch(line -> line.length() <= 120), advice);
        boolean line = client.registration(SERVER, Shell.POSIX).startsWith("{");
        assertEquals(line ? "Add this to " : "Paste this into cmd", advice.substring(0, line ? 12 : 19));
    }

    @Test
    void adviceNamesTheServerWhereACommandDoes() {
        String advice = Client.CLAUDE_CODE.advice(SERVER, Shell.POSIX);
        assertTrue(advice.endsWith("claude mcp remove --scope user users"), advice);
    }

    @Test
    void isFoundByItsWord() {
        assertEquals(List.of("claude-code", "claude-desktop", "cursor", "vscode", "inspector"), Client.words());
        assertEquals(
                Arrays.asList(Client.values()),
                Client.words().stream()
                        .map(word -> Client.of(word).orElseThrow())
                        .toList());
        assertEquals(Optional.empty(), Client.of("frob"));
    }

    @Test
    void onlyTheInspectorRefusesEmptyValues() {
        assertEquals(
                List.of(Client.INSPECTOR),
                Stream.of(Client.values())
                        .filter(client -> !client.takesEmptyValues())
                        .toList());
    }
}
