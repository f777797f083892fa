package dev.userservice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.userservice.settings.EnvFile;
import dev.userservice.settings.Places;
import dev.userservice.settings.Settings;
import dev.userservice.tools.Catalogue;
import dev.userservice.tools.Tool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files beside the built JAR: the bundle that clients install, and the JAR's checksum. */
final class BundleIT {

    private static final Path JAR = Path.of(System.getProperty("user-service.jar", "target/user-service.jar"));
    private static final Path BUNDLE = JAR.resolveSibling("user-service.mcpb");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([A-Z_]+)`(?: \\*)? \\|.*?\\| (.*) \\|$");

    @TempDir
    private Path folder;

    private byte[] entry(String name) throws IOException {
        try (ZipFile bundle = new ZipFile(BUNDLE.toFile())) {
            return bundle.getInputStream(bundle.getEntry(name)).readAllBytes();
        }
    }

    private JsonNode manifest() throws IOException {
        return ServerProcess.parse(new String(entry("manifest.json"), StandardCharsets.UTF_8));
    }

    @Test
    void holdsTheFinishedJarAndNothingOfTheDayItWasBuilt() throws IOException {
        assertArrayEquals(Files.readAllBytes(JAR), entry("user-service.jar"));
        assertArrayEquals(Files.readAllBytes(Path.of("LICENSE")), entry("LICENSE"));
        try (ZipFile bundle = new ZipFile(BUNDLE.toFile())) {
            List<? extends ZipEntry> entries = Collections.list(bundle.entries());
            assertEquals(
                    List.of("manifest.json", "user-service.jar", "LICENSE"),
                    entries.stream().map(ZipEntry::getName).toList());
            LocalDateTime time = LocalDateTime.parse("2026-11-22T00:00:00"); // project.build.outputTimestamp
            assertTrue(entries.stream().allMatch(entry -> entry.getTimeLocal().equals(time)));
        }
    }

    @Test
    void asksForSettingsInTheirOwnWords() throws IOException {
        Map<String, String> expected = new LinkedHashMap<>();
        JsonNode fields = manifest().path("user_config");
        manifest().at("/server/mcp_config/env").properties().forEach(variable -> {
            String field = field(variable.getValue());
            expected.put(
                    variable.getKey(), fields.path(field).path("description").asText());
        });
        Map<String, String> documented = new HashMap<>();
        Matcher row = ROW.matcher(Files.readString(Path.of("README.md")));
        while (row.find()) {
            documented.put(row.group(1), row.group(2).replace("`", "").replaceAll(" \\(\\[.*?]\\(.*?\\)\\)", ""));
        }
        assertEquals(4, expected.size());
        documented.keySet().retainAll(expected.keySet());
        assertEquals(documented, expected);
    }

    /** Returns the field of the form that a variable gets its value from. */
    private static String field(JsonNode value) {
        return value.asText().replaceAll("^\\$\\{user_config\\.(.*)}$", "$1");
    }

    @Test
    void listsTheTools() throws Exception {
        Map<String, String> token = Map.of("INTERNAL_API_TOKEN", ServerProcess.TOKEN);
        Map<String, String> example = EnvFile.overlay(Path.of(".env.example"), token);
        Settings settings = Settings.read(new Places(example, Map.of()), Optional.empty(), "1");
        List<Tool> tools = Catalogue.of(settings.layout(), settings.tools(), settings.fields(), settings.departments());
        assertEquals(
                tools.stream().map(tool -> tool.name() + ": " + tool.title()).toList(),
                StreamSupport.stream(manifest().path("tools").spliterator(), false)
                        .map(tool -> tool.path("name").asText() + ": "
                                + tool.path("description").asText())
                        .toList());
    }

    @Test
    void startsAServerFromItsForm() throws Exception {
        Path token = Files.writeString(folder.resolve("token"), ServerProcess.TOKEN);
        JsonNode manifest = manifest();
        JsonNode config = manifest.at("/server/mcp_config");
        assertEquals("java", config.path("command").asText());
        assertEquals(
                "[\"-jar\",\"${__dirname}/user-service.jar\"]",
                config.path("args").toString());
        try (SampleApi api = new SampleApi(0)) {
            Map<String, String> filled = Map.of("api_url", api.url(), "token_file", token.toString());
            Map<String, String> settings = new HashMap<>(Map.of(
                    "USER_SERVICE_AUDIT_FILE", folder.resolve("audit.jsonl").toString()));
            config.path("env").properties().forEach(variable -> {
                String field = field(variable.getValue());
                String byDefault =
                        manifest.at("/user_config/" + field + "/default").asText("missing");
                settings.put(variable.getKey(), filled.getOrDefault(field, byDefault));
            });
            assertEquals(5, settings.size());
            Run run = Run.of(settings, folder, "call", "get_user", "user_id=7");
            assertEquals(0, run.status(), run.err());
        }
    }

    @Test
    void hasItsChecksumBesideIt() throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(JAR));
        assertEquals(
                HexFormat.of().formatHex(digest) + "  user-service.jar\n",
                Files.readString(JAR.resolveSibling("user-service.jar.sha256")).replace("\r", ""));
    }
}
