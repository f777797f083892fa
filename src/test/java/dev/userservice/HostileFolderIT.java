package dev.userservice;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The working directory is the client's choice: nothing lying there counts, and nothing is left there. */
final class HostileFolderIT {

    private static final String LIST = "{\"jsonrpc\":\"2.0\",\"id\":\"list\",\"method\":\"tools/list\"}";
    private static final String LOGBACK = """
      <configuration debug="true">
        <appender name="F" class="ch.qos.logback.core.FileAppender">
          <file>owned.log</file><encoder><pattern>owned %m%n</pattern></encoder>
        </appender>
        <root level="TRACE"><appender-ref ref="F"/></root>
      </configuration>
      """;
    private static final String SETTINGS = """
      INTERNAL_API_URL=http://127.0.0.1:9/owned
      USER_SERVICE_FIELDS=id,name
      USER_SERVICE_TOOLS=get_user
      USER_SERVICE_AUDIT_FILE=owned.jsonl
      USER_SERVICE_UNKNOWN=1
      """;

    @TempDir
    private Path folder;

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void countsNothingLyingAboutAndLeavesNothingBehind() throws Exception {
        Path work = Files.createDirectory(folder.resolve("work"));
        Path empty = Files.createDirectory(folder.resolve("tmp"));
        Path state = folder.resolve("state");
        layTraps(work);
        Map<String, byte[]> before = contents(work);
        try (SampleApi api = new SampleApi(0)) {
            Map<String, String> settings = ServerProcess.settings(api.url(), work);
            settings.remove("USER_SERVICE_AUDIT_FILE");
            settings.put("XDG_STATE_HOME", state.toString());
            settings.put("JDK_JAVA_OPTIONS", "-Djava.io.tmpdir=" + empty);
            try (ServerProcess server = ServerProcess.start(settings, work)) {
                server.initialize();
                server.callUser("1", "7");
                assertEquals(
                        "engineering",
                        server.answer("1")
                                .at("/result/structuredContent/department")
                                .asText());
                server.line(LIST);
                assertEquals(
                        "list_users_by_department",
                        server.answer("\"list\"").at("/result/tools/1/name").asText());
                assertEquals(List.of(), contents(empty).keySet().stream().toList());
                assertEquals(0, server.end());
                List<String> diagnostics = server.stderr()
                        .lines()
                        .filter(line -> !isOfTheJvm(line))
                        .toList();
                assertEquals(1, diagnostics.size(), diagnostics.toString());
                server.transcript().forEach(ServerProcess::parse);
            }
        }
        Files.delete(work.resolve("stderr.txt"));
        assertEquals(render(before), render(contents(work)));
        assertEquals(List.of(), contents(empty).keySet().stream().toList());
        assertEquals(
                List.of(
                        "user-service/audit.jsonl",
                        "user-service/audit.jsonl.disclosed",
                        "user-service/audit.jsonl.disclosed.lock"),
                contents(state).keySet().stream().toList());
        assertEquals("rw-------", permissions(state.resolve("user-service/audit.jsonl")));
        assertEquals("rwx------", permissions(state.resolve("user-service")));
    }

    /** What an auditor finds at the session's start is the SHA-256 of the tools array, byte for byte as it is sent. */
    @Test
    void publishesTheSameBytesInEveryProcessAndRecordsTheirDigest() throws Exception {
        String first = published("one");
        assertEquals(first, published("two"));
        String tools = first.substring(first.indexOf("\"tools\":") + 8, first.length() - 2);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(tools.getBytes(StandardCharsets.UTF_8));
        for (String run : List.of("one", "two")) {
            JsonNode start =
                    ServerProcess.parse(Files.readAllLines(folder.resolve(run).resolve("audit.jsonl"))
                            .get(0));
            assertEquals(HexFormat.of().formatHex(digest), start.path("schemas").asText());
        }
    }

    private String published(String name) throws Exception {
        Path run = Files.createDirectory(folder.resolve(name));
        try (ServerProcess server = ServerProcess.start(ServerProcess.settings("http://127.0.0.1:9", run), run)) {
            server.initialize();
            server.line(LIST);
            server.answer("\"list\"");
            assertEquals(0, server.end());
            return server.transcript().get(1);
        }
    }

    /** It says which options it picked up, and which files it did not. */
    private static boolean isOfTheJvm(String line) {
        return line.contains("JDK_JAVA_OPTIONS") || line.contains("file is present but has been ignored");
    }

    private static void layTraps(Path work) throws IOException {
        for (String name : List.of(".env", "user-service.properties", "application.properties", ".userservicerc")) {
            Files.writeString(work.resolve(name), SETTINGS);
        }
        for (String name : List.of("logback.xml", "logback-test.xml", "logback.groovy", "logback.scmo")) {
            Files.writeString(work.resolve(name), LOGBACK);
        }
        Files.writeString(
                work.resolve("logging.properties"), "handlers=java.util.logging.ConsoleHandler\n.level=ALL\n");
        Files.writeString(work.resolve(".hotspotrc"), "-XX:+PrintFlagsFinal\n");
        Files.writeString(work.resolve(".hotspot_compiler"), "quiet\n");
        Files.writeString(work.resolve("simplelogger.properties"), "org.slf4j.simpleLogger.defaultLogLevel=trace\n");
        for (String jar : List.of("jackson-databind-2.23.0.jar", "logback-classic-1.6.6.jar", "mcp-2.1.0.jar")) {
            Files.writeString(work.resolve(jar), "no archive");
        }
        Path services = Files.createDirectories(work.resolve("META-INF/services"));
        for (String service : List.of(
                "ch.qos.logback.classic.spi.Configurator",
                "org.slf4j.spi.SLF4JServiceProvider",
                "io.modelcontextprotocol.json.McpJsonMapperSupplier",
                "java.net.spi.InetAddressResolverProvider")) {
            Files.writeString(services.resolve(service), "owned.Trap\n");
        }
        for (String name : List.of("dev/userservice/Main.class", "ch/qos/logback/classic/Logger.class")) {
            Path trap = work.resolve(name);
            Files.createDirectories(trap.getParent());
            Files.writeString(trap, "no class");
        }
        Files.createDirectories(work.resolve("lib"));
        Files.createDirectories(work.resolve(".local/state/user-service"));
    }

    private static Map<String, byte[]> contents(Path root) throws IOException {
        Map<String, byte[]> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root).filter(Files::isRegularFile)) {
            for (Path file : files.toList()) {
                contents.put(root.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return contents;
    }

    private static String render(Map<String, byte[]> contents) {
        StringBuilder all = new StringBuilder();
        contents.forEach((name, bytes) -> all.append(name + ' ' + HexFormat.of().formatHex(bytes) + '\n'));
        return all.toString();
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
