package dev.userservice.mcp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;

/**
 * Standard input as the SDK may see it: whole lines of valid UTF-8, none over the limit, the first only once it is
 * opened. A line that cannot be passed on is replaced by a short one that deserves the same error. The end of input is
 * passed on only after {@code atEnd} has run. One thread reads; any thread may open and interrupt.
 */
final class LineInput extends InputStream {

    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final Pattern BLANK = Pattern.compile("[\\s\\x1C-\\x1F]*"); // of ASCII alone
    private static final String NO_JSON = "?\n";
    private static final String NO_MESSAGE = "[]\n";
    private static final int CHUNK_BYTES = 64 * 1024;

    private final InputStream in;
    private final int maxLineBytes;
    private final Runnable atEnd;
    private final byte[] chunk = new byte[CHUNK_BYTES];
    private int from;
    private int to;
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

    /**
     * Returns the next line with its newline, or nothing for a blank one; sets {@code ended} after the last. An input
     * that fails has ended.
     */
    private ByteBuffer nextLine() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        boolean tooLong = false;
        try {
            reader = Optional.of(Thread.currentThread());
            opened.await();
            for (boolean whole = false; !whole && !ended; ) {
                int newline = newline();
                tooLong = tooLong || bytes.size() + newline - from > maxLineBytes;
                if (!tooLong) {
                    bytes.write(chunk, from, newline - from);
                }
                whole = newline < to;
                from = newline + 1;
                if (!whole) {
                    fill();
                }
            }
        } catch (IOException | InterruptedException e) {
            ended = true;
        }
        String passed = tooLong ? NO_MESSAGE : passable(bytes.toByteArray());
        return ByteBuffer.wrap(passed.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns where the next newline is in the chunk, or else its end. */
    private int newline() {
        int at = from;
        while (at < to && chunk[at] != '\n') {
            at++;
        }
        return at;
    }

    private void fill() throws IOException {
        from = 0;
        to = Math.max(0, in.read(chunk));
        ended = to == 0;
    }

    private static String passable(byte[] bytes) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return NO_JSON;
        }
        String line = text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        // The SDK would end a line at '\r'. A tab is as allowed between tokens, and as forbidden within a string.
        return BLANK.matcher(line).matches() ? "" : line.replace('\r', '\t') + "\n";
    }
}
