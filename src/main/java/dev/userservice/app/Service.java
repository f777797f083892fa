package dev.userservice.app;

import dev.userservice.audit.AuditLog;
import dev.userservice.audit.AuditLog.EndReason;
import dev.userservice.call.UserApi;
import dev.userservice.mcp.ServerCard;
import dev.userservice.model.CallFailure;
import dev.userservice.model.Redactor;
import dev.userservice.settings.Settings;
import dev.userservice.tools.UserTools;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The wired parts of one run, its audit session begun. */
record Service(
    Settings settings, UserTools tools, UserApi api, AuditLog audit, ServerCard card, Redactor redactor) {

  private static final Logger LOG = LoggerFactory.getLogger(Service.class);

  /**
   * Ends the audit session, once, the first reason counting, and lets go of the API.
   *
   * @return the session's length and head hash, for a collector to anchor
   */
  Optional<String> end(EndReason reason) {
    try {
      return audit.end(reason);
    } catch (CallFailure e) {
      LOG.error("the end of the session could not be recorded");
      return Optional.empty();
    } finally {
      api.close();
    }
  }
}
