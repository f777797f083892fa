package dev.userservice.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import dev.userservice.model.Redactor;
import dev.userservice.model.Secret;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** A diagnostic is one printable line of bounded length without the token, whoever wrote what into it. */
@ResourceLock(Resources.SYSTEM_ERR)
final class DiagnosticsTest {

    private static final String TOKEN = "svc-token-0123456789";
    private static final long PATIENCE_NANOS = 20_000_000_000L;
    private static final int TIME_AND_LEVEL_CHARACTERS = "2026-11-22T07:31:05.123Z WARN  ".length();

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
        assertEquals("a b c d e [2J f 31m g", logged("a\nb\rc\u2028d\u2029e\u001B[2J\u0085f\u009B31m\u007Fg"));
    }

    @Test
    void findsTheTokenThatAControlCharacterFollows() {
        assertEquals("[redacted] forged", logged(TOKEN + "\nforged"));
    }

    private static void awaitLine(ByteArrayOutputStream err) {
        long giveUp = System.nanoTime() + PATIENCE_NANOS;
        while (err.size() == 0 && System.nanoTime() < giveUp) {
            Thread.onSpinWait();
        }
    }

    /** Returns what one message becomes, its line without time and level. */
    private static String logged(String message) {
        PrintStream before = System.err;
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        try {
            Redactor redactor = new Redactor();
            redactor.know(new Secret(TOKEN));
            LoggerContext context = new LoggerContext();
            context.setMDCAdapter(new LogbackMDCAdapter());
            context.putObject("redactor", redactor);
            new Diagnostics().configure(context);
            context.getLogger("dev.userservice.x").warn("first");
            awaitLine(err); // the first takes long, the flush waits a fifth of a second
            context.getLogger("dev.userservice.x").warn(message);
            Diagnostics.flush(context);
        } finally {
            System.setErr(before);
        }
        String line = err.toString(StandardCharsets.UTF_8).replaceFirst(".* first\\R", "");
        assertTrue(line.endsWith(System.lineSeparator()), line);
        String text = line.substring(0, line.length() - System.lineSeparator().length());
        assertEquals(1, text.lines().count(), text);
        return text.substring(TIME_AND_LEVEL_CHARACTERS);
    }
}
