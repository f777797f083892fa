package dev.userservice;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** A user API over TLS on a loopback port, with one of the {@link Certificates}. */
public final class TlsApi implements AutoCloseable {

    private static final String USER = "{\"id\":7,\"name\":\"Ada Byron\"}";

    private final HttpsServer server;
    private final AtomicInteger requests = new AtomicInteger();

    /** Starts an API with the certificate of this name. */
    public TlsApi(String certificate) throws IOException {
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 100);
        server.setHttpsConfigurator(new HttpsConfigurator(Certificates.context(certificate)));
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            String path = exchange.getRequestURI().getPath();
            byte[] body =
                    (path.startsWith("/users/") ? USER : "{\"users\":[" + USER + "]}").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public int requests() {
        return requests.get();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
