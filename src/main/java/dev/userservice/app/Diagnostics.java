package dev.userservice.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import dev.userservice.model.DaemonThreads;
import dev.userservice.model.Printable;
import dev.userservice.model.Redactor;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.NOP_FallbackServiceProvider;

/**
 * Writes diagnostics to standard error, a line each, redacted and without control characters; where nobody reads it,
 * they are dropped. SLF4J finds Logback by this class, ready set up: Logback's own way to itself looks for versions,
 * configurators and files, which takes half of its start.
 */
public final class Diagnostics extends NOP_FallbackServiceProvider {

    private static final String OWN_LOGGER = "dev.userservice";
    private static final String REDACTOR = "redactor";

    private final LoggerContext context = new LoggerContext();

    @Override
    public void initialize() {
        LineAppender lines = new LineAppender();
        lines.setContext(context);
        lines.start();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN); // below, the SDK logs whole messages
        root.addAppender(lines);
        context.getLogger(OWN_LOGGER).setLevel(Level.INFO);
        context.setMDCAdapter(getMDCAdapter());
        context.start();
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return context;
    }

    /** Applies the settings; until then the level is INFO, and no token is there to redact. */
    static void configure(String level, Redactor redactor) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.putObject(REDACTOR, redactor);
        context.getLogger(OWN_LOGGER).setLevel(Level.valueOf(level));
        if (level.equals("ERROR")) {
            context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.ERROR);
        }
    }

    /** Writes what is queued, for at most 200 milliseconds. */
    static void flush() {
        flush((LoggerContext) LoggerFactory.getILoggerFactory());
    }

    /** Stops only the appenders: a context that is stopped forgets its redactor before its queue is empty. */
    static void flush(LoggerContext context) {
        context.getLogger(Logger.ROOT_LOGGER_NAME).detachAndStopAllAppenders();
    }

    /**
     * Writes time, level and message as one line, of the message at most 2,000 characters; never holds its caller up.
     */
    private static final class LineAppender extends AppenderBase<ILoggingEvent> {

        private static final int MAX_CHARACTERS = 2000;

        private final PrintStream err = new PrintStream(ConsoleTarget.SystemErr.getStream(), true);

        private final ExecutorService writer = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(1024),
                new DaemonThreads("standard-error"),
                new ThreadPoolExecutor.DiscardPolicy());

        @Override
        protected void append(ILoggingEvent event) {
            String message = Printable.of(event.getFormattedMessage());
            Object redactor = getContext().getObject(REDACTOR);
            String safe = redactor instanceof Redactor known ? known.redact(message) : message;
            String shown = safe.length() <= MAX_CHARACTERS ? safe : safe.substring(0, MAX_CHARACTERS) + "...";
            Instant time = Instant.ofEpochMilli(event.getTimeStamp());
            byte[] line =
                    "%s %-5s %s%n".formatted(time, event.getLevel(), shown).getBytes(StandardCharsets.UTF_8);
            writer.execute(() -> err.writeBytes(line)); // at once, so that no audit line comes between
        }

        @Override
        public void stop() {
            super.stop();
            writer.shutdown();
            try {
                writer.awaitTermination(200, TimeUnit.MILLISECONDS); // what is left then, nobody reads
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
