package dev.userservice.audit;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
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
public final class AuditStream implements AuditSink {

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final OutputStream stream;
    private final LongSupplier nanoTime;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(AuditStream::thread);
    private Optional<Future<?>> begun = Optional.empty();
    private long begunAt;

    /** @param nanoTime a monotonic clock in nanoseconds */
    public AuditStream(OutputStream stream, LongSupplier nanoTime) {
        this.stream = stream;
        this.nanoTime = nanoTime;
    }

    @Override
    public boolean write(byte[] line) throws IOException {
        long asked = nanoTime.getAsLong();
        if (begun.isPresent() && !taken(begun.get(), PATIENCE.minusNanos(asked - begunAt))) {
            throw new IOException("the stream still has not taken the line before");
        }
        begunAt = nanoTime.getAsLong();
        begun = Optional.of(writer.submit(() -> put(line)));
        return taken(begun.get(), PATIENCE.minusNanos(begunAt - asked));
    }

    private Void put(byte[] line) throws IOException {
        stream.write(line);
        stream.flush();
        return null;
    }

    private boolean taken(Future<?> line, Duration patience) throws IOException {
        try {
            line.get(Math.max(0, patience.toNanos()), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            begun = Optional.empty(); // it is known what became of it: nothing
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "audit-stream");
        thread.setDaemon(true); // a stream that nobody reads must not keep the process
        return thread;
    }
}
