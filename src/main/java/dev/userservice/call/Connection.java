package dev.userservice.call;

import dev.userservice.model.DaemonThreads;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * Makes the HTTP client: HTTP/1.1, so that one request has one connection and hanging up ends it; no redirects, no
 * cookies, no authenticator. It has threads of its own, which it shares with nothing that must happen in its time.
 */
public final class Connection {

    private static final Pattern SELECTOR = Pattern.compile("HttpClient-[0-9]+-SelectorManager");

    private Connection() {}

    /**
     * @param trust whom to believe; nothing for the JDK's own list
     * @param further addresses that are asked besides the API's
     */
    public static HttpClient open(
            ApiSettings settings, Optional<SSLContext> trust, ProxySelector proxies, URI... further) {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.connectTimeout())
                .proxy(proxies)
                .executor(Executors.newCachedThreadPool(new DaemonThreads("http-client")));
        boolean secure = Stream.concat(Stream.of(settings.base()), Stream.of(further))
                .anyMatch(address -> address.getScheme().equalsIgnoreCase("https"));
        if (secure) {
            trust.ifPresent(builder::sslContext);
        } else { // given parameters, the client asks the context for none
            builder.sslContext(NoTls.context()).sslParameters(new SSLParameters());
        }
        return builder.build();
    }

    /**
     * Ends the clients' selector threads. One that waits for the network in native code makes the JVM wait for it, 300
     * ms measured on 17 and 25, before the process ends; Java 17 has no method for this.
     */
    static void endSelectors() {
        Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> SELECTOR.matcher(thread.getName()).matches())
                .forEach(Thread::interrupt);
    }
}
