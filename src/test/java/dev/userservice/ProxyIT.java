package dev.userservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The way to the API through a proxy, which alone knows where {@code users.corp.example} is. */
final class ProxyIT {

    private static final String HOST = "users.corp.example";

    @TempDir
    private Path folder;

    static List<Map<String, String>> goesThroughTheProxy() {
        return List.of(
                Map.of("HTTPS_PROXY", "http://127.0.0.1:%d"),
                Map.of("HTTPS_PROXY", "http://127.0.0.1:%d", "NO_PROXY", "localhost,other.example"),
                Map.of("https_proxy", "127.0.0.1:%d"),
                Map.of("JDK_JAVA_OPTIONS", "-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=%d"),
                Map.of(
                        "JDK_JAVA_OPTIONS",
                        "-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=%d",
                        "HTTPS_PROXY",
                        "http://127.0.0.1:1"));
    }

    @ParameterizedTest
    @MethodSource
    void goesThroughTheProxy(Map<String, String> way) throws Exception {
        try (TlsApi api = new TlsApi("corp");
                ConnectProxy proxy = new ConnectProxy(api.port())) {
            Map<String, String> settings = settings(HOST, api.port(), way, proxy, "");
            Run call = Run.of(settings, folder, "call", "get_user", "user_id=7");
            assertEquals(
                    "{\"id\":\"7\",\"name\":\"Ada Byron\"}",
                    ServerProcess.parse(call.out()).toString(),
                    call.err());
            Run check = Run.of(settings, folder, "check");
            assertEquals(0, check.status(), check.out());
            String connect = "CONNECT " + HOST + ":" + api.port() + " HTTP/1.1\r\n";
            assertEquals(3, proxy.heads().size(), "one of the call, one to look, one of the check that is used again");
            assertTrue(
                    proxy.heads().stream().allMatch(head -> head.startsWith(connect)),
                    proxy.heads().toString());
            assertTrue(
                    proxy.heads().stream().noneMatch(head -> head.contains(ServerProcess.TOKEN)), "the token stays in");
        }
    }

    static List<Map<String, String>> goesStraightWhereToldSo() {
        return List.of(
                Map.of("HTTPS_PROXY", "http://127.0.0.1:%d", "NO_PROXY", ".corp.example"),
                Map.of("HTTPS_PROXY", "http://127.0.0.1:%d", "NO_PROXY", "*"),
                Map.of("HTTP_PROXY", "http://127.0.0.1:%d"),
                Map.of(
                        "JDK_JAVA_OPTIONS",
                        "-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=%d -Dhttp.nonProxyHosts=*.corp.example"));
    }

