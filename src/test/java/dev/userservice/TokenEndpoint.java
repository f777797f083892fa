package dev.userservice;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import okhttp3.mockwebserver.Dispatcher;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.MockWebServer;
import okhttp3.mockwebserver.RecordedRequest;

/**
 * An OAuth token endpoint on a loopback port; the first request is number 1. It issues a new token an hour unless told
 * otherwise.
 */
public final class TokenEndpoint implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 20;

    private final MockWebServer server = new MockWebServer();
    private final List<RecordedRequest> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger current = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final Semaphore asked = new Semaphore(0);
    private final Semaphore answers = new Semaphore(0);
    private volatile boolean held;
    private volatile IntFunction<MockResponse> answering = number -> issued(token(number), "3600");

    public TokenEndpoint() throws IOException {
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
                most.accumulateAndGet(current.incrementAndGet(), Math::max);
                try {
                    requests.add(request);
                    int number = requests.size();
                    asked.release();
                    if (held) {
                        answers.acquire();
                    }
                    return answering.apply(number);
                } finally {
                    current.decrementAndGet();
                }
            }
        });
        server.start(InetAddress.getByName("127.0.0.1"), 0);
    }

    /** Returns the token that request {@code number} is answered with. */
    public static String token(int number) {
        return "oauth-token-" + number + "-0123456789abcdef";
    }

    /** @param expiresIn JSON */
    public static MockResponse issued(String token, String expiresIn) {
        return new MockResponse()
                .setHeader("Content-Type", "application/json;charset=UTF-8")
                .setBody("{\"access_token\":\"" + token + "\",\"token_type\":\"bearer\",\"expires_in\":" + expiresIn
                        + ",\"scope\":\"users\"}");
    }

    public void answer(IntFunction<MockResponse> byNumber) {
        answering = byNumber;
    }

    /** Has answers wait from now on until they are let go. */
    public void hold() {
        held = true;
    }

    /** Waits until {@code count} more requests have come. */
    public void await(int count) throws InterruptedException {
        if (!asked.tryAcquire(count, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("only " + asked.availablePermits() + " of " + count);
        }
    }

    public void letGo(int count) {
        answers.release(count);
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getPort() + "/oauth2/token");
    }

    public List<RecordedRequest> requests() {
        return requests;
    }

    /** Returns the most requests there were at a time. */
    public int most() {
        return most.get();
    }

    @Override
    public void close() throws IOException {
        answers.release(1000);
        server.shutdown();
    }
}
