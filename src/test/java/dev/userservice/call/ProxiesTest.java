package dev.userservice.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ProxiesTest {

    private static final String DIRECT = "direct";

    @ParameterizedTest
    @CsvSource({
        "HTTPS_PROXY, http://proxy.corp:3128,  https://api.corp/v1, proxy.corp:3128, its own scheme",
        "HTTPS_PROXY, http://proxy.corp:3128,  http://api.corp/v1,  direct,          another scheme",
        "HTTP_PROXY,  http://proxy.corp:3128,  http://api.corp/v1,  proxy.corp:3128, its own scheme",
        "HTTP_PROXY,  http://proxy.corp:3128,  https://api.corp/v1, direct,          another scheme",
        "https_proxy, http://proxy.corp:3128,  https://api.corp/v1, proxy.corp:3128, lower case",
        "HTTPS_PROXY, proxy.corp:3128,         https://api.corp/v1, proxy.corp:3128, without a scheme",
        "HTTPS_PROXY, http://proxy.corp,       https://api.corp/v1, proxy.corp:80,   without a port",
        "HTTPS_PROXY, http://proxy.corp:3128/, https://api.corp/v1, proxy.corp:3128, with a slash",
        "HTTPS_PROXY, ' http://10.0.0.1:3128', https://api.corp/v1, 10.0.0.1:3128,   a space and an address",
        "HTTPS_PROXY, ' ',                     https://api.corp/v1, direct,          blank",
        "ALL_PROXY,   http://proxy.corp:3128,  https://api.corp/v1, direct,          a variable that is not read",
    })
    void takesTheProxyFromTheEnvironment(String variable, String value, URI target, String proxy, String reason) {
        assertEquals(proxy, chosen(Map.of(variable, value), Map.of(), target), reason);
    }

    @Test
    void prefersTheLowerCaseSpelling() {
        Map<String, String> environment = Map.of("https_proxy", "http://lower:1", "HTTPS_PROXY", "http://upper:2");
        assertEquals("lower:1", chosen(environment, Map.of(), URI.create("https://api.corp")));
        Map<String, String> emptied = Map.of("https_proxy", " ", "HTTPS_PROXY", "http://upper:2", "no_proxy", "");
        assertEquals("upper:2", chosen(emptied, Map.of(), URI.create("https://api.corp")));
    }

    @ParameterizedTest
    @CsvSource({
        "api.corp,              https://api.corp,      direct,     the host itself",
        "API.CORP,              https://api.corp,      direct,     in other letters",
        "corp,                  https://api.corp,      direct,     a domain it is in",
        ".corp,                 https://api.corp,      direct,     with a dot",
        "*.corp,                https://api.corp,      direct,     with a star",
        "*,                     https://api.corp,      direct,     everything",
        "'a.example, api.corp', https://api.corp,      direct,     one of several",
        "api.corp:443,          https://api.corp,      direct,     with the port in use",
        "api.corp:8443,         https://api.corp:8443, direct,     with the port in use",
        "api.corp:8443,         https://api.corp,      proxy:3128, with another port",
        "pi.corp,               https://api.corp,      proxy:3128, an end that is no domain",
        "api.corp.example,      https://api.corp,      proxy:3128, a longer name",
        "',',                   https://api.corp,      proxy:3128, nothing in it",
        "10.0.0.1,              https://10.0.0.1,      direct,     an address",
    })
    void leavesTheProxyOutWhereNoProxySaysSo(String exempt, URI target, String proxy, String reason) {
        Map<String, String> environment = Map.of("HTTPS_PROXY", "http://proxy:3128", "NO_PROXY", exempt);
        assertEquals(proxy, chosen(environment, Map.of(), target), reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost:8080",
                "http://LOCALHOST",
                "http://127.0.0.1:8080",
                "https://127.1.2.3",
                "http://[::1]:8080",
                "http://localhost.:8080",
                "http://[0:0:0:0:0:0:0:1]:8080",
                "http://[0000:0:0:0:0:0:0:0001]"
            })
    void neverGoesThroughAProxyToThisMachine(URI target) {
        Map<String, String> environment = Map.of("HTTP_PROXY", "http://proxy:3128", "HTTPS_PROXY", "http://proxy:3128");
        Map<String, String> properties = Map.of("http.proxyHost", "other", "https.proxyHost", "other");
        assertEquals(DIRECT, chosen(environment, Map.of(), target));
        assertEquals(DIRECT, chosen(environment, properties, target));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"127.0.0.1.evil.example", "localhost.evil.example", "1127.0.0.1", "127.0.0", "::1", "0.0.0.0"})
    void doesNotTakeAnyOtherNameForThisMachine(String host) {
        assertFalse(Proxies.isLoopback(host));
    }

    @Test
    void letsThePropertiesOfTheJvmWin() {
        // Nothing is set in this JVM, so its own selector chooses none; the environment would choose one.
        Map<String, String> environment = Map.of("HTTPS_PROXY", "http://proxy:3128");
        assertEquals(DIRECT, chosen(environment, Map.of("https.proxyHost", "other"), URI.create("https://api.corp")));
        assertEquals("proxy:3128", chosen(environment, Map.of("http.proxyHost", "x"), URI.create("https://api.corp")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://ada:secret@proxy:3128",
                "ada:secret@proxy:3128",
                "ada@proxy:3128",
                "https://proxy:3128",
                "socks5://proxy:1080",
                "http://proxy:99999",
                "http://[fe80::1%25eth0]:3128",
                "http://",
                "http://pro xy",
                "://"
            })
    void refusesCredentialsAndWhatIsNoProxy(String value) {
        for (String name : List.of("HTTPS_PROXY", "HTTP_PROXY", "https_proxy")) {
            assertEquals(
                    List.of(name + " must be http://HOST:PORT, without user name and password"),
                    new Proxies(Map.of(name, value), Map.of()).problems());
        }
    }

    @Test
    void refusesEachVariableThatCounts() {
        Map<String, String> environment = Map.of("HTTPS_PROXY", "http://ok", "https_proxy", "://", "HTTP_PROXY", "://");
        assertEquals(
                List.of("https_proxy", "HTTP_PROXY"), refused(new Proxies(environment, Map.of())), "the name it has");
        Map<String, String> properties = Map.of("https.proxyHost", "proxy");
        assertEquals(List.of("HTTP_PROXY"), refused(new Proxies(environment, properties)), "beside the JVM's own");
        assertEquals(List.of(), refused(new Proxies(Map.of("HTTPS_PROXY", "proxy:3128"), Map.of())));
    }

    private static List<String> refused(Proxies proxies) {
        return proxies.problems().stream().map(problem -> problem.split(" ")[0]).toList();
    }

    private static String chosen(Map<String, String> environment, Map<String, String> properties, URI target) {
        List<Proxy> proxies = new Proxies(environment, properties).select(target);
        assertEquals(1, proxies.size());
        return proxies.get(0).address() instanceof InetSocketAddress address
                ? address.getHostString() + ":" + address.getPort()
                : DIRECT;
    }
}
