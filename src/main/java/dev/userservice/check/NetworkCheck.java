package dev.userservice.check;

import dev.userservice.call.Proxies;
import dev.userservice.settings.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The stages of {@code check} on the way to the API: address lookup, connection (through the proxy, where there is one)
 * and TLS. Takes the way a call takes, and sends nothing but what opens it.
 */
final class NetworkCheck {

    static final String NO_PROXY_CREDENTIALS =
            "proxy credentials are not supported: have this machine let through without, or name the API's host in NO_PROXY";

    private static final String LOOKUP = "address lookup";
    private static final String CONNECTION = "connection";
    private static final String TLS = "TLS";
    private static final String PROXY_SETTING = "HTTPS_PROXY, HTTP_PROXY or the JVM's https.proxyHost";

    private final Settings settings;
    private final CheckReport report;
    private final URI base;
    private final boolean secure;
    private final boolean proxied;
    private final InetSocketAddress target;

    NetworkCheck(Settings settings, Proxies proxies, CheckReport report) {
        this.settings = settings;
        this.report = report;
        this.base = settings.api().base();
        this.secure = base.getScheme().equalsIgnoreCase("https");
        Proxy proxy = proxies.select(base).get(0);
        this.proxied = proxy.type() != Proxy.Type.DIRECT;
        this.target = proxy.address() instanceof InetSocketAddress address
                ? address
                : InetSocketAddress.createUnresolved(base.getHost(), port());
    }

    void run() throws StageFailure {
        lookUp();
        try (Socket socket = connect()) {
            if (proxied && secure) {
                tunnel(socket);
            }
            report.passed(
                    CONNECTION,
                    what() + " accepts connections on port " + target.getPort()
                            + (proxied && secure ? " and leads to the API's" : ""));
            if (secure) {
                shakeHands(socket);
            }
            report.passed(TLS, secure ? "the certificate is trusted and names the host" : "none: the address is http");
        } catch (IOException e) {
            throw new IllegalStateException(e); // closing a socket that did its work
        }
    }

    private int port() {
        return base.getPort() >= 0 ? base.getPort() : secure ? 443 : 80;
    }

    private String what() {
        return proxied ? "the proxy's host" : "the API's host";
    }

    private String setting() {
        return proxied ? PROXY_SETTING : "INTERNAL_API_URL";
    }

    private static String withoutBrackets(String host) {
        return host.replaceAll("[\\[\\]]", "");
    }

    private void lookUp() throws StageFailure {
        try {
            int addresses = InetAddress.getAllByName(withoutBrackets(target.getHostString())).length;
            report.passed(LOOKUP, what() + " has " + addresses + (addresses == 1 ? " address" : " addresses"));
        } catch (UnknownHostException e) {
            throw new StageFailure(
                    LOOKUP, what() + " is not known", "check the host in " + setting() + ", the DNS and the VPN");
        }
    }

    private Socket connect() throws StageFailure {
        Socket socket = new Socket();
        Duration limit = settings.api().connectTimeout();
        try {
            socket.connect(
                    new InetSocketAddress(withoutBrackets(target.getHostString()), target.getPort()),
                    Math.toIntExact(limit.toMillis()));
        } catch (IOException e) {
            throw new StageFailure(
                    CONNECTION,
                    what() + " accepts no connection on port " + target.getPort() + because(e),
                    "check that it is running, the port in " + setting() + ", firewalls and proxies");
        }
        // A limit for all that follows, however slowly the other side sends: what is still being read then fails.
        CompletableFuture.delayedExecutor(settings.api().timeout().toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> close(socket));
        return socket;
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void tunnel(Socket socket) throws StageFailure {
        int status;
        try {
            status = Tunnel.open(socket, base.getHost(), port());
        } catch (IOException e) {
            throw new StageFailure(
                    CONNECTION,
                    "the proxy does not answer as one" + because(e),
                    "check the host and port in " + PROXY_SETTING);
        }
        if (status != 200) {
            throw new StageFailure(
                    CONNECTION,
                    "the proxy opens no way to the API, HTTP " + status,
                    switch (status) {
                        case 407 -> NO_PROXY_CREDENTIALS;
                        case 502, 503, 504 ->
                            "check the host and port in INTERNAL_API_URL, and that the proxy can reach them; "
                                    + "or name the host in NO_PROXY";
                        default -> "have the proxy permit the API's host and port, or name the host in NO_PROXY";
                    });
        }
    }

    private void shakeHands(Socket socket) throws StageFailure {
        Optional<TlsProbe.Refusal> refusal;
        try {
            refusal = TlsProbe.probe(
                    socket,
                    withoutBrackets(base.getHost()),
                    port(),
                    settings.authorities().orElse(List.of()));
        } catch (IOException e) {
            throw new StageFailure(
                    TLS,
                    "the connection ended during the handshake" + because(e),
                    "check that the port in INTERNAL_API_URL speaks TLS");
        }
        if (refusal.isPresent()) {
            throw refused(refusal.get());
        }
    }

    private static StageFailure refused(TlsProbe.Refusal refusal) {
        String ca = "set INTERNAL_API_CA_FILE to the PEM file of the authority that signed it";
        return switch (refusal) {
            case EXPIRED -> new StageFailure(TLS, "the certificate has expired", "have the API's certificate renewed");
            case NOT_YET_VALID ->
                new StageFailure(
                        TLS,
                        "the certificate is not valid yet",
                        "check this machine's clock, then the API's certificate");
            case SELF_SIGNED -> new StageFailure(TLS, "the certificate is self-signed", ca);
            case UNKNOWN_AUTHORITY -> new StageFailure(TLS, "the certificate's authority is not trusted here", ca);
            case WRONG_HOST_NAME ->
                new StageFailure(
                        TLS,
                        "the certificate is for another host name",
                        "use a host name in INTERNAL_API_URL that it names");
            case OTHER ->
                new StageFailure(
                        TLS,
                        "the handshake was refused",
                        "check that the port in INTERNAL_API_URL speaks TLS 1.2 or 1.3, and wants no client certificate");
        };
    }

    private static String because(IOException e) {
        return " (" + e.getClass().getSimpleName() + ")";
    }
}
