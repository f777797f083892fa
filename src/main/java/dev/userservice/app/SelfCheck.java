package dev.userservice.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.audit.AuditLog.EndReason;
import dev.userservice.call.Proxies;
import dev.userservice.call.TlsProbe;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Json;
import dev.userservice.model.Outcome;
import dev.userservice.tools.RunningCall;
import dev.userservice.tools.ToolCall;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;

/**
 * {@code check}: the operator's doctor. Goes through the stages a call depends on, tells of each whether it holds, and
 * stops at the first that does not, with what to do about it. Prints no secret and no user's data.
 */
final class SelfCheck {

  private static final String CREDENTIAL = "credential";
  private static final String SHAPE = "response shape";

  private Host host;
  private final PrintStream out;
  private final String version;
  private final ArrayNode stages = Json.object().putArray("stages");
  private boolean json;

  SelfCheck(Host host, PrintStream out, String version) {
    this.host = host;
    this.out = out;
    this.version = version;
  }

  /** A stage that does not hold, and what to do about it. */
  private static final class StageFailure extends Exception {
    private final String stage;
    private final String remedy;

    StageFailure(String stage, String finding, String remedy) {
      super(finding);
      this.stage = stage;
      this.remedy = remedy;
    }
  }

  ExitCode run(CommandLine line) {
    json = line.json();
    ExitCode result = stages(line);
    if (json) {
      ObjectNode report = Json.object().put("ok", result == ExitCode.DONE);
      report.set("stages", stages);
      out.println(Json.pretty(report));
    }
    return result;
  }

  private ExitCode stages(CommandLine line) {
    Service service;
    try {
      host = host.with(line.envFile());
      Settings settings = Settings.read(host.environment(), host.auditFile(), version);
      settings.warnings().forEach(host.err()::println);
      passed("settings", "read; tools: " + String.join(", ", settings.tools()));
      service = Wiring.service(settings, host, version);
      passed("audit log", settings.auditFile().map(Object::toString).orElse("standard error"));
    } catch (SettingsException e) {
      boolean settingsHold = !stages.isEmpty();
      failed(settingsHold ? "audit log" : "settings", String.join("; ", e.problems()), "correct what is named");
      return ExitCode.WRONG_SETTINGS;
    }
    try {
      reach(service.settings());
      ask(service, line.user());
      return ExitCode.DONE;
    } catch (StageFailure e) {
      failed(e.stage, e.getMessage(), e.remedy);
      return ExitCode.FAILED;
    } finally {
      service.end(EndReason.END_OF_INPUT);
    }
  }

  private void reach(Settings settings) throws StageFailure {
    URI base = settings.api().base();
    boolean secure = base.getScheme().equalsIgnoreCase("https");
    Proxy proxy = new Proxies(host.environment(), host.properties()).select(base).get(0);
    InetSocketAddress target =
        proxy.address() instanceof InetSocketAddress address
            ? address
            : InetSocketAddress.createUnresolved(base.getHost(), port(base, secure));
    String what = proxy.type() == Proxy.Type.DIRECT ? "the API's host" : "the proxy's host";
    lookUp(target, what);
    connect(target, what, settings);
    if (!secure) {
      passed("TLS", "none: the address begins with http");
    } else if (proxy.type() != Proxy.Type.DIRECT) {
      passed("TLS", "through the proxy; tried with the next stage");
    } else {
      shakeHands(target, settings);
    }
  }

  private static int port(URI base, boolean secure) {
    return base.getPort() >= 0 ? base.getPort() : secure ? 443 : 80;
  }

  private void lookUp(InetSocketAddress target, String what) throws StageFailure {
    try {
      int addresses = InetAddress.getAllByName(bare(target)).length;
      passed("address lookup", what + " has " + addresses + (addresses == 1 ? " address" : " addresses"));
    } catch (UnknownHostException e) {
      throw new StageFailure(
          "address lookup", what + " is not known", "check the host in INTERNAL_API_URL, the DNS and the VPN");
    }
  }

  private static String bare(InetSocketAddress target) {
    return target.getHostString().replaceAll("[\\[\\]]", "");
  }

