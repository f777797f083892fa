package dev.userservice.call;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which proxy leads to the API: what the JDK's own properties say, else {@code HTTPS_PROXY}, {@code HTTP_PROXY} and
 * {@code NO_PROXY}; none for a loopback host. Proxy credentials are not supported.
 */
public final class Proxies extends ProxySelector {

    private static final Pattern LOOPBACK =
            Pattern.compile("127(?:\\.[0-9]{1,3}){3}|localhost\\.?|\\[(?:::|(?:0{1,4}:){7})0{0,3}1\\]");

    private final Map<String, String> environment;
    private final Map<String, String> properties;

    /**
     * @param environment the environment variables
     * @param properties the JVM's system properties
     * @throws IllegalArgumentException with a sentence naming the variable that holds no proxy address
     */
    public Proxies(Map<String, String> environment, Map<String, String> properties) {
        this.environment = Map.copyOf(environment);
        this.properties = Map.copyOf(properties);
        fromEnvironment("https");
        fromEnvironment("http");
    }

    @Override
    public List<Proxy> select(URI target) {
        if (isLoopback(target.getHost())) {
            return List.of(Proxy.NO_PROXY);
        }
        String scheme = target.getScheme().toLowerCase(Locale.ROOT);
        if (properties.containsKey(scheme + ".proxyHost")) {
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
        return address.getPort() >= 0 ? address.getPort() : defaultPort;
    }

    private Optional<Proxy> fromEnvironment(String scheme) {
        String name = scheme.toUpperCase(Locale.ROOT) + "_PROXY";
        return variable(name).map(text -> proxy(name, text));
    }

    private static Proxy proxy(String name, String text) {
        URI uri;
        try {
            uri = URI.create(text.contains("://") ? text : "http://" + text);
        } catch (IllegalArgumentException e) {
            throw notAProxy(name);
        }
        boolean plain = "http".equalsIgnoreCase(uri.getScheme()) && uri.getHost() != null && uri.getUserInfo() == null;
        if (!plain || uri.getPort() > 65535) {
            throw notAProxy(name);
        }
        // The name is looked up when the proxy is used, not now.
        return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(uri.getHost(), port(uri)));
    }

    private static IllegalArgumentException notAProxy(String name) {
        return new IllegalArgumentException(name + " must be http://HOST:PORT, without user name and password");
    }

    private boolean isExempt(URI target) {
        String host = target.getHost().toLowerCase(Locale.ROOT);
        int port = port(target);
        return variable("NO_PROXY").stream()
                .flatMap(list -> Arrays.stream(list.toLowerCase(Locale.ROOT).split("[,\\s]+")))
                .map(entry -> entry.endsWith(":" + port) ? entry.substring(0, entry.lastIndexOf(':')) : entry)
                .map(entry -> entry.replaceFirst("^\\*?\\.", ""))
                .anyMatch(entry ->
                        entry.equals("*") || host.equals(entry) || !entry.isEmpty() && host.endsWith("." + entry));
    }

    /** Both spellings are in use; the lower-case one came first. */
    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name.toLowerCase(Locale.ROOT)))
                .or(() -> Optional.ofNullable(environment.get(name)))
                .filter(text -> !text.isBlank())
                .map(String::strip);
    }
}
