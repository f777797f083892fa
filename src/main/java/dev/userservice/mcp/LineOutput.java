package dev.userservice.mcp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Standard output as the SDK sees it: each message is counted once it is out. An output that fails, or takes nothing
 * for 5 minutes, counts as closed; the SDK is not told, since it could do nothing about it. For one thread.
 */
final class LineOutput extends OutputStream {

    /** How long an output may take nothing of what waits for it. */
    static final Duration PATIENCE = Duration.ofMinutes(5);

    /** Small enough for a pipe to take at once, so that a slow reader is told from none. */
    private static final int PIECE_BYTES = 8 * 1024;

    private final OutputStream out;
    private final ScheduledExecutorService timer;
    private final Runnable written;
    private final Runnable onClosed;
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private boolean closed;

    /**
     * @param timer looks whether the output takes what is written
     * @param written runs after each message that is out
     * @param onClosed runs when nobody reads any more, maybe more than once; does not block
     */
    LineOutput(OutputStream out, ScheduledExecutorService timer, Runnable written, Runnable onClosed) {
        this.out = out;
        this.timer = timer;
        this.written = written;
        this.onClosed = onClosed;
    }

    @Override
    public void write(int b) {
        message.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        message.write(bytes, offset, length);
    }

    /** The SDK flushes once a message, after its newline. */
    @Override
    public void flush() {
        byte[] bytes = message.toByteArray();
        message.reset();
        if (closed) {
            return;
        }
        try {
            for (int from = 0; from < bytes.length; from += PIECE_BYTES) {
                pass(bytes, from, Math.min(PIECE_BYTES, bytes.length - from));
            }
            written.run();
        } catch (IOException e) {
            closed = true;
            onClosed.run();
        }
    }

    private void pass(byte[] bytes, int from, int length) throws IOException {
        Future<?> alarm = timer.schedule(onClosed, PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        try {
            out.write(bytes, from, length);
            out.flush();
        } finally {
            alarm.cancel(false);
        }
    }
}