  private void connect(InetSocketAddress target, String what, Settings settings) throws StageFailure {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(bare(target), target.getPort()),
          Math.toIntExact(settings.api().connectTimeout().toMillis()));
      passed("connection", what + " accepts connections on port " + target.getPort());
    } catch (IOException e) {
      throw new StageFailure(
          "connection",
          what + " accepts no connection on port " + target.getPort() + " (" + e.getClass().getSimpleName() + ")",
          "check that the API is running, the port in INTERNAL_API_URL, firewalls and proxies");
    }
  }

  private void shakeHands(InetSocketAddress target, Settings settings) throws StageFailure {
    Optional<TlsProbe.Refusal> refusal;
    try {
      refusal =
          TlsProbe.probe(
              bare(target), target.getPort(), settings.authorities().orElse(List.of()), settings.api().timeout());
    } catch (IOException e) {
      throw new StageFailure(
          "TLS",
          "the connection ended during the handshake (" + e.getClass().getSimpleName() + ")",
          "check that the port in INTERNAL_API_URL speaks TLS");
    }
    if (refusal.isPresent()) {
      throw tlsFailure(refusal.get());
    }
    passed("TLS", "the certificate is trusted and names the host");
  }

  private static StageFailure tlsFailure(TlsProbe.Refusal refusal) {
    String ca = "set INTERNAL_API_CA_FILE to the PEM file of the authority that signed it";
    return switch (refusal) {
      case EXPIRED -> new StageFailure("TLS", "the certificate has expired", "have the API's certificate renewed");
      case NOT_YET_VALID -> new StageFailure(
          "TLS", "the certificate is not valid yet", "check this machine's clock, then the API's certificate");
      case SELF_SIGNED -> new StageFailure("TLS", "the certificate is self-signed", ca);
      case UNKNOWN_AUTHORITY -> new StageFailure("TLS", "the certificate's authority is not trusted here", ca);
      case WRONG_HOST_NAME -> new StageFailure(
          "TLS", "the certificate is for another host name", "use a host name in INTERNAL_API_URL that it names");
      case OTHER -> new StageFailure(
          "TLS", "the handshake was refused", "check that the port in INTERNAL_API_URL speaks TLS 1.2 or 1.3");
    };
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
      passed(SHAPE, "every question asked is answered as expected");
    } else {
      passed(SHAPE, "a list is answered as expected; no user to get, name one with --user");
    }
  }

  private JsonNode call(Service service, String tool, ObjectNode arguments) throws StageFailure {
    ObjectNode params = Json.object().put("name", tool);
    params.set("arguments", arguments);
    RunningCall running =
        service.tools().call(new ToolCall(params, Optional.of("user-service-check/" + version)));
    Outcome outcome = running.outcome().join();
    if (outcome instanceof Outcome.Success success) {
      return success.content();
    }
    StageFailure failure = failure(tool, running, ((Outcome.Failure) outcome).code());
    if (failure.stage.equals(SHAPE) && running.call().httpStatus().isPresent()) {
      credentialAccepted();
    }
    throw failure;
  }

  /** Whatever else is wrong with an answer: the API gave one. */
  private void credentialAccepted() {
    if (!stages.path(stages.size() - 1).path("stage").asText().equals(CREDENTIAL)) {
      passed(CREDENTIAL, "accepted");
    }
  }

  private static StageFailure failure(String tool, RunningCall running, ErrorCode code) {
    String status = running.call().httpStatus().isPresent() ? "HTTP " + running.call().httpStatus().getAsInt() : "";
    String finding =
        tool + ": " + running.call().failure().map(CallFailure::getMessage).orElse(code.label())
            + (status.isEmpty() ? "" : ", " + status);
    return switch (code) {
      case UPSTREAM_DENIED -> new StageFailure(CREDENTIAL, finding, remedyForDenial(running));
      case NOT_FOUND -> new StageFailure(
          SHAPE, finding, tool.equals("get_user")
              ? "check INTERNAL_API_USER_PATH and the user's ID"
              : "check INTERNAL_API_DEPARTMENT_PATH and USER_SERVICE_DEPARTMENTS");
      case UPSTREAM_CONTRACT -> new StageFailure(
          SHAPE, finding, "check INTERNAL_API_FIELD_MAP, INTERNAL_API_LIST_POINTER and the paths against the API");
      case UPSTREAM_UNAVAILABLE, UPSTREAM_TIMEOUT -> new StageFailure(
          CREDENTIAL, finding, "the API is reached but does not serve: look at its own health");
      case INVALID_INPUT -> new StageFailure(SHAPE, finding, "name a user ID of 1 to 18 digits with --user");
      case AUDIT_UNAVAILABLE -> new StageFailure("audit log", finding, "check USER_SERVICE_AUDIT_FILE");
      case RATE_LIMITED, CANCELLED, UNKNOWN_TOOL, INVALID_PARAMS, INTERNAL -> new StageFailure(
          SHAPE, finding, "try again; the diagnostics on standard error say more");
    };
  }

  private static String remedyForDenial(RunningCall running) {
    int status = running.call().httpStatus().orElse(0);
    return switch (status) {
      case 401 -> "check the token and INTERNAL_API_AUTH_HEADER and _AUTH_SCHEME";
      case 403 -> "have the service account permitted to read users";
      default -> "check the token file, and the certificate (INTERNAL_API_CA_FILE)";
    };
  }

  private void passed(String stage, String finding) {
    stages.addObject().put("stage", stage).put("status", "ok").put("finding", finding);
    if (!json) {
      out.println("ok    %-15s %s".formatted(stage, finding));
    }
  }

  private void failed(String stage, String finding, String remedy) {
    stages.addObject().put("stage", stage).put("status", "failed").put("finding", finding).put("remedy", remedy);
    if (!json) {
      out.println("FAIL  %-15s %s. Remedy: %s.".formatted(stage, finding, remedy));
    }
  }
}
