package dev.userservice.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.userservice.UserApiFactory;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

final class ConnectionTest {

    private final ProxySelector proxies = new Proxies(Map.of(), Map.of());
    private final SSLContext trust = Trust.context(List.of());

    @AfterEach
    void stop() {
        Connection.endSelectors();
    }

    @Test
    void makesAClientThatDoesNothingOfItsOwn() {
        HttpClient client = open("https://api.corp", Optional.of(trust));
        assertEquals(HttpClient.Version.HTTP_1_1, client.version());
        assertEquals(HttpClient.Redirect.NEVER, client.followRedirects());
        assertEquals(Optional.of(Duration.ofSeconds(3)), client.connectTimeout());
        assertEquals(Optional.of(proxies), client.proxy());
        assertEquals(Optional.empty(), client.cookieHandler());
        assertEquals(Optional.empty(), client.authenticator());
    }

    @Test
    void runsOnThreadsThatDoNotKeepTheProcessAlive() throws Exception {
        Executor executor =
                open("https://api.corp", Optional.of(trust)).executor().orElseThrow();
        Thread thread =
                CompletableFuture.supplyAsync(Thread::currentThread, executor).get(20, TimeUnit.SECONDS);
        assertEquals("http-client", thread.getName());
        assertTrue(thread.isDaemon());
    }

    @Test
    void believesAsItIsToldWhereThereIsTls() throws Exception {
        assertSame(trust, open("HTTPS://api.corp", Optional.of(trust)).sslContext());
        assertSame(
                SSLContext.getDefault(),
                open("https://api.corp", Optional.empty()).sslContext());
    }

    @Test
    void setsNoTlsUpWhereNoAddressNeedsIt() {
        for (Optional<SSLContext> given : List.of(Optional.of(trust), Optional.<SSLContext>empty())) {
            SSLContext used = open("http://127.0.0.1:8080", given).sslContext();
            assertEquals("none", used.getProtocol());
            for (Executable step : List.<Executable>of(
                    () -> used.init(null, null, null),
                    used::getSocketFactory,
                    used::getServerSocketFactory,
                    used::createSSLEngine,
                    () -> used.createSSLEngine("api.corp", 443),
                    used::getClientSessionContext,
                    used::getServerSessionContext)) {
                assertThrows(UnsupportedOperationException.class, step);
            }
        }
    }

    @Test
    void believesAsItIsToldWhereTlsIsOnlyOnTheWayToAToken() {
        ApiSettings settings = UserApiFactory.settings(URI.create("http://127.0.0.1:8080"));
        URI endpoint = URI.create("https://login.corp/token");
        assertSame(
                trust,
                Connection.open(settings, Optional.of(trust), proxies, endpoint).sslContext());
    }

    private HttpClient open(String base, Optional<SSLContext> trusted) {
        return Connection.open(UserApiFactory.settings(URI.create(base)), trusted, proxies);
    }
}
