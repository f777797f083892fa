package dev.userservice.mcp;

import dev.userservice.audit.AuditLog.EndReason;
import dev.userservice.model.DaemonThreads;
import dev.userservice.model.Redactor;
import dev.userservice.tools.UserTools;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpServerTransport;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The MCP server on one pair of streams, from its first line to its end, which has one reason: the first that comes. At
 * the end of input that is so only when every accepted request is answered and every answer written; at a signal, or
 * when nobody reads the output, at once. Whoever serves then ends the calls, and last {@link #close}s. Thread-safe.
 */
public final class StdioServer {

    private static final int MAX_LINE_BYTES = 1024 * 1024;

    private final ServerCard card;
    private final UserTools tools;
    private final Redactor redactor;
    private final ScheduledExecutorService timer;
    private final Runnable warmUp;
    private final AtomicBoolean warm = new AtomicBoolean();
    private final Ledger ledger = new Ledger();
    private final CompletableFuture<Optional<EndReason>> ended = new CompletableFuture<>();
    private volatile Optional<LineInput> input = Optional.empty();
    private Optional<Session> session = Optional.empty();

    /**
     * @param timer bounds how long output may take; nothing run on it blocks
     * @param warmUp what the first call needs and the first answer does not; runs beside, once that answer is out
     */
    public StdioServer(
            ServerCard card, UserTools tools, Redactor redactor, ScheduledExecutorService timer, Runnable warmUp) {
        this.card = card;
        this.tools = tools;
        this.redactor = redactor;
        this.timer = timer;
        this.warmUp = warmUp;
    }

    /** Serves until there is a reason to end, and returns it as {@link #stop()} does; calls may be under way then. */
    public Optional<EndReason> serve(InputStream in, OutputStream out) {
        start(in, out);
        Optional<EndReason> reason = ended.join();
        stopSession();
        return reason;
    }

    /**
     * Ends serving for a signal, unless it ends already: nothing more is accepted once this returns.
     *
     * @return why it ends; nothing where a thread of the edge has died, for which the audit log has no reason
     */
    public Optional<EndReason> stop() {
        ended.complete(Optional.of(EndReason.SIGNAL));
        stopSession();
        return ended.join();
    }

    /** Ends serving because a thread died of something nobody could foresee: no answer can be promised any more. */
    public void fail() {
        end(Optional.empty());
    }

    /** Gives answers that are not written yet {@code grace}, and lets go of the streams. The calls must have ended. */
    public void close(Duration grace) {
        timer.schedule(ledger::release, grace.toNanos(), TimeUnit.NANOSECONDS);
        ledger.awaitQuiet();
        ledger.release();
        input.ifPresent(LineInput::interrupt);
    }

    /** Holds the lock that {@link #stop()} needs, so that a session either is stopped or never begins. */
    private synchronized void start(InputStream in, OutputStream out) {
        LineInput lines = new LineInput(in, MAX_LINE_BYTES, this::inputEnded);
        LineOutput messages =
                new LineOutput(out, timer, this::written, () -> end(Optional.of(EndReason.STDOUT_CLOSED)));
        input = Optional.of(lines);
        // Its fourth parameter, left out, bounds a line in characters: 16 Mi, which no line of LineInput comes near.
        StdioServerTransportProvider provider = new StdioServerTransportProvider(new Messages(), lines, messages);
        provider.setSessionFactory(this::session);
        if (ended.isDone()) {
            stopSession(); // the signal came first
        }
        // The transport reads before it can write, and what is sent between could be queued on another thread, outside
        // the lock in Answers. So the first line is held back until both sides have started, which they have here.
        lines.open();
    }

    private Session session(McpServerTransport transport) {
        Session created = new Session(card, tools, new Answers(transport, ledger, redactor, this::fail));
        session = Optional.of(created);
        return created;
    }

    private synchronized void stopSession() {
        session.ifPresent(Session::stop);
    }

    /** Holds the end of input back until all that was accepted is answered: the SDK would drop it. */
    private void inputEnded() {
        stopSession();
        ledger.awaitQuiet();
        ended.complete(Optional.of(EndReason.END_OF_INPUT));
    }

    private void written() {
        ledger.written();
        if (warm.compareAndSet(false, true)) {
            new DaemonThreads("warm-up").newThread(warmUp).start();
        }
    }

    /** Ends serving where nothing can be written any more: nobody waits for that then. */
    private void end(Optional<EndReason> reason) {
        ended.complete(reason);
        ledger.release();
    }
}
