package dev.userservice.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.userservice.Certificates;
import dev.userservice.RawApi;
import dev.userservice.TlsApi;
import dev.userservice.check.CheckReport.StageFailure;
import dev.userservice.settings.Places;
import dev.userservice.settings.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The way to the API over real sockets; names that must not be found are too long to be asked for. */
@Timeout(60)
final class NetworkCheckTest {

    private static final String UNKNOWN_HOST = "x".repeat(64) + ".example";
    private static final String PROXY_SETTING = "HTTPS_PROXY, HTTP_PROXY or the JVM's https.proxyHost";

    private static final int STAGE_COLUMN = 6;
    private static final int STAGE_WIDTH = 15;

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void looksNoFurtherThanTheConnectionWithoutTls() throws Exception {
        try (RawApi api = RawApi.always("")) {
            run(api.url(), Map.of());
            assertEquals(
                    List.of(
                            "ok    address lookup  the API's host has 1 address",
                            "ok    connection      the API's host accepts connections on port " + api.port(),
                            "ok    TLS             none: the address is http"),
                    lines());
            assertEquals(List.of(), api.targets(), "nothing is sent");
        }
    }

    @Test
    void hangsUpOnceItHasConnected() throws Exception {
        CompletableFuture<Integer> read = new CompletableFuture<>();
        try (RawApi.Listener api = new RawApi.Listener(
                socket -> read.complete(socket.getInputStream().read()))) {
            run("http://127.0.0.1:" + api.port(), Map.of("INTERNAL_API_TIMEOUT_MS", "60000"));
            assertEquals(-1, read.get(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void countsTheAddresses() throws Exception {
        int addresses = InetAddress.getAllByName("localhost").length;
        try (RawApi api = RawApi.always("")) {
            run(api.url().replace("127.0.0.1", "localhost"), Map.of());
            assertEquals(
                    "ok    address lookup  the API's host has " + addresses
                            + (addresses == 1 ? " address" : " addresses"),
                    lines().get(0));
        }
    }

    @Test
    void looksAnAddressUpWithoutItsBrackets() throws Exception {
        int port = closedPort();
        assertTrue(failure("http://[::1]:" + port, Map.of())
                .startsWith("connection: the API's host accepts no connection on"));
        assertEquals(List.of("ok    address lookup  the API's host has 1 address"), passed());
    }

    @Test
    void blamesTheHostThatIsNotKnown() {
        assertEquals(
                "address lookup: the API's host is not known; check the host in INTERNAL_API_URL, the DNS and the VPN",
                failure("https://" + UNKNOWN_HOST, Map.of()));
        assertEquals(
                "address lookup: the proxy's host is not known; check the host in " + PROXY_SETTING
                        + ", the DNS and the VPN",
                failure("https://users.corp.example", Map.of("HTTPS_PROXY", "http://" + UNKNOWN_HOST + ":3128")));
        assertEquals(List.of(), passed());
    }

    @Test
    void blamesThePortThatIsClosed() throws Exception {
        int port = closedPort();
        assertEquals(
                "connection: the API's host accepts no connection on port " + port + " (ConnectException); "
                        + "check that it is running, the port in INTERNAL_API_URL, firewalls and proxies",
                failure("http://127.0.0.1:" + port, Map.of()));
        assertEquals(
                "connection: the proxy's host accepts no connection on port " + port + " (ConnectException); "
                        + "check that it is running, the port in " + PROXY_SETTING + ", firewalls and proxies",
                failure("https://users.corp.example", Map.of("HTTPS_PROXY", "http://127.0.0.1:" + port)));
    }

    @Test
    void asksNoProxyForAWayThatNeedsNone() throws Exception {
        try (RawApi proxy = RawApi.always("")) {
            run(
                    "http://users.corp.example",
                    Map.of("INTERNAL_API_ALLOW_HTTP", "true", "HTTP_PROXY", "http://127.0.0.1:" + proxy.port()));
            assertEquals(
                    List.of(
                            "ok    address lookup  the proxy's host has 1 address",
                            "ok    connection      the proxy's host accepts connections on port " + proxy.port(),
                            "ok    TLS             none: the address is http"),
                    lines());
            assertEquals(List.of(), proxy.requests());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "https://users.corp.example,      users.corp.example:443",
        "https://users.corp.example:8443, users.corp.example:8443",
    })
    void goesThroughTheTunnelOfAProxy(String url, String authority) throws Exception {
        List<String> heads = new CopyOnWriteArrayList<>();
        try (TlsApi api = new TlsApi("wrong-name");
                RawApi proxy = new RawApi((request, socket) -> {
                    heads.add(request.head());
                    RawApi.write(socket, "HTTP/1.1 200 Connection established\r\n\r\n");
                    lead(socket, api.port());
                })) {
            assertEquals(
                    "TLS: the certificate is for another host name; use a host name in INTERNAL_API_URL that the certificate names",
                    failure(url, trusting("ca", "http://127.0.0.1:" + proxy.port())));
            assertEquals(
                    List.of(
                            "ok    address lookup  the proxy's host has 1 address",
                            "ok    connection      the proxy's host accepts connections on port " + proxy.port()
                                    + " and opens a tunnel to the API"),
                    passed());
        }
        assertEquals(List.of("CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n"), heads);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "201 | have the proxy permit the API's host and port,",
                "403 | have the proxy permit the API's host and port,",
                "407 | proxy credentials are not supported: have the proxy let this machine through without them,",
                "500 | check the host and port in INTERNAL_API_URL, and that the proxy can reach them;",
                "501 | have the proxy permit the API's host and port,",
                "502 | check the host and port in INTERNAL_API_URL, and that the proxy can reach them;",
                "503 | check the host and port in INTERNAL_API_URL, and that the proxy can reach them;",
                "504 | check the host and port in INTERNAL_API_URL, and that the proxy can reach them;",
                "505 | have the proxy permit the API's host and port,",
            })
    void saysWhatAProxyObjects(int status, String remedy) throws Exception {
        try (RawApi proxy = RawApi.always(RawApi.response(status + " Refused", ""))) {
            assertEquals(
                    "connection: the proxy opens no tunnel to the API, HTTP " + status + "; " + remedy
                            + " or name the host in NO_PROXY (in http.nonProxyHosts where a property of the JVM names the proxy)",
                    failure("https://users.corp.example", Map.of("HTTPS_PROXY", "http://127.0.0.1:" + proxy.port())));
        }
    }

    @Test
    void blamesAProxyThatIsNone() throws Exception {
        try (RawApi mail = RawApi.always("220 mail.corp.example ESMTP ready\r\n\r\n")) {
            assertEquals(
                    "connection: the proxy does not answer like a proxy (ProtocolException); check the host and port in "
                            + PROXY_SETTING,
                    failure("https://users.corp.example", Map.of("HTTPS_PROXY", "http://127.0.0.1:" + mail.port())));
        }
    }

    @Test
    void waitsNoLongerThanACallForAProxyThatIsSilent() throws Exception {
        Map<String, String> silent = new HashMap<>(Map.of("INTERNAL_API_TIMEOUT_MS", "300"));
        try (RawApi proxy = RawApi.always("")) {
            silent.put("HTTPS_PROXY", "http://127.0.0.1:" + proxy.port());
            assertEquals(
                    "connection: the proxy does not answer like a proxy (SocketException); check the host and port in "
                            + PROXY_SETTING,
                    failure("https://users.corp.example", silent));
        }
    }

    @Test
    void waitsNoLongerThanACallForAHandshake() throws Exception {
        try (RawApi.Listener silent =
                new RawApi.Listener(socket -> socket.getInputStream().readAllBytes())) {
            String said = failure("https://127.0.0.1:" + silent.port(), Map.of("INTERNAL_API_TIMEOUT_MS", "300"));
            assertTrue(said.startsWith("TLS: "), said);
            assertTrue(said.contains("check that the port in INTERNAL_API_URL speaks TLS"), said);
        }
    }

    @Test
    void trustsACertificateOfTheFilesAuthority() throws Exception {
        try (TlsApi api = new TlsApi("good")) {
            run("https://localhost:" + api.port(), trusting("ca", ""));
            assertEquals("ok    TLS             the certificate is trusted and names the host", lines().get(2));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "wrong-name  | the certificate is for another host name; use a host name in INTERNAL_API_URL that the certificate names",
                "expired     | the certificate has expired; have the API's certificate renewed",
                "future      | the certificate is not valid yet; check this machine's clock, then the API's certificate",
                "self-signed | the certificate is self-signed; set INTERNAL_API_CA_FILE to the PEM file of the authority "
                        + "that signed it",
                "unknown     | the certificate's authority is not trusted here; set INTERNAL_API_CA_FILE to the PEM file of "
                        + "the authority that signed it",
            })
    void saysWhyACertificateIsNotTrusted(String alias, String said) throws Exception {
        try (TlsApi api = new TlsApi(alias)) {
            assertEquals("TLS: " + said, failure("https://localhost:" + api.port(), trusting("ca", "")));
        }
    }

    @Test
    void saysWhatToLookAtWhereTheHandshakeIsRefused() throws Exception {
        try (RawApi.Listener plain = new RawApi.Listener(socket -> {
            socket.getInputStream().read();
            RawApi.write(socket, "HTTP/1.1 400 Bad Request\r\n\r\n");
            socket.getInputStream().readAllBytes();
        })) {
            assertEquals(
                    "TLS: the handshake was refused; check that the port in INTERNAL_API_URL speaks TLS 1.2 or 1.3, and wants "
                            + "no client certificate",
                    failure("https://127.0.0.1:" + plain.port(), Map.of()));
        }
    }

    private Map<String, String> trusting(String alias, String proxy) throws IOException {
        return Map.of("INTERNAL_API_CA_FILE", Certificates.pem(folder, alias), "HTTPS_PROXY", proxy);
    }

    private static void lead(Socket client, int port) throws IOException {
        try (Socket api = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
            Thread there = new Thread(() -> {
                try {
                    client.getInputStream().transferTo(api.getOutputStream());
                } catch (IOException e) {
                    // the client has hung up
                }
            });
            there.setDaemon(true);
            there.start();
            api.getInputStream().transferTo(client.getOutputStream());
        }
    }

    private static int closedPort() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return server.getLocalPort();
        }
    }

    private String failure(String url, Map<String, String> further) {
        assertThrows(StageFailure.class, () -> run(url, further));
        String last = lines().get(lines().size() - 1);
        assertTrue(last.startsWith("FAIL  ") && last.endsWith("."), last);
        String said = last.substring(STAGE_COLUMN + STAGE_WIDTH, last.length() - 1);
        return last.substring(STAGE_COLUMN, STAGE_COLUMN + STAGE_WIDTH).strip() + ":"
                + said.replace(". Remedy: ", "; ");
    }

    private void run(String url, Map<String, String> further) throws Exception {
        Map<String, String> environment =
                new HashMap<>(Map.of("INTERNAL_API_URL", url, "INTERNAL_API_TOKEN", "token-0123456789abcdef"));
        environment.putAll(further);
        Settings settings = Settings.read(new Places(environment, Map.of()), Optional.empty(), "1");
        CheckReport report = new CheckReport(new PrintStream(out, true, StandardCharsets.UTF_8), false);
        new NetworkCheck(settings, report).run();
    }

    private List<String> passed() {
        return lines().stream().filter(line -> line.startsWith("ok ")).toList();
    }

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
