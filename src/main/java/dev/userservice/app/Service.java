package dev.userservice.app;

import dev.userservice.audit.AuditLog;
import dev.userservice.audit.AuditLog.EndReason;
import dev.userservice.call.UserApi;
import dev.userservice.mcp.ServerCard;
import dev.userservice.model.CallFailure;
import dev.userservice.model.Redactor;
import dev.userservice.settings.Settings;
import dev.userservice.tools.UserTools;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The wired parts of one run, its audit session begun. */
record Service(
        Settings settings,
        UserTools tools,
        UserApi api,
        AuditLog audit,
        ServerCard card,
        Redactor redactor,
        ScheduledExecutorService timer) {

    private static final Logger LOG = LoggerFactory.getLogger(Service.class);

    /** How long calls under way may go on at a signal. */
    private static final Duration SIGNAL_GRACE = Duration.ofMillis(1500);

    /**
     * Ends everything, once, the first reason counting: cancels the calls under way (at a signal after 1.5 seconds),
     * writes the session's last line when all theirs are written, and closes the API. Whoever comes second waits and
     * finds it done.
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
}
