package dev.userservice.mcp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * Standard input as the SDK may see it: whole lines of valid UTF-8, none over the limit, the first only once it is
 * opened. A line that cannot be passed on is replaced by a short one that deserves the same error. The end of input is
 * passed on only after {@code atEnd} has run. One thread reads; any thread may open and interrupt.
 */
final class LineInput extends InputStream {

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    private static final byte[] NO_JSON = {'?'};
    private static final byte[] NO_MESSAGE = {'[', ']'};
    private static final int CHUNK_BYTES = 64 * 1024;

    private final InputStream in;
    private final int maxLineBytes;
    private final Runnable atEnd;
    private final byte[] chunk = new byte[CHUNK_BYTES];
    private int next;
    private int filled;
    private ByteBuffer line = ByteBuffer.allocate(0);
    private boolean ended;
    private boolean finished;
    private final CountDownLatch opened = new CountDownLatch(1);
    private volatile Optional<Thread> reader = Optional.empty();

    /**
     * @param maxLineBytes the longest line that is passed on, its newline not counted
     * @param atEnd runs once, on the reading thread, when the input has ended and every line is passed on
     */
    LineInput(InputStream in, int maxLineBytes, Runnable atEnd) {
        this.in = in;
        this.maxLineBytes = maxLineBytes;
        this.atEnd = atEnd;
    }

    /** Lets the reader begin. */
    void open() {
        opened.countDown();
    }

    /** Ends the input for a reader that waits for it, where the input can be interrupted. */
    void interrupt() {
        reader.ifPresent(Thread::interrupt);
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        while (!line.hasRemaining()) {
            if (ended) {
                finish();
                return -1;
            }
            line = nextLine();
        }
        int count = Math.min(length, line.remaining());
        line.get(target, offset, count);
        return count;
    }

    private void finish() {
        if (!finished) {
            finished = true;
            atEnd.run();
        }
    }

    /** Returns the next line with its newline, or nothing for a blank one; sets {@code ended} after the last. */
    private ByteBuffer nextLine() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        boolean tooLong = false;
        for (int b = nextByte(); b != '\n'; b = nextByte()) {
            if (b < 0) {
                ended = true;
                break;
            }
            tooLong = tooLong || bytes.size() == maxLineBytes;
            if (!tooLong) {
                bytes.write(b);
            }
        }
        return passable(bytes.toByteArray(), tooLong);
    }

    private static ByteBuffer passable(byte[] bytes, boolean tooLong) {
        int start = startsWithMark(bytes) ? BYTE_ORDER_MARK.length : 0;
        if (tooLong) {
            return withNewline(NO_MESSAGE, 0);
        }
        if (new String(bytes, start, bytes.length - start, StandardCharsets.ISO_8859_1).isBlank()) {
            return ByteBuffer.allocate(0);
        }
        for (int i = start; i < bytes.length; i++) {
            // The SDK would end a line here. A tab is as allowed between tokens, and as forbidden within a string.
            bytes[i] = bytes[i] == '\r' ? (byte) '\t' : bytes[i];
        }
        return isUtf8(bytes) ? withNewline(bytes, start) : withNewline(NO_JSON, 0);
    }

    private static boolean startsWithMark(byte[] bytes) {
        return bytes.length >= 3
                && bytes[0] == BYTE_ORDER_MARK[0]
                && bytes[1] == BYTE_ORDER_MARK[1]
                && bytes[2] == BYTE_ORDER_MARK[2];
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static ByteBuffer withNewline(byte[] bytes, int start) {
        int length = bytes.length - start;
        return ByteBuffer.allocate(length + 1)
                .put(bytes, start, length)
                .put((byte) '\n')
                .flip();
    }

    /** Returns the next byte, or -1 at the end; an input that fails has ended. */
    private int nextByte() {
        if (next == filled) {
            next = 0;
            filled = fill();
        }
        return filled < 0 ? -1 : chunk[next++] & 0xFF;
    }

    private int fill() {
        try {
            reader = Optional.of(Thread.currentThread());
            opened.await();
            return in.read(chunk);
        } catch (IOException | InterruptedException e) {
            return -1;
        }
    }
}