    @ParameterizedTest
    @MethodSource
    void goesStraightWhereToldSo(Map<String, String> way) throws Exception {
        try (TlsApi api = new TlsApi("corp");
                ConnectProxy proxy = new ConnectProxy(api.port())) {
            Run check = Run.of(settings(HOST, api.port(), way, proxy, "127.0.0.1 " + HOST), folder, "check");
            assertEquals(0, check.status(), check.out());
            assertEquals(List.of(), proxy.heads());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTPS_PROXY", "JDK_JAVA_OPTIONS"})
    void neverGoesThroughAProxyToThisMachine(String variable) throws Exception {
        String property = "-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=%d -Dhttp.nonProxyHosts=";
        Map<String, String> way = Map.of(variable, variable.equals("HTTPS_PROXY") ? "http://127.0.0.1:%d" : property);
        try (TlsApi api = new TlsApi("good");
                ConnectProxy proxy = new ConnectProxy(api.port())) {
            Run check = Run.of(settings("localhost", api.port(), way, proxy, "127.0.0.1 localhost"), folder, "check");
            assertEquals(0, check.status(), check.out());
            assertEquals(List.of(), proxy.heads());
        }
    }

    @Test
    void takesTheProxyOfTheFileOfSettings() throws Exception {
        try (TlsApi api = new TlsApi("corp");
                ConnectProxy proxy = new ConnectProxy(api.port())) {
            Files.writeString(folder.resolve("proxy.env"), "HTTPS_PROXY=http://127.0.0.1:" + proxy.port() + "\n");
            Run check =
                    Run.of(settings(HOST, api.port(), Map.of(), proxy, ""), folder, "check", "--env-file", "proxy.env");
            assertEquals(0, check.status(), check.out());
        }
    }

    @Test
    void deniesAnApiBehindAProxyThatItDoesNotBelieve() throws Exception {
        Map<String, String> way = Map.of("HTTPS_PROXY", "http://127.0.0.1:%d");
        try (TlsApi api = new TlsApi("corp-expired");
                ConnectProxy proxy = new ConnectProxy(api.port())) {
            Map<String, String> settings = settings(HOST, api.port(), way, proxy, "");
            Run check = Run.of(settings, folder, "check");
            assertEquals(1, check.status());
            assertEquals(
                    "FAIL the certificate has expired. Remedy: have the API's certificate renewed.",
                    check.stage("TLS"));
            Run call = Run.of(settings, folder, "call", "get_user", "user_id=7");
            assertEquals(1, call.status());
            assertEquals(List.of("upstream_denied"), results());
            assertEquals(0, api.requests());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "407 Proxy Authentication Required | upstream_contract    | proxy credentials are not supported: "
                        + "have the proxy let this machine through without them,",
                "403 Forbidden                     | upstream_unavailable | "
                        + "have the proxy permit the API's host and port,",
                "502 Bad Gateway                   | upstream_unavailable | "
                        + "check the host and port in INTERNAL_API_URL, and that the proxy can reach them;",
                "302 Found                         | upstream_unavailable | "
                        + "have the proxy permit the API's host and port,",
            })
    void givesUpWhereTheProxyRefuses(String status, String code, String remedy) throws Exception {
        Map<String, String> way = Map.of("HTTPS_PROXY", "http://127.0.0.1:%d");
        String refusal =
                RawApi.response(status, "", "Proxy-Authenticate: Basic realm=\"x\"", "Location: http://127.0.0.1:1/");
        try (TlsApi api = new TlsApi("corp");
                ConnectProxy proxy = new ConnectProxy(api.port(), refusal)) {
            Map<String, String> settings = settings(HOST, api.port(), way, proxy, "");
            Run call = Run.of(settings, folder, "call", "get_user", "user_id=7");
            assertEquals(1, call.status(), call.out());
            assertEquals(List.of(code), results());
            Run check = Run.of(settings, folder, "check");
            assertEquals(1, check.status());
            assertEquals(
                    "FAIL the proxy opens no tunnel to the API, HTTP " + status.substring(0, 3) + ". Remedy: " + remedy
                            + " or name the host in NO_PROXY (in http.nonProxyHosts where a property of the JVM names the proxy).",
                    check.stage("connection"));
            assertEquals(0, api.requests());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://nowhere.corp.example:3128 | address lookup | the proxy's host is not known | check the host in",
                "http://127.0.0.1:1 | connection | the proxy's host accepts no connection on port 1 (ConnectException) | "
                        + "check that it is running, the port in",
            })
    void blamesTheProxyThatIsNotThere(String url, String stage, String finding, String remedy) throws Exception {
        try (TlsApi api = new TlsApi("corp");
                ConnectProxy proxy = new ConnectProxy(api.port())) {
            Run check = Run.of(settings(HOST, api.port(), Map.of("HTTPS_PROXY", url), proxy, ""), folder, "check");
            assertEquals(1, check.status());
            String begin = "FAIL " + finding + ". Remedy: " + remedy + " HTTPS_PROXY, HTTP_PROXY or the JVM's";
            assertTrue(check.stage(stage).startsWith(begin), check.out());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"220 mail.corp.example ESMTP ready\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "", "\r\n"})
    void tellsAProxyThatIsNone(String answer) throws Exception {
        Map<String, String> way = Map.of("HTTPS_PROXY", "http://127.0.0.1:%d");
        try (TlsApi api = new TlsApi("corp");
                ConnectProxy proxy = new ConnectProxy(api.port(), answer)) {
            Map<String, String> settings = settings(HOST, api.port(), way, proxy, "");
            settings.put("INTERNAL_API_TIMEOUT_MS", "500");
            Run check = Run.of(settings, folder, "check");
            assertEquals(1, check.status());
            assertTrue(
                    check.stage("connection").startsWith("FAIL the proxy does not answer like a proxy ("), check.out());
            assertEquals(0, api.requests());
        }
    }

    private List<String> results() throws IOException {
        return Files.readAllLines(folder.resolve("audit.jsonl")).stream()
                .map(ServerProcess::parse)
                .filter(line -> line.path("event").asText().equals("tool_call"))
                .map(line -> line.path("result").asText())
                .toList();
    }

    /** Settings for an API at {@code host}; {@code hosts} is all the names the program itself can look up. */
    private Map<String, String> settings(
            String host, int port, Map<String, String> way, ConnectProxy proxy, String hosts) throws Exception {
        Path names = Files.writeString(folder.resolve("hosts"), hosts + "\n");
        Map<String, String> settings = ServerProcess.settings("https://" + host + ":" + port, folder);
        settings.put("INTERNAL_API_CA_FILE", Certificates.pem(folder, "ca"));
        Map<String, String> told = new HashMap<>();
        way.forEach((name, value) -> told.put(name, value.formatted(proxy.port())));
        told.merge("JDK_JAVA_OPTIONS", "-Djdk.net.hosts.file=" + names, (own, further) -> own + " " + further);
        settings.putAll(told);
        return settings;
    }

    /** A proxy that knows CONNECT and leads every name to one loopback port. */
    private static final class ConnectProxy implements AutoCloseable {

        private final List<String> heads = new CopyOnWriteArrayList<>();
        private final RawApi.Listener listener = new RawApi.Listener(this::serve);
        private final int target;
        private final String answer;

        ConnectProxy(int target) throws IOException {
            this(target, "HTTP/1.1 200 Connection established\r\n\r\n");
        }

        ConnectProxy(int target, String answer) throws IOException {
            this.target = target;
            this.answer = answer;
        }

        int port() {
            return listener.port();
        }

        /** Returns what it was asked, from the request line to the empty line. */
        List<String> heads() {
            return heads;
        }

        private void serve(Socket client) throws IOException {
            String head = RawApi.head(client.getInputStream());
            if (head.isEmpty()) {
                return; // only looked whether somebody is there
            }
            heads.add(head);
            RawApi.write(client, answer);
            try (Socket api = new Socket(InetAddress.getByName("127.0.0.1"), target)) {
                RawApi.daemon(() -> copy(client, api));
                copy(api, client);
            }
        }

        private static void copy(Socket from, Socket to) throws IOException {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }
}
