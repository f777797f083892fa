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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
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

    /** If each of these had a second of its own once it was begun, the test would run into its time limit. */
    @Test
    void countsTheWaitForTheLineBeforeTowardsALinesOwnSecond() throws IOException {
        for (int i = 0; i < 60; i++) {
            AuditStream log = new AuditStream(unread, clock(Duration.ZERO, Duration.ofSeconds(1)));
            assertFalse(log.write(LINE), "asked for at 0 s, begun at 1 s");
        }
        unread.reader.countDown();
    }

    @Test
    void waitsForALineThatIsStillWithinItsSecond() throws Exception {
        Duration begun = Duration.ofSeconds(10);
        AuditStream log = new AuditStream(unread, clock(Duration.ofSeconds(9), begun, begun, begun));
        assertFalse(log.write(LINE));
        CompletableFuture<Boolean> second = new CompletableFuture<>();
        Thread caller = new Thread(() -> second.complete(write(log, "second\n")));
        caller.start();
        while (caller.isAlive() && caller.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        unread.reader.countDown();
        assertTrue(second.get(20, TimeUnit.SECONDS));
    }

    /** Returns a clock that shows these times, one after another. */
    private static LongSupplier clock(Duration... times) {
        Iterator<Duration> next = List.of(times).iterator();
        return () -> next.next().toNanos();
    }

    @Test
    void writesOnAThreadThatDoesNotKeepTheProcess() throws IOException {
        List<Thread> writers = new ArrayList<>();
        OutputStream stream = new OutputStream() {
            @Override
            public void write(int b) {
                writers.add(Thread.currentThread());
            }
        };
        assertTrue(new AuditStream(stream, System::nanoTime).write(new byte[1]));
        assertEquals("audit-stream", writers.get(0).getName());
        assertTrue(writers.get(0).isDaemon());
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
