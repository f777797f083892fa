package dev.userservice.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.Call;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Json;
import dev.userservice.model.Outcome;
import dev.userservice.tools.CallRequest;
import dev.userservice.tools.Tool;
import dev.userservice.tools.UserTools;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The last stages of {@code check}, credential and response shape: each tool offered is called as it is declared to be
 * tried, through the whole pipeline, so what passes here is what a client gets.
 */
final class CallCheck {

    private static final String CREDENTIAL = "credential";
    private static final String SHAPE = "response shape";

    private final UserTools tools;
    private final String client;
    private final CheckReport report;

    CallCheck(UserTools tools, String client, CheckReport report) {
        this.tools = tools;
        this.client = client;
        this.report = report;
    }

    /**
     * Calls the tools.
     *
     * @param named the ID of a user to ask for; without it the first that a result holds is taken
     */
    void run(Optional<String> named) throws StageFailure {
        Optional<String> user = named;
        boolean askedForUser = false;
        for (Tool tool : thoseThatNeedAUserLast()) {
            Optional<ObjectNode> arguments = tool.trial().arguments().apply(user);
            if (arguments.isPresent()) {
                JsonNode result = call(tool, arguments.get());
                credentialAccepted();
                askedForUser |= tool.trial().needsUser();
                user = user.isPresent() ? user : userIn(result, tool);
            }
        }
        report.passed(
                SHAPE,
                askedForUser
                        ? "every question asked is answered as expected"
                        : "a list is answered as expected; no user to get, name one with --user");
    }

    /** A tool that needs a user's ID has to wait for one that finds it. */
    private List<Tool> thoseThatNeedAUserLast() {
        return tools.tools().stream()
                .sorted(Comparator.comparing(tool -> tool.trial().needsUser()))
                .toList();
    }

    private static Optional<String> userIn(JsonNode result, Tool tool) {
        return Optional.of(result.at(tool.trial().userId()))
                .filter(JsonNode::isTextual)
                .map(JsonNode::textValue);
    }

    private JsonNode call(Tool tool, ObjectNode arguments) throws StageFailure {
        ObjectNode params = Json.object().put("name", tool.name());
        params.set("arguments", arguments);
        Call call = tools.accept(new CallRequest(params, Optional.of(client)));
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

    private static StageFailure failure(Tool tool, Call call, ErrorCode code) {
        String status =
                call.httpStatus().isPresent() ? "HTTP " + call.httpStatus().getAsInt() : "";
        String finding =
                tool.name() + ": " + call.failure().map(CallFailure::getMessage).orElse(code.label())
                        + (status.isEmpty() ? "" : ", " + status);
        return switch (code) {
            case UPSTREAM_DENIED -> new StageFailure(CREDENTIAL, finding, remedyForDenial(call));
            case NOT_FOUND -> new StageFailure(SHAPE, finding, tool.trial().notFoundRemedy());
            case UPSTREAM_CONTRACT -> new StageFailure(SHAPE, finding, remedyForAnswer(call));
            case UPSTREAM_UNAVAILABLE ->
                new StageFailure(CREDENTIAL, finding, "the API is reached but does not serve: look at its own health");
            case UPSTREAM_TIMEOUT ->
                new StageFailure(
                        CREDENTIAL,
                        finding,
                        "the API is reached but slow: look at its own health, or raise INTERNAL_API_TIMEOUT_MS");
            case INVALID_INPUT -> new StageFailure(SHAPE, finding, "name a user ID of 1 to 18 digits with --user");
            case AUDIT_UNAVAILABLE -> new StageFailure(SelfCheck.AUDIT, finding, "check USER_SERVICE_AUDIT_FILE");
            case RATE_LIMITED, CANCELLED, UNKNOWN_TOOL, INVALID_PARAMS, INTERNAL ->
                new StageFailure(SHAPE, finding, "try again; the diagnostics on standard error say more");
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
