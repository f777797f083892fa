package dev.userservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the README shows is what one gets. */
final class ReadmeIT {

    private static final Path README = Path.of("README.md");
    private static final Pattern JSON_BLOCK = Pattern.compile("(?ms)^```json\n(.*?)^```");
    private static final Pattern TRIED = Pattern.compile("(?m)^\\| `user_id=(.*?)` \\|.*?→ `(.*?)` \\|$");

    @TempDir
    private Path folder;

    @Test
    void showsWhatTheFirstCallPrints() throws Exception {
        Run run = demo("call", "get_user", "user_id=123");
        assertEquals(run.out(), blockAfter("the client got this,"));
    }

    @Test
    void showsAnAuditLineWhoseHashHolds() throws Exception {
        String line = blockAfter("and the audit log, which the demo writes to standard error, this line")
                .strip();
        String hash = ServerProcess.parse(line).path("hash").asText();
        String hashed = line.replace(",\"hash\":\"" + hash + "\"}", "}");
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(hashed.getBytes(StandardCharsets.UTF_8));
        assertEquals(hash, HexFormat.of().formatHex(digest));
    }

    static Stream<List<String>> showsWhatTheLimitsFeelLike() throws Exception {
        return TRIED.matcher(text()).results().map(row -> List.of(row.group(1).replace("\"", ""), row.group(2)));
    }

    @ParameterizedTest
    @MethodSource
    void showsWhatTheLimitsFeelLike(List<String> row) throws Exception {
        Run run = demo("call", "get_user", "user_id=" + row.get(0));
        String reference = "Reference: [0-9a-f]{8}-1";
        String expected = row.get(1).replace("\\|", "|").replaceAll(reference, "Reference: ");
        assertTrue(
                run.err()
                        .lines()
                        .map(line -> line.replaceAll(reference, "Reference: "))
                        .anyMatch(expected::equals),
                run.err());
    }

    @Test
    void showsResultsOfBothTools() throws Exception {
        for (String[] call : List.of(
                new String[] {"call", "get_user", "user_id=123"},
                new String[] {"call", "list_users_by_department", "department=sales", "limit=2", "offset=0"})) {
            String compact = ServerProcess.parse(demo(call).out()).toString();
            assertTrue(text().contains("`" + compact + "`"), compact);
        }
    }

    @Test
    void showsACheckThatPasses() throws Exception {
        Matcher block = Pattern.compile("(?ms)^```\n(ok    settings .*?)^```").matcher(text());
        assertTrue(block.find());
        String port = "on port [0-9]+";
        assertEquals(
                block.group(1).replaceAll(port, ""),
                Run.of(Map.of(), folder, "check", "--demo").out().replaceAll(port, ""));
    }

    @Test
    void showsWhereCheckStops() throws Exception {
        Matcher line = Pattern.compile("`(FAIL  credential .*?)`").matcher(text());
        assertTrue(line.find());
        try (RawApi api = RawApi.always(RawApi.response("401 Unauthorized", "{}"))) {
            String out = Run.of(ServerProcess.settings(api.url(), folder), folder, "check")
                    .out();
            assertTrue(out.endsWith("\n" + line.group(1) + "\n"), out);
        }
    }

    @Test
    void namesTheCommandsOfTheHelp() throws Exception {
        String help = demo("--help").out();
        List<String> commands = help.lines()
                .map(String::strip)
                .filter(line -> line.startsWith("java -jar"))
                .toList();
        assertEquals(6, commands.size());
        assertTrue(text().contains("\n    " + String.join("\n    ", commands) + "\n"), commands.toString());
    }

    @Test
    void holdsJsonThatIsJson() throws Exception {
        List<JsonNode> blocks = JSON_BLOCK
                .matcher(text())
                .results()
                .flatMap(block -> block.group(1).lines().count() > 1
                        ? Stream.of(block.group(1))
                        : block.group(1).lines())
                .map(ServerProcess::parse)
                .toList();
        assertEquals(4, blocks.size());
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void checksAnAuditLogBySha256sum() throws Exception {
        Path log = folder.resolve("audit.jsonl");
        demo(Map.of("USER_SERVICE_AUDIT_FILE", log.toString()), "call", "get_user", "user_id=123");
        Matcher line = Pattern.compile("(?m)^    (sed -n 2p audit.jsonl .*)$").matcher(text());
        assertTrue(line.find());
        String hash =
                ServerProcess.parse(Files.readAllLines(log).get(1)).path("hash").asText();
        assertEquals(hash + "  -\n", bash(line.group(1)));
        Files.writeString(log, Files.readString(log).replace("\"123\"", "\"124\""));
        assertNotEquals(hash + "  -\n", bash(line.group(1)));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void showsTheBudgetOfPeople() throws Exception {
        Matcher loop = Pattern.compile("(?ms)^    for id in .*?--demo\n").matcher(text());
        assertTrue(loop.find());
        String java = String.join(" ", ServerProcess.command());
        String jar = Path.of(System.getProperty("user-service.jar", "target/user-service.jar"))
                .toAbsolutePath()
                .toString();
        String out = bash(
                loop.group().replace("java -jar target/user-service.jar", java.replaceAll("-jar .*", "-jar " + jar)));
        assertEquals(3, out.split("\"structuredContent\"", -1).length - 1, out);
        Matcher refusal = Pattern.compile("the fourth\\s`(.*?)`").matcher(text());
        assertTrue(refusal.find());
        assertTrue(out.contains("\"text\":\"" + refusal.group(1) + "\""), out);
    }

    @Test
    @EnabledIf("jqIsThere")
    void sumsUpInTheAuditLogWhatIsCounted() throws Exception {
        Path log = folder.resolve("audit.jsonl");
        try (SampleApi api = new SampleApi(0)) {
            for (int i = 0; i < 3; i++) {
                Run.of(ServerProcess.settings(api.url(), folder), folder, "call", "get_user", "user_id=7");
            }
        }
        Files.writeString(log, """
        {"timestamp":"2026-11-20T10:00:00.000Z","records":5}
        """, StandardOpenOption.APPEND);
        Matcher line = Pattern.compile("(?m)^    jq -s '\\(now.*$").matcher(text());
        assertTrue(line.find());
        assertEquals("3\n", bash(line.group()));
        assertEquals("3\n", bash("awk '{sum += $2} END {print sum}' audit.jsonl.disclosed"));
    }

    static boolean jqIsThere() throws Exception {
        return new ProcessBuilder("bash", "-c", "command -v jq").start().waitFor() == 0;
    }

    private String bash(String script) throws Exception {
        Process bash = new ProcessBuilder("bash", "-c", script)
                .directory(folder.toFile())
                .start();
        assertTrue(bash.waitFor(30, TimeUnit.SECONDS));
        return new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private Run demo(String... arguments) throws Exception {
        return demo(Map.of(), arguments);
    }

    private Run demo(Map<String, String> settings, String... arguments) throws Exception {
        Stream<String> options = arguments[0].equals("call") ? Stream.of("--demo") : Stream.empty();
        return Run.of(
                settings, folder, Stream.concat(Stream.of(arguments), options).toArray(String[]::new));
    }

    private static String blockAfter(String sentence) throws Exception {
        String text = text();
        Matcher block = JSON_BLOCK.matcher(text);
        assertTrue(block.find(text.indexOf(sentence)));
        return block.group(1);
    }

    private static String text() throws Exception {
        return Files.readString(README);
    }
}
