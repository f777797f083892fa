package dev.userservice.app;

import dev.userservice.audit.AuditLog.EndReason;
import dev.userservice.mcp.StdioServer;
import dev.userservice.settings.SettingsException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code serve}: MCP on standard input and output, until the input or the process ends. */
final class Serving {

    private static final Logger LOG = LoggerFactory.getLogger(Serving.class);

    private static final String ON_A_TERMINAL = """
      user-service %s serves MCP here: it waits for JSON-RPC messages on standard input, one a line.
      It is meant to be started by an MCP client. To register it with one:
        java -jar user-service.jar register
      """;

    /** Time to write the answers whose audit lines came before the end; all of it is needed only where nobody reads. */
    private static final Duration WRITE_GRACE = Duration.ofMillis(100);

    private static final byte[] OUT_OF_MEMORY =
            "user-service: out of memory; allow more with -Xmx\n".getBytes(StandardCharsets.US_ASCII);

    private Serving() {}

    static ExitCode run(Launch launch) throws SettingsException {
        Host host = launch.host();
        Service service = launch.service();
        StdioServer server = new StdioServer(
                service.card(), service.tools(), service.redactor(), service.timer(), service.api()::prepare);
        Launch.onSignal(() -> end(server, service, server.stop()));
        onError(server, host.rawErr());
        if (host.terminal()) {
            host.err().print(ON_A_TERMINAL.formatted(launch.version()));
        }
        return end(server, service, server.serve(host.in(), host.out()));
    }

    /**
     * Ends a service that has served; on the main thread or the signal's, whichever comes first. The other waits: after
     * it the process may end, so what is logged here would be lost.
     */
    private static synchronized ExitCode end(StdioServer server, Service service, Optional<EndReason> reason) {
        if (reason.isEmpty()) {
            service.tools().close(Duration.ZERO);
            return ExitCode.FAILED; // without a last audit line: no reason it could give would be true
        }
        service.end(reason.get()).ifPresent(LOG::info);
        server.close(WRITE_GRACE);
        return ExitCode.DONE;
    }

    /** Fails the server when a thread dies; out of memory, ends the JVM at once, since nothing else is sure to run. */
    private static void onError(StdioServer server, OutputStream err) {
        Thread.setDefaultUncaughtExceptionHandler((thread, error) -> {
            if (error instanceof VirtualMachineError) {
                halt(err);
            }
            LOG.error("the server ends: {} in thread {}", error.getClass().getSimpleName(), thread.getName());
            server.fail();
        });
    }

    /** Allocates nothing: there may be nothing left to allocate. */
    private static void halt(OutputStream err) {
        try {
            err.write(OUT_OF_MEMORY);
        } catch (IOException e) {
            // nobody reads it
        } finally {
            Runtime.getRuntime().halt(ExitCode.FAILED.status());
        }
    }
}
