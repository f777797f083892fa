package dev.userservice.mcp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.userservice.ManualTime;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A message goes out in pieces small enough to tell an output that takes little from one that takes nothing. */
final class LineOutputTest {

    private static final int PIECE_BYTES = 8192;

    private final ManualTime time = new ManualTime();
    private final Pipe pipe = new Pipe();
    private final List<String> events = new ArrayList<>();
    private final LineOutput output =
            new LineOutput(pipe, time, () -> events.add("written"), () -> events.add("closed"));

    /** What is at the other end: takes each piece after a while, or breaks. */
    private final class Pipe extends OutputStream {

        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private final List<Integer> pieces = new ArrayList<>();
        private Duration delay = Duration.ZERO;
        private boolean broken;

        @Override
        public void write(int b) {
            throw new AssertionError("a single byte");
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (broken) {
                throw new IOException("Broken pipe");
            }
            assertEquals(List.of(LineOutput.PATIENCE), time.waits(), "one alarm");
            time.advance(delay);
            taken.write(bytes, offset, length);
            pieces.add(length);
        }

        @Override
        public void flush() {
            pieces.add(0);
        }
    }

    @Test
    void writesAMessageWhenItIsFlushed() {
        output.write("ab".getBytes(StandardCharsets.US_ASCII), 0, 2);
        output.write('\n');
        assertEquals(List.of(), pipe.pieces);
        output.flush();
        assertEquals("ab\n", pipe.taken.toString(StandardCharsets.US_ASCII));
        assertEquals(List.of(3, 0), pipe.pieces);
        assertEquals(List.of("written"), events);
    }

    @Test
    void keepsNothingOfAMessageForTheNext() {
        output.write('a');
        output.flush();
        output.write('b');
        output.flush();
        assertEquals("ab", pipe.taken.toString(StandardCharsets.US_ASCII));
        assertEquals(List.of("written", "written"), events);
    }

    @Test
    void writesPiecesOfEightKibibytes() {
        byte[] message = new byte[2 * PIECE_BYTES + 1];
        message[PIECE_BYTES] = 1;
        message[2 * PIECE_BYTES] = 2;
        output.write(message, 0, message.length);
        output.flush();
        assertArrayEquals(message, pipe.taken.toByteArray());
        assertEquals(List.of(PIECE_BYTES, 0, PIECE_BYTES, 0, 1, 0), pipe.pieces);
    }

    @Test
    void isPatientWithAnOutputThatTakesAPieceInFiveMinutes() {
        pipe.delay = LineOutput.PATIENCE.minusNanos(1);
        output.write(new byte[3 * PIECE_BYTES], 0, 3 * PIECE_BYTES);
        output.flush();
        assertEquals(List.of(PIECE_BYTES, 0, PIECE_BYTES, 0, PIECE_BYTES, 0), pipe.pieces);
        assertEquals(List.of("written"), events);
        assertEquals(List.of(), time.waits());
    }

    @Test
    void takesAnOutputThatTakesNothingForFiveMinutesForClosed() {
        pipe.delay = Duration.ofMinutes(5);
        output.write('a');
        output.flush();
        assertEquals(List.of("closed", "written"), events);
    }

    @Test
    void takesAnOutputThatFailsForClosed() {
        pipe.broken = true;
        output.write('a');
        output.flush();
        assertEquals(List.of("closed"), events);
        assertEquals(List.of(), time.waits());
        pipe.broken = false;
        output.write('b');
        output.flush();
        assertEquals(List.of("closed"), events, "once");
        assertEquals(0, pipe.taken.size());
    }
}
