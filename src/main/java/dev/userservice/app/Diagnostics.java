package dev.userservice.app;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import dev.userservice.model.Redactor;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.slf4j.LoggerFactory;

/**
 * Diagnostics go to standard error, a line each, redacted and without control characters; where nobody reads it, they
 * are dropped. Found by Logback as its configurator, so that no file lying about is ever read for one.
 */
public final class Diagnostics extends ContextAwareBase implements Configurator {

    private static final String OWN_LOGGER = "dev.userservice";
    private static final String REDACTOR = "redactor";
    private static final int QUEUE_LINES = 1024;
    private static final int FLUSH_MILLIS = 200;

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setTarget("System.err");
        console.setEncoder(encoder(context));
        console.start();

        AsyncAppender queue = new AsyncAppender();
        queue.setContext(context);
        queue.setQueueSize(QUEUE_LINES);
        queue.setDiscardingThreshold(0);
        queue.setNeverBlock(true);
        queue.setMaxFlushTime(FLUSH_MILLIS);
        queue.addAppender(console);
        queue.start();

        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN); // below, the SDK logs whole messages
        root.addAppender(queue);
        context.getLogger(OWN_LOGGER).setLevel(Level.INFO);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static LayoutWrappingEncoder<ILoggingEvent> encoder(LoggerContext context) {
        Line layout = new Line();
        layout.setContext(context);
        layout.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setLayout(layout);
        encoder.start();
        return encoder;
    }

    /** Sets what the settings say; before it, lines are at INFO and there is no token to redact. */
    static void configure(String level, Redactor redactor) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.putObject(REDACTOR, redactor);
        context.getLogger(OWN_LOGGER).setLevel(Level.valueOf(level));
        if (level.equals("ERROR")) {
            context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.ERROR);
        }
    }

    /** Writes what is queued, for a fifth of a second at most. */
    static void flush() {
        flush((LoggerContext) LoggerFactory.getILoggerFactory());
    }

    /** Stops the appenders only: a context that stops forgets its redactor before its queue is empty. */
    static void flush(LoggerContext context) {
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).detachAndStopAllAppenders();
    }

    /** One line: time, level, message; at most 2,000 characters. */
    private static final class Line extends LayoutBase<ILoggingEvent> {

        private static final int MAX_CHARACTERS = 2000;

        @Override
        public String doLayout(ILoggingEvent event) {
            String message = event.getFormattedMessage().replaceAll("[\\p{Cc}\\p{Zl}\\p{Zp}]", " ");
            Object redactor = getContext().getObject(REDACTOR);
            String safe = redactor instanceof Redactor known ? known.redact(message) : message;
            String shown = safe.length() <= MAX_CHARACTERS ? safe : safe.substring(0, MAX_CHARACTERS) + "...";
            Instant time = Instant.ofEpochMilli(event.getTimeStamp()).truncatedTo(ChronoUnit.MILLIS);
            return "%s %-5s %s%n".formatted(time, event.getLevel(), shown);
        }
    }
}
