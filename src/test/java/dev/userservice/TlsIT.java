package dev.userservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real handshakes: whom the server believes, and what {@code check} says where it does not. */
final class TlsIT {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"good, of the file", "unknown, of the JDK"})
    void believesTheAuthoritiesOfTheFileAndOfTheJdk(String alias, String reason) throws Exception {
        try (TlsApi api = new TlsApi(alias)) {
            Map<String, String> settings = settings(api.port());
            settings.put(
                    "JDK_JAVA_OPTIONS",
                    "-Djavax.net.ssl.trustStore=" + Certificates.trustStore(folder, "other-ca")
                            + " -Djavax.net.ssl.trustStorePassword=changeit");
            Run call = Run.of(settings, folder, "call", "get_user", "user_id=7");
            assertEquals(
                    "{\"id\":\"7\",\"name\":\"Ada Byron\"}",
                    ServerProcess.parse(call.out()).toString(),
                    call.err());
            Run check = Run.of(settings, folder, "check");
            assertEquals(0, check.status(), check.out());
            assertEquals("ok the certificate is trusted and names the host", check.stage("TLS"), reason);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "wrong-name,  the certificate is for another host name, use a host name in INTERNAL_API_URL that the certificate names",
        "expired,     the certificate has expired, have the API's certificate renewed",
        "future,      the certificate is not valid yet, 'check this machine''s clock, then the API''s certificate'",
        "self-signed, the certificate is self-signed, "
                + "set INTERNAL_API_CA_FILE to the PEM file of the authority that signed it",
        "unknown,     the certificate's authority is not trusted here, "
                + "set INTERNAL_API_CA_FILE to the PEM file of the authority that signed it",
    })
    void sendsNothingToAnApiItDoesNotBelieveAndSaysWhy(String alias, String finding, String remedy) throws Exception {
        try (TlsApi api = new TlsApi(alias)) {
            Run call = Run.of(settings(api.port()), folder, "call", "get_user", "user_id=7");
            assertEquals(1, call.status());
            assertTrue(
                    call.err().contains("Error: Unable to retrieve user; trying again does not help. Reference: "),
                    call.err());
            assertTrue(Files.readString(folder.resolve("audit.jsonl")).contains("\"result\":\"upstream_denied\""));
            Run check = Run.of(settings(api.port()), folder, "check");
            assertEquals(1, check.status());
            assertEquals("FAIL " + finding + ". Remedy: " + remedy + ".", check.stage("TLS"), check.out());
            assertEquals(0, api.requests());
        }
    }

    @Test
    void believesASelfSignedCertificateThatTheFileHolds() throws Exception {
        try (TlsApi api = new TlsApi("self-signed")) {
            Map<String, String> settings = settings(api.port());
            settings.put("INTERNAL_API_CA_FILE", Certificates.pem(folder, "self-signed"));
            Run check = Run.of(settings, folder, "check");
            assertEquals(0, check.status(), check.out());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "TLSv1.2 | TLS | FAIL the handshake was refused. Remedy: check that the port in INTERNAL_API_URL speaks TLS "
                        + "1.2 or 1.3, and wants no client certificate.",
                "TLSv1.3 | credential | FAIL list_users_by_department: TLS was refused. Remedy: client certificates are not "
                        + "supported: have the API accept the token alone.",
            })
    void isDeniedOnceByAnApiThatWantsACertificateOfTheClient(String version, String stage, String said)
            throws Exception {
        try (RawApi.Listener api = wanting(version)) {
            Run call = Run.of(settings(api.port()), folder, "call", "get_user", "user_id=7");
            assertEquals(1, call.status());
            String line = Files.readAllLines(folder.resolve("audit.jsonl")).get(1);
            assertTrue(line.contains("\"result\":\"upstream_denied\",\"attempts\":1,"), line);
            Run check = Run.of(settings(api.port()), folder, "check");
            assertEquals(1, check.status());
            assertEquals(said, check.stage(stage), check.out());
        }
    }

    /** An API that ends the handshake with clients that show no certificate. */
    private static RawApi.Listener wanting(String version) throws Exception {
        SSLSocketFactory factory = Certificates.context("good").getSocketFactory();
        return new RawApi.Listener(plain -> {
            SSLSocket tls = (SSLSocket) factory.createSocket(plain, null, false);
            tls.setEnabledProtocols(new String[] {version});
            tls.setNeedClientAuth(true);
            assertThrows(SSLException.class, tls::startHandshake);
            plain.getInputStream().transferTo(OutputStream.nullOutputStream()); // a reset would swallow the alert
        });
    }

    @Test
    void isServedByAnApiThatWouldLikeACertificateOfTheClient() throws Exception {
        SSLSocketFactory factory = Certificates.context("good").getSocketFactory();
        try (RawApi.Listener api = new RawApi.Listener(plain -> {
            SSLSocket tls = (SSLSocket) factory.createSocket(plain, null, false);
            tls.setWantClientAuth(true);
            while (!RawApi.head(tls.getInputStream()).isEmpty()) {
                RawApi.write(tls, RawApi.ok("{\"id\":7,\"name\":\"Ada\",\"users\":[{\"id\":7,\"name\":\"Ada\"}]}"));
            }
        })) {
            Run check = Run.of(settings(api.port()), folder, "check", "--user", "7");
            assertEquals(0, check.status(), check.out());
        }
    }

    @Test
    void tellsAPortThatDoesNotSpeakTls() throws Exception {
        try (RawApi api = RawApi.always(RawApi.ok("{}"))) {
            Map<String, String> settings = ServerProcess.settings(api.url().replace("http:", "https:"), folder);
            settings.put("INTERNAL_API_TIMEOUT_MS", "500");
            Run check = Run.of(settings, folder, "check");
            assertEquals(1, check.status());
            assertTrue(check.stage("TLS").contains("check that the port in INTERNAL_API_URL speaks TLS"), check.out());
        }
    }

    private Map<String, String> settings(int port) throws Exception {
        Map<String, String> settings = ServerProcess.settings("https://localhost:" + port, folder);
        settings.put("INTERNAL_API_CA_FILE", Certificates.pem(folder, "ca"));
        return settings;
    }
}
