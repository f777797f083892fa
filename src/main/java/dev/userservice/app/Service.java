package dev.userservice.app;

import dev.userservice.audit.AuditLog;
import dev.userservice.audit.AuditLog.EndReason;
import dev.userservice.call.UserApi;
import dev.userservice.limit.DisclosureBudget;
import dev.userservice.mcp.ServerCard;
import dev.userservice.model.CallFailure;
import dev.userservice.model.Redactor;
import dev.userservice.tools.UserTools;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The wired parts of one run, its audit session begun. */
record Service(
        UserTools tools,
        UserApi api,
        DisclosureBudget budget,
        AuditLog audit,
        ServerCard card,
        Redactor redactor,
        ScheduledExecutorService timer)
        implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Service.class);

    /** How long calls under way may go on after a signal. */
    private static final Duration SIGNAL_GRACE = Duration.ofMillis(1500);

    /**
     * Ends everything once, for the first reason given: cancels the calls under way (after a signal, 1.5 seconds
     * later), writes the session's last line after theirs, and closes the API. A second caller waits until that is
     * done.
     *
     * @return the session's length and head hash, for a collector to anchor
     */
    synchronized Optional<String> end(EndReason reason) {
        try {
            tools.close(reason == EndReason.SIGNAL ? SIGNAL_GRACE : Duration.ZERO);
            return audit.end(reason);
        } catch (CallFailure e) {
            LOG.error("the end of the session could not be recorded");
            return Optional.empty();
        } finally {
            api.close();
        }
    }

    @Override
    public void close() {
        end(EndReason.END_OF_INPUT);
    }
}
