package dev.userservice.call;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which proxy leads to the API: what the JDK's own properties say, else {@code HTTPS_PROXY}, {@code HTTP_PROXY} and
 * {@code NO_PROXY}; none for a loopback host. Proxy credentials are not supported.
 */
public final class Proxies extends ProxySelector {

    /** How the operator can have a host reached without the proxy. */
    public static final String BYPASS =
            "name the host in NO_PROXY (in http.nonProxyHosts where a property of the JVM names the proxy)";

    /** What the operator can do about a proxy that wants credentials. */
    public static final String NO_CREDENTIALS =
            "proxy credentials are not supported: have the proxy let this machine through without them, or " + BYPASS;

    private static final Pattern LOOPBACK =
            Pattern.compile("127(?:\\.[0-9]{1,3}){3}|localhost\\.?|\\[(?:::|(?:0{1,4}:){7})0{0,3}1\\]");

    private final Map<String, String> environment;
    private final Map<String, String> properties;

    public Proxies(Map<String, String> environment, Map<String, String> properties) {
        this.environment = Map.copyOf(environment);
        this.properties = Map.copyOf(properties);
    }

    /** Returns a sentence for each variable that counts and holds no proxy address. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        for (String scheme : List.of("https", "http")) {
            try {
                fromEnvironment(scheme);
            } catch (IllegalArgumentException e) {
                problems.add(e.getMessage());
            }
        }
        return problems;
    }

    /** @throws IllegalArgumentException where one of the {@link #problems} is in the way */
    @Override
    public List<Proxy> select(URI target) {
        if (isLoopback(target.getHost())) {
            return List.of(Proxy.NO_PROXY);
        }
        String scheme = target.getScheme().toLowerCase(Locale.ROOT);
        if (isOfTheJvm(scheme)) {
            return ProxySelector.getDefault().select(target);
        }
        return List.of(
                isExempt(target) ? Proxy.NO_PROXY : fromEnvironment(scheme).orElse(Proxy.NO_PROXY));
    }

    @Override
    public void connectFailed(URI target, SocketAddress proxy, IOException trouble) {
        // The request fails with the same exception; there is no other proxy to turn to.
    }

    /** Returns whether a host name or address literal means this machine, whatever a resolver says. */
    public static boolean isLoopback(String host) {
        return LOOPBACK.matcher(host.toLowerCase(Locale.ROOT)).matches();
    }

    /** Returns the port of an address, or its scheme's default where it names none. */
    public static int port(URI address) {
        int defaultPort = address.getScheme().equalsIgnoreCase("https") ? 443 : 80;
        return address.getPort() == -1 ? defaultPort : address.getPort();
    }

    /** Whether the JVM's own properties name a proxy, beside which no variable counts. */
    private boolean isOfTheJvm(String scheme) {
        return properties.containsKey(scheme + ".proxyHost");
    }

    private Optional<Proxy> fromEnvironment(String scheme) {
        return isOfTheJvm(scheme)
                ? Optional.empty()
                : variable(scheme.toUpperCase(Locale.ROOT) + "_PROXY").map(this::proxy);
    }

    private Proxy proxy(String variable) {
        try {
            String text = value(variable);
            URI uri = URI.create(text.contains("://") ? text : "http://" + text);
            if (!"http".equalsIgnoreCase(uri.getScheme()) || uri.getUserInfo() != null || text.contains("%")) {
                throw new IllegalArgumentException();
            }
            // The name is looked up when the proxy is used, not now; a missing host and a wrong port are refused here.
            return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(uri.getHost(), port(uri)));
        } catch (IllegalArgumentException e) {
            // Without the cause: its message may hold a password.
            throw new IllegalArgumentException(variable + " must be http://HOST:PORT, without user name and password");
        }
    }

    private boolean isExempt(URI target) {
        String host = target.getHost().toLowerCase(Locale.ROOT);
        String port = ":" + port(target);
        return variable("NO_PROXY").stream()
                .flatMap(list -> Stream.of(value(list).toLowerCase(Locale.ROOT).split("[,\\s]+")))
                .map(entry -> entry.replaceFirst(port + "$", "").replaceFirst("^\\*?\\.", ""))
                .filter(Predicate.not(String::isEmpty))
                .anyMatch(entry -> entry.equals("*") || ("." + host).endsWith("." + entry));
    }

    /**
     * Returns the spelling in which a variable is set: both are in use, the lower-case one came first. An empty one
     * counts as unset.
     */
    private Optional<String> variable(String name) {
        return Stream.of(name.toLowerCase(Locale.ROOT), name)
                .filter(spelling -> !value(spelling).isEmpty())
                .findFirst();
    }

    private String value(String variable) {
        return environment.getOrDefault(variable, "").strip();
    }
}
