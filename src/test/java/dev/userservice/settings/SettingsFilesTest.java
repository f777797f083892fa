package dev.userservice.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.userservice.audit.AuditChain;
import dev.userservice.audit.AuditLog;
import dev.userservice.call.Trust;
import dev.userservice.model.Json;
import dev.userservice.model.Redactor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the settings hold of the files that they name. */
final class SettingsFilesTest {

    @TempDir
    private Path folder;

    @Test
    void holdsTheAuthoritiesOfTheFileNamed() throws Exception {
        X509Certificate[] known = Trust.manager(List.of()).getAcceptedIssuers();
        Path file = folder.resolve("ca.pem");
        Files.writeString(file, pem(known[0]) + pem(known[1]));
        assertEquals(
                Optional.of(List.of(known[0], known[1])),
                read(Map.of("INTERNAL_API_CA_FILE", file.toString())).authorities());
    }

    private static String pem(X509Certificate certificate) throws Exception {
        return "-----BEGIN CERTIFICATE-----\n" + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
                + "\n-----END CERTIFICATE-----\n";
    }

    @Test
    void keysTheAuditChainWithTheFileNamedAndOnlyThen() throws Exception {
        String key = "k".repeat(32);
        Path file = Files.writeString(folder.resolve("key"), key);
        assertEquals("sha256 ", chain(read(Map.of())));
        assertEquals(
                "hmac-sha256 " + AuditChain.digest(key).substring(0, 16),
                chain(read(Map.of("USER_SERVICE_AUDIT_KEY_FILE", file.toString()))));
    }

    /** Returns what a session's first line says of its chain and the key. */
    private static String chain(Settings settings) throws Exception {
        List<String> lines = new ArrayList<>();
        new AuditLog(
                        line -> lines.add(new String(line, StandardCharsets.UTF_8)),
                        settings.auditChain(),
                        new Redactor(),
                        Clock.systemUTC(),
                        new AuditLog.Identity("1.0.0", 4711, "svc-users", "ada", Optional.empty()))
                .start(settings.tools(), 2000, "");
        JsonNode start = Json.parse(lines.get(0)).orElseThrow();
        return start.path("chain").asText() + " " + start.path("key").asText();
    }

    private static Settings read(Map<String, String> further) throws SettingsException {
        Map<String, String> environment = new HashMap<>(Map.of(
                "INTERNAL_API_URL", "https://users.corp.example", "INTERNAL_API_TOKEN", "token-0123456789abcdef"));
        environment.putAll(further);
        return Settings.read(new Places(environment, Map.of()), Optional.empty(), "1.0.0");
    }
}
