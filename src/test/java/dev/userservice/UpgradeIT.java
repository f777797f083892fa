package dev.userservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A JAR moved into the place of the one that runs, as the README has an upgrade. */
@DisabledOnOs(OS.WINDOWS) // which lets nobody move anything over an open file
@Timeout(120)
final class UpgradeIT {

    @TempDir
    private Path folder;

    @Test
    void losesNothingOfAServerThatRuns() throws Exception {
        Path built = Path.of(System.getProperty("user-service.jar", "target/user-service.jar"));
        Path jar = Files.copy(built, folder.resolve("user-service.jar"));
        try (SampleApi api = new SampleApi(0)) {
            Map<String, String> settings = ServerProcess.settings(api.url(), folder);
            try (ServerProcess server = ServerProcess.start(command(jar), settings, folder)) {
                server.initialize();
                Files.move(successor(built), jar, StandardCopyOption.REPLACE_EXISTING);
                server.callUser("1", "7"); // what calls and their failures need is loaded only now
                assertFalse(server.answer("1").at("/result/isError").asBoolean());
                server.callUser("2", "; DROP");
                assertTrue(server.answer("2").at("/result/isError").asBoolean());
                server.line("{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"server/discover\",\"params\":{\"_meta\":{"
                        + "\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"}}}");
                assertTrue(server.answer("3").has("error"), "the other keys of its _meta are missing");
                assertEquals(0, server.end());
            }
            try (ServerProcess server = ServerProcess.start(command(jar), settings, folder)) {
                server.initialize();
                server.callUser("1", "7");
                assertFalse(server.answer("1").at("/result/isError").asBoolean());
                assertEquals(0, server.end());
            }
        }
        Run verified = Run.of(Map.of(), folder, "verify-audit", "audit.jsonl");
        assertEquals(0, verified.status(), verified.out());
        assertTrue(verified.out().contains("lines: 7, sessions: 2, problems: 0, warnings: 0"), verified.out());
    }

    /** Returns a JAR that does the same and holds nothing where the old one had it. */
    private Path successor(Path built) throws Exception {
        Path other = folder.resolve("new.jar");
        try (OutputStream out = Files.newOutputStream(other)) {
            out.write("#!/bin/false\n".repeat(10_000).getBytes(StandardCharsets.US_ASCII));
            Files.copy(built, out);
        }
        return other;
    }

    private static List<String> command(Path jar) {
        List<String> command = new ArrayList<>(ServerProcess.command());
        command.removeIf(option -> option.startsWith("-X")); // plain: everything is read from the JAR
        command.set(command.size() - 1, jar.toString());
        return command;
    }
}
