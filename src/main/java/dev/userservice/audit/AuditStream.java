package dev.userservice.audit;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * An audit log on a stream that a log collector reads. A line waits a second at most to be taken; while one is still
 * waiting, no other is begun. For one thread at a time.
 */
public final class AuditStream implements AuditSink {

  private static final long PATIENCE_MILLIS = 1000;

  private final OutputStream stream;
  private final ExecutorService writer = Executors.newSingleThreadExecutor(AuditStream::thread);
  private Optional<Future<?>> begun = Optional.empty();

  public AuditStream(OutputStream stream) {
    this.stream = stream;
  }

  @Override
  public boolean write(byte[] line) throws IOException {
    if (begun.isPresent() && !taken(begun.get())) {
      throw new IOException("the stream still has not taken the line before");
    }
    begun = Optional.of(writer.submit(() -> put(line)));
    return taken(begun.get());
  }

  private Void put(byte[] line) throws IOException {
    stream.write(line);
    stream.flush();
    return null;
  }

  private static boolean taken(Future<?> line) throws IOException {
    try {
      line.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
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
