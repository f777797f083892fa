package dev.userservice.audit;

import dev.userservice.model.DaemonThreads;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * An audit log on a stream that a log collector reads. A line waits a second at most to be taken; while one is still
 * waiting, no other is begun, and those that come after that second do not wait at all. For one thread at a time.
 */
public final class AuditStream implements AuditLog.Sink {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final OutputStream stream;
    private final LongSupplier nanoTime;

    /** A stream that nobody reads must not keep the process. */
    private final ExecutorService writer = Executors.newSingleThreadExecutor(new DaemonThreads("audit-stream"));

    private Future<Void> begun = CompletableFuture.completedFuture(null);
    private long begunAt;

    /** @param nanoTime a monotonic clock in nanoseconds */
    public AuditStream(OutputStream stream, LongSupplier nanoTime) {
        this.stream = stream;
        this.nanoTime = nanoTime;
    }

    @Override
    public boolean write(byte[] line) throws IOException {
        long asked = nanoTime.getAsLong();
        if (!taken(PATIENCE_NANOS - (asked - begunAt))) {
            throw new IOException("the stream still has not taken the line before");
        }
        begunAt = nanoTime.getAsLong();
        begun = writer.submit(() -> {
            stream.write(line);
            stream.flush();
            return null;
        });
        return taken(PATIENCE_NANOS - (begunAt - asked));
    }

    /** Waits for the line begun; returns whether the stream has taken it. */
    private boolean taken(long patienceNanos) throws IOException {
        try {
            begun.get(patienceNanos, TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            begun = CompletableFuture.completedFuture(null); // the line failed, so nothing is waiting any more
            throw new IOException(e.getCause());
        }
    }
}
