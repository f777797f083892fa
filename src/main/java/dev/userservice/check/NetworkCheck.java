package dev.userservice.check;

import dev.userservice.call.Proxies;
import dev.userservice.check.CheckReport.StageFailure;
import dev.userservice.check.TlsProbe.Refusal;
import dev.userservice.settings.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The stages of {@code check} on the way to the API: address lookup, connection (through the proxy, where there is one)
 * and TLS. Takes the way a call takes, and sends nothing but what opens it.
 */
final class NetworkCheck {

    private static final String LOOKUP = "address lookup";
    private static final String CONNECTION = "connection";
    private static final String TLS = "TLS";
    private static final String PROXY_SETTING = "HTTPS_PROXY, HTTP_PROXY or the JVM's https.proxyHost";

    private final Settings settings;
    private final CheckReport report;
    private final URI base;
    private final boolean secure;
    private final boolean tunnelled;
    private final InetSocketAddress target;
    private final String targetName;
    private final String targetSetting;

    NetworkCheck(Settings settings, CheckReport report) {
        this.settings = settings;
        this.report = report;
        this.base = settings.api().base();
        this.secure = base.getScheme().equalsIgnoreCase("https");
        Proxy proxy = settings.proxies().select(base).get(0);
        boolean proxied = proxy.type() != Proxy.Type.DIRECT;
        this.tunnelled = proxied && secure;
        InetSocketAddress api = InetSocketAddress.createUnresolved(base.getHost(), Proxies.port(base));
        this.target = proxied ? (InetSocketAddress) proxy.address() : api;
        this.targetName = proxied ? "the proxy's host" : "the API's host";
        this.targetSetting = proxied ? PROXY_SETTING : "INTERNAL_API_URL";
    }

    void run() throws StageFailure {
        lookUp();
        Socket socket = connect();
        try {
            if (tunnelled) {
                tunnel(socket);
            }
            String reached = targetName + " accepts connections on port " + target.getPort();
            report.passed(CONNECTION, reached + (tunnelled ? " and opens a tunnel to the API" : ""));
            if (secure) {
                shakeHands(socket);
            }
            report.passed(TLS, secure ? "the certificate is trusted and names the host" : "none: the address is http");
        } finally {
            close(socket);
        }
    }

    private void lookUp() throws StageFailure {
        try {
            int addresses = InetAddress.getAllByName(target.getHostString()).length;
            report.passed(LOOKUP, targetName + " has " + addresses + (addresses == 1 ? " address" : " addresses"));
        } catch (UnknownHostException e) {
            String remedy = "check the host in " + targetSetting + ", the DNS and the VPN";
            throw report.failed(LOOKUP, targetName + " is not known", remedy);
        }
    }

    private Socket connect() throws StageFailure {
        Socket socket = new Socket();
        try {
            int limitMillis = Math.toIntExact(settings.api().connectTimeout().toMillis());
            socket.connect(new InetSocketAddress(target.getHostString(), target.getPort()), limitMillis);
        } catch (IOException e) {
            String finding = targetName + " accepts no connection on port " + target.getPort() + because(e);
            String remedy = "check that it is running, the port in " + targetSetting + ", firewalls and proxies";
            throw report.failed(CONNECTION, finding, remedy);
        }
        // Bounds all that follows, however slowly the other side sends: what is still being read then fails.
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
        try {
            int status = Tunnel.open(socket, base.getHost(), Proxies.port(base));
            if (status != 200) {
                String finding = "the proxy opens no tunnel to the API, HTTP " + status;
                throw report.failed(CONNECTION, finding, remedyForProxy(status));
            }
        } catch (IOException e) {
            String remedy = "check the host and port in " + PROXY_SETTING;
            throw report.failed(CONNECTION, "the proxy does not answer like a proxy" + because(e), remedy);
        }
    }

    private static String remedyForProxy(int status) {
        return switch (status) {
            case 407 -> Proxies.NO_CREDENTIALS;
            case 500, 502, 503, 504 ->
                "check the host and port in INTERNAL_API_URL, and that the proxy can reach them; or " + Proxies.BYPASS;
            default -> "have the proxy permit the API's host and port, or " + Proxies.BYPASS;
        };
    }

    private void shakeHands(Socket socket) throws StageFailure {
        List<X509Certificate> authorities = settings.authorities().orElse(List.of());
        try {
            Optional<Refusal> refusal = TlsProbe.probe(socket, base.getHost(), Proxies.port(base), authorities);
            if (refusal.isPresent()) {
                throw report.failed(TLS, refusal.get().finding, refusal.get().remedy);
            }
        } catch (IOException e) {
            String finding = "the connection ended during the handshake" + because(e);
            throw report.failed(TLS, finding, "check that the port in INTERNAL_API_URL speaks TLS");
        }
    }

    private static String because(IOException e) {
        return " (" + e.getClass().getSimpleName() + ")";
    }
}
