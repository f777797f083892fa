package dev.userservice;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import okhttp3.mockwebserver.Dispatcher;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.MockWebServer;
import okhttp3.mockwebserver.RecordedRequest;

/**
 * A user API on a loopback port that knows every user, as slow as it is told to be, and remembers what it was asked.
 */
public final class SampleApi extends Dispatcher implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 30;

    private final MockWebServer server = new MockWebServer();
    private final List<RecordedRequest> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger current = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final long delayMillis;

    public SampleApi(long delayMillis) throws IOException {
        this.delayMillis = delayMillis;
        server.setDispatcher(this);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getPort();
    }

    public List<RecordedRequest> requests() {
        return requests;
    }

    /** Returns the most requests there were at a time. */
    public int most() {
        return most.get();
    }

    /** Waits until there is a request. */
    public void awaitRequest() throws InterruptedException {
        if (server.takeRequest(PATIENCE_SECONDS, TimeUnit.SECONDS) == null) {
            throw new AssertionError("no request came");
        }
    }

    @Override
    public MockResponse dispatch(RecordedRequest request) {
        requests.add(request);
        most.accumulateAndGet(current.incrementAndGet(), Math::max);
        try {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(delayMillis));
            String id = request.getPath().substring(request.getPath().lastIndexOf('/') + 1);
            return new MockResponse().setBody("""
              {"id":%s,"name":"User %s","email":"user%s@corp.example","status":"active","department":"engineering",\
              "ssn":"078-05-1120","password_hash":"$2b$12$x"}""".formatted(id, id, id));
        } finally {
            current.decrementAndGet();
        }
    }

    @Override
    public void close() throws IOException {
        server.shutdown();
    }
}
