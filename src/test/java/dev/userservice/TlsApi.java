package dev.userservice;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A user API over TLS on a loopback port, with one of the certificates that {@code keytool} makes in a folder. */
public final class TlsApi implements AutoCloseable {

    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final String USER = "{\"id\":7,\"name\":\"Ada Byron\"}";

    private final HttpsServer server;
    private final AtomicInteger requests = new AtomicInteger();

    /** Starts an API with the certificate {@code alias}. */
    public TlsApi(Path folder, String alias) throws Exception {
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 100);
        server.setHttpsConfigurator(new HttpsConfigurator(context(folder, alias)));
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

    /** Returns how a server with the certificate {@code alias} speaks TLS. */
    static SSLContext context(Path folder, String alias) throws IOException, GeneralSecurityException {
        KeyStore all = store(folder);
        KeyStore one = KeyStore.getInstance("PKCS12");
        one.load(null, null);
        one.setKeyEntry("server", all.getKey(alias, PASSWORD), PASSWORD, all.getCertificateChain(alias));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(one, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    /** Makes an authority, itself signed by nobody. */
    public static void authority(Path folder, String alias) throws Exception {
        keytool(folder, "-alias", alias, "-dname", "CN=" + alias, "-ext", "bc:c");
    }

    /** Makes a certificate for a host name; further options say by whom it is signed and how long it is valid. */
    public static void certificate(Path folder, String alias, String host, String... options) throws Exception {
        List<String> all = new ArrayList<>(List.of("-alias", alias, "-dname", "CN=" + host, "-ext", "san=dns:" + host));
        all.addAll(List.of(options));
        keytool(folder, all.toArray(String[]::new));
    }

    private static void keytool(Path folder, String... options) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of("-genkeypair", "-keyalg", "EC", "-storetype", "PKCS12", "-storepass", "changeit"));
        command.addAll(List.of("-keystore", folder.resolve("keys.p12").toString()));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(Redirect.DISCARD)
                .start();
        if (process.waitFor() != 0) {
            throw new AssertionError("keytool failed: " + command);
        }
    }

    /** Writes a certificate alone, as PEM, and returns the file's name. */
    public static String pem(Path folder, String alias) throws Exception {
        String body = Base64.getMimeEncoder()
                .encodeToString(store(folder).getCertificate(alias).getEncoded());
        Path file = folder.resolve(alias + ".pem");
        return Files.writeString(file, "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n")
                .toString();
    }

    /** Writes a store that trusts one certificate alone, and returns the file's name. */
    public static String trustStore(Path folder, String alias) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(alias, store(folder).getCertificate(alias));
        Path file = folder.resolve("trust-" + alias + ".p12");
        try (var out = Files.newOutputStream(file)) {
            trusted.store(out, PASSWORD);
        }
        return file.toString();
    }

    private static KeyStore store(Path folder) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve("keys.p12"))) {
            store.load(in, PASSWORD);
        }
        return store;
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
