package dev.userservice.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.audit.AuditLog.EndReason;
import dev.userservice.call.Proxies;
import dev.userservice.model.Call;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Json;
import dev.userservice.model.Outcome;
import dev.userservice.tools.CallRequest;
import java.util.Optional;

/**
 * {@code check}: the operator's doctor. Goes through the stages a call depends on, tells of each whether it holds, and
 * stops at the first that does not, with what to do about it. Prints no secret and no user's data.
 */
final class SelfCheck {

  private static final String SETTINGS = "settings";
  private static final String AUDIT = "audit log";
  private static final String CREDENTIAL = "credential";
  private static final String SHAPE = "response shape";

  private final Host host;
  private final String version;
  private final CheckReport report;

  SelfCheck(Host host, String version, CheckReport report) {
    this.host = host;
    this.version = version;
    this.report = report;
  }

  ExitCode run(CommandLine line) {
    ExitCode result = stages(line);
    report.end(result == ExitCode.DONE);
    return result;
  }

  private ExitCode stages(CommandLine line) {
    Host named;
    Service service;
    try {
      named = host.with(line.envFile());
      Settings settings = Settings.read(named.environment(), named.auditFile(), version);
      settings.warnings().forEach(host.err()::println);
      report.passed(SETTINGS, "read; tools: " + String.join(", ", settings.tools()));
      service = Wiring.service(settings, named, version);
      report.passed(AUDIT, settings.auditFile().map(Object::toString).orElse("standard error"));
    } catch (SettingsException e) {
      String stage = report.has(SETTINGS) ? AUDIT : SETTINGS;
      report.failed(stage, String.join("; ", e.problems()), "correct what is named");
      return ExitCode.WRONG_SETTINGS;
    }
    try {
      new NetworkCheck(service.settings(), new Proxies(named.environment(), named.properties()), report).run();
      ask(service, line.user());
      return ExitCode.DONE;
    } catch (StageFailure e) {
      report.failed(e.stage(), e.getMessage(), e.remedy());
      return ExitCode.FAILED;
    } finally {
      service.end(EndReason.END_OF_INPUT);
    }
  }

  /** The last two stages: real calls, through the whole pipeline. */
  private void ask(Service service, Optional<String> user) throws StageFailure {
    Settings settings = service.settings();
    Optional<String> found = user;
    if (settings.tools().contains("list_users_by_department")) {
      ObjectNode arguments = Json.object().put("department", settings.departments().get(0)).put("limit", 1);
      JsonNode page = call(service, "list_users_by_department", arguments);
      credentialAccepted();
      JsonNode first = page.path("users").path(0).path("id");
      found = user.or(() -> Optional.of(first).filter(JsonNode::isTextual).map(JsonNode::textValue));
    }
    if (settings.tools().contains("get_user") && found.isPresent()) {
      call(service, "get_user", Json.object().put("user_id", found.get()));
      credentialAccepted();
      report.passed(SHAPE, "every question asked is answered as expected");
    } else {
      report.passed(SHAPE, "a list is answered as expected; no user to get, name one with --user");
    }
  }

  private JsonNode call(Service service, String tool, ObjectNode arguments) throws StageFailure {
    ObjectNode params = Json.object().put("name", tool);
    params.set("arguments", arguments);
    Call call = service.tools().accept(new CallRequest(params, Optional.of("user-service-check/" + version)));
    Outcome outcome = call.outcome().join();
    if (outcome instanceof Outcome.Success success) {
      return success.content();
    }
    StageFailure failure = failure(tool, call, ((Outcome.Failure) outcome).code());
    if (failure.stage().equals(SHAPE) && call.httpStatus().isPresent()) {
      credentialAccepted();
    }
    throw failure;
  }

  /** Whatever else is wrong with an answer: the API gave one. */
  private void credentialAccepted() {
    if (!report.has(CREDENTIAL)) {
      report.passed(CREDENTIAL, "accepted");
    }
  }

  private static StageFailure failure(String tool, Call call, ErrorCode code) {
    String status = call.httpStatus().isPresent() ? "HTTP " + call.httpStatus().getAsInt() : "";
    String finding =
        tool + ": " + call.failure().map(CallFailure::getMessage).orElse(code.label())
            + (status.isEmpty() ? "" : ", " + status);
    return switch (code) {
      case UPSTREAM_DENIED -> new StageFailure(CREDENTIAL, finding, remedyForDenial(call));
      case NOT_FOUND -> new StageFailure(
          SHAPE, finding, tool.equals("get_user")
              ? "check INTERNAL_API_USER_PATH and the user's ID"
              : "check INTERNAL_API_DEPARTMENT_PATH and USER_SERVICE_DEPARTMENTS");
      case UPSTREAM_CONTRACT -> new StageFailure(SHAPE, finding, remedyForAnswer(call));
      case UPSTREAM_UNAVAILABLE -> new StageFailure(
          CREDENTIAL, finding, "the API is reached but does not serve: look at its own health");
      case UPSTREAM_TIMEOUT -> new StageFailure(
          CREDENTIAL, finding, "the API is reached but slow: look at its own health, or raise INTERNAL_API_TIMEOUT_MS");
      case INVALID_INPUT -> new StageFailure(SHAPE, finding, "name a user ID of 1 to 18 digits with --user");
      case AUDIT_UNAVAILABLE -> new StageFailure(AUDIT, finding, "check USER_SERVICE_AUDIT_FILE");
      case RATE_LIMITED, CANCELLED, UNKNOWN_TOOL, INVALID_PARAMS, INTERNAL -> new StageFailure(
          SHAPE, finding, "try again; the diagnostics on standard error say more");
    };
  }

  private static String remedyForDenial(Call call) {
    int status = call.httpStatus().orElse(0);
    if (status == 401) {
      return "check the token and INTERNAL_API_AUTH_HEADER and _AUTH_SCHEME";
    }
    if (status == 403) {
      return "have the service account permitted to read users";
    }
    return call.attempts() == 0
        ? "check INTERNAL_API_TOKEN_FILE"
        : "have the API accept the token alone; if it wants a client certificate, that is not supported";
  }

  private static String remedyForAnswer(Call call) {
    int status = call.httpStatus().orElse(0);
    if (status >= 300 && status < 400) {
      return "redirects are never followed: set INTERNAL_API_URL and the paths to where it leads";
    }
    return status == 407
        ? NetworkCheck.NO_PROXY_CREDENTIALS
        : "check INTERNAL_API_FIELD_MAP, INTERNAL_API_LIST_POINTER and the paths against the API";
  }
}
