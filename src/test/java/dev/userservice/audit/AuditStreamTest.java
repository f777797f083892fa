package dev.userservice.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.userservice.ManualTime;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class AuditStreamTest {

    private static final byte[] LINE = "line\n".getBytes(StandardCharsets.UTF_8);

    /** A stream whose reader reads nothing until told to. */
    private static final class Unread extends OutputStream {

        private final CountDownLatch reader = new CountDownLatch(1);
        private final ByteArrayOutputStream read = new ByteArrayOutputStream();

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            try {
                reader.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            read.write(bytes, from, length);
        }
    }

    private final Unread unread = new Unread();

    @Test
    void handsOnALineWholeAndFlushed() throws IOException {
        StringBuilder seen = new StringBuilder();
        AuditStream log = new AuditStream(
                new OutputStream() {
                    @Override
                    public void write(int b) {
                        seen.append("byte by byte");
                    }

                    @Override
                    public void write(byte[] bytes, int from, int length) {
                        seen.append(new String(bytes, from, length, StandardCharsets.UTF_8));
                    }

                    @Override
                    public void flush() {
                        seen.append("flushed");
                    }
                },
                System::nanoTime);
        assertTrue(log.write(LINE));
        assertEquals("line\nflushed", seen.toString());
    }

    @Test
    void waitsASecondForALineToBeTakenAndBeginsNoOtherMeanwhile() throws IOException {
        AuditStream log = new AuditStream(unread, System::nanoTime);
        long begun = System.nanoTime();
        assertFalse(log.write(LINE));
        long waitedMillis = (System.nanoTime() - begun) / 1_000_000;
        assertTrue(waitedMillis >= 1000, "waited " + waitedMillis + " ms");
        assertThrows(IOException.class, () -> log.write("refused\n".getBytes(StandardCharsets.UTF_8)));

        unread.reader.countDown();
        writeOnceTaken(log, "next\n");
        assertEquals("line\nnext\n", unread.read.toString(StandardCharsets.UTF_8));
    }

    /** If each of these waited a second, the test would run into its time limit. */
    @Test
    void waitsOnceForAllTheLinesThatComeWhileOneIsNotTaken() throws IOException {
        AuditStream log = new AuditStream(unread, System::nanoTime);
        assertFalse(log.write(LINE));
        for (int i = 0; i < 60; i++) {
            assertThrows(IOException.class, () -> log.write("refused\n".getBytes(StandardCharsets.UTF_8)));
        }
        unread.reader.countDown();
        writeOnceTaken(log, "next\n");
        assertEquals("line\nnext\n", unread.read.toString(StandardCharsets.UTF_8));
    }

    @Test
    void waitsForTheLineBeforeAsLongAsThatMayTake() throws Exception {
        ManualTime time = new ManualTime();
        AuditStream log = new AuditStream(unread, time);
        CompletableFuture<Boolean> first = CompletableFuture.supplyAsync(() -> write(log, "first\n"));
        assertFalse(first.get()); // a second has passed, though not on the log's own clock
        CompletableFuture<Boolean> second = CompletableFuture.supplyAsync(() -> write(log, "second\n"));
        unread.reader.countDown();
        assertTrue(second.get());
        assertEquals("first\nsecond\n", unread.read.toString(StandardCharsets.UTF_8));
    }

    private static boolean write(AuditStream log, String line) {
        try {
            return log.write(line.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The stream takes what waits a moment after its reader is back. */
    private static void writeOnceTaken(AuditStream log, String line) {
        boolean written = false;
        while (!written) {
            try {
                written = log.write(line.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void failsWhereTheStreamFails() {
        IOException broken = new IOException("broken pipe");
        AuditStream log = new AuditStream(
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw broken;
                    }
                },
                System::nanoTime);
        assertSame(
                broken, assertThrows(IOException.class, () -> log.write(LINE)).getCause());
    }

    @Test
    void leavesTheLineOfAnInterruptedCallerWaiting() throws IOException {
        AuditStream log = new AuditStream(unread, System::nanoTime);
        Thread.currentThread().interrupt();
        assertFalse(log.write(LINE));
        assertTrue(Thread.interrupted(), "the caller stays interrupted");
        unread.reader.countDown();
        writeOnceTaken(log, "next\n");
        assertEquals("line\nnext\n", unread.read.toString(StandardCharsets.UTF_8));
    }

    @Test
    void writesAgainAfterAFailureThatPassed() throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        AuditStream stream = new AuditStream(
                new OutputStream() {
                    private int calls;

                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("one byte");
                    }

                    @Override
                    public void write(byte[] bytes, int from, int length) throws IOException {
                        if (calls++ == 0) {
                            throw new IOException("once");
                        }
                        read.write(bytes, from, length);
                    }
                },
                System::nanoTime);
        assertThrows(IOException.class, () -> stream.write("a\n".getBytes(StandardCharsets.UTF_8)));
        assertTrue(stream.write("b\n".getBytes(StandardCharsets.UTF_8)));
    }
}
