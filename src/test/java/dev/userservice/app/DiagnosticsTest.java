package dev.userservice.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.userservice.model.Redactor;
import dev.userservice.model.Secret;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** A diagnostic is one printable line of bounded length without the token, whoever wrote what into it. */
@ResourceLock(Resources.SYSTEM_ERR)
final class DiagnosticsTest {

    private static final String TOKEN = "svc-token-0123456789";
    private static final long PATIENCE_NANOS = 20_000_000_000L;
    private static final int TIME_AND_LEVEL_CHARACTERS = "2026-11-22T07:31:05.123Z WARN  ".length();

    private final PrintStream before = System.err;

    @AfterEach
    void restoreStandardError() {
        System.setErr(before);
    }

    @Test
    void cutsAfterTwoThousandCharacters() {
        assertEquals("x".repeat(2000), logged("x".repeat(2000)));
        assertEquals("x".repeat(2000) + "...", logged("x".repeat(2001)));
        assertEquals("x".repeat(2000) + "...", logged("x".repeat(100_000)));
    }

    @Test
    void redactsBeforeItCuts() {
        assertEquals("x".repeat(1990) + "[redacted]...", logged("x".repeat(1990) + TOKEN + "y"));
    }

    @Test
    void isOneLineWithoutControlCharacters() {
        assertEquals("a?b?c?d?e?[2J?f?31m?g?h", logged("a\nb\rc\u2028d\u2029e\u001B[2J\u0085f\u009B31m\u007Fg\u202Eh"));
    }

    @Test
    void findsTheTokenThatAControlCharacterFollows() {
        assertEquals("[redacted]?forged", logged(TOKEN + "\nforged"));
    }

    @Test
    void beginsWithTimeAndLevel() {
        String line = lines("a message");
        assertTrue(line.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{3})?Z WARN  a message\\R"), line);
    }

    @Test
    void queuesABoundedNumberOfLinesAndWaitsForNobody() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        OutputStream unread = new OutputStream() {
            @Override
            public void write(int b) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                awaitUninterruptibly(reading);
                written.write(bytes, offset, length);
            }
        };
        LoggerContext context = context(new PrintStream(unread, true));
        Logger logger = context.getLogger("dev.userservice.x");
        for (int i = 0; i < 5000; i++) {
            logger.info("line {}", i);
        }
        Diagnostics.flush(context); // waits for nobody either
        assertEquals(0, written.size());
        reading.countDown();
        awaitLines(written, 1025);
        List<String> lines = written.toString(StandardCharsets.UTF_8).lines().toList();
        assertTrue(lines.get(0).endsWith(" line 0"), lines.get(0));
        assertTrue(lines.get(1024).endsWith(" line 1024"), "the one being written, and 1,024 that wait");
    }

    @Test
    void showsWarningsOfOthersAndWhatTheServerSaysOfItself() {
        LoggerContext context = context(System.err);
        assertEquals(Level.WARN, context.getLogger("ROOT").getLevel());
        assertEquals(Level.INFO, context.getLogger("dev.userservice").getLevel());
        Diagnostics.flush(context);
    }

    @ParameterizedTest
    @CsvSource({"DEBUG, WARN", "INFO, WARN", "WARN, WARN", "ERROR, ERROR"})
    void takesTheLevelOfTheSettings(String named, String expected) {
        Level level = Level.valueOf(named);
        Level others = Level.valueOf(expected);
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        Logger root = context.getLogger("ROOT");
        Logger own = context.getLogger("dev.userservice");
        Level rootBefore = root.getLevel();
        Level ownBefore = own.getLevel();
        try {
            root.setLevel(Level.WARN);
            Redactor redactor = new Redactor();
            Diagnostics.configure(named, redactor);
            assertEquals(level, own.getLevel());
            assertEquals(others, root.getLevel());
            assertSame(redactor, context.getObject("redactor"));
        } finally {
            root.setLevel(rootBefore);
            own.setLevel(ownBefore);
        }
    }

    @Test
    void stopsTheAppendersWhenItIsFlushed() {
        Logger root = (Logger) LoggerFactory.getLogger("ROOT");
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        appender.start();
        root.addAppender(appender);
        Diagnostics.flush();
        assertFalse(appender.isStarted());
        assertFalse(root.isAttached(appender));
    }

    /** Returns a context that writes to {@code err} until the test ends. */
    private static LoggerContext context(PrintStream err) {
        System.setErr(err);
        Diagnostics provider = new Diagnostics();
        provider.initialize();
        return (LoggerContext) provider.getLoggerFactory();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void awaitLines(ByteArrayOutputStream written, int lines) {
        long giveUp = System.nanoTime() + PATIENCE_NANOS;
        while (written.toString(StandardCharsets.UTF_8).lines().count() < lines && System.nanoTime() < giveUp) {
            Thread.onSpinWait();
        }
    }

    /** Returns what one message becomes, its line without time and level. */
    private static String logged(String message) {
        String line = lines(message);
        String text = line.substring(0, line.length() - System.lineSeparator().length());
        return text.substring(TIME_AND_LEVEL_CHARACTERS);
    }

    /** Returns the one line that a message becomes, its end included. */
    private static String lines(String message) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Redactor redactor = new Redactor();
        redactor.know(new Secret(TOKEN));
        LoggerContext context = context(new PrintStream(err, true, StandardCharsets.UTF_8));
        context.putObject("redactor", redactor);
        context.getLogger("dev.userservice.x").warn("first");
        awaitLines(err, 1); // the first takes long, the flush waits a fifth of a second
        context.getLogger("dev.userservice.x").warn(message);
        Diagnostics.flush(context);
        String line = err.toString(StandardCharsets.UTF_8).replaceFirst(".* first\\R", "");
        assertTrue(line.endsWith(System.lineSeparator()), line);
        assertEquals(1, line.lines().count(), line);
        return line;
    }
}
