package dev.userservice.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.check.CheckReport.StageFailure;
import dev.userservice.model.Call;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Json;
import dev.userservice.model.Outcome;
import dev.userservice.tools.CallRequest;
import dev.userservice.tools.Tool;
import dev.userservice.tools.UserTools;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The last stages of {@code check}, credential and response shape: each tool offered is called with the trial arguments
 * of its declaration, through the whole pipeline, so what passes here is what a client gets.
 */
record CallCheck(UserTools tools, String client, CheckReport report) {

    private static final String CREDENTIAL = "credential";
    private static final String SHAPE = "response shape";

    /** Calls each tool, those that need a user's ID last: with {@code named}, or else with the first ID found. */
    void run(Optional<String> named) throws StageFailure {
        Optional<String> user = named;
        boolean askedForUser = false;
        Comparator<Tool> findersFirst =
                Comparator.comparing(tool -> tool.trial().needsUser());
        for (Tool tool : tools.tools().stream().sorted(findersFirst).toList()) {
            Tool.Trial trial = tool.trial();
            Optional<ObjectNode> arguments = trial.arguments().apply(user);
            if (arguments.isPresent()) {
                JsonNode result = call(tool, arguments.get());
                credentialAccepted();
                askedForUser |= trial.needsUser();
                user = user.or(
                        () -> Optional.ofNullable(result.at(trial.userId()).textValue()));
            }
        }
        String unasked = "a list is answered as expected; no user to get, name one with --user";
        report.passed(SHAPE, askedForUser ? "every question asked is answered as expected" : unasked);
    }

    private JsonNode call(Tool tool, ObjectNode arguments) throws StageFailure {
        ObjectNode params = Json.object().put("name", tool.name());
        params.set("arguments", arguments);
        Call call = tools.accept(new CallRequest(params, Optional.of(client), CallRequest.Admission.ADMITTED));
        Outcome outcome = call.outcome().join();
        if (outcome instanceof Outcome.Success success) {
            return success.content();
        }
        throw failure(tool, call, ((Outcome.Failure) outcome).code());
    }

    private void credentialAccepted() {
        if (!report.has(CREDENTIAL)) {
            report.passed(CREDENTIAL, "accepted");
        }
    }

    private StageFailure failure(Tool tool, Call call, ErrorCode code) {
        String stage = stage(code);
        OptionalInt status = call.httpStatus();
        if (stage.equals(SHAPE) && status.isPresent()) {
            credentialAccepted(); // whatever else is wrong with the answer, the API gave one
        }
        String cause = call.failure().map(CallFailure::getMessage).orElse(code.label());
        String answered = status.isPresent() ? ", HTTP " + status.getAsInt() : "";
        return report.failed(stage, tool.name() + ": " + cause + answered, remedy(tool, call, code));
    }

    private static String stage(ErrorCode code) {
        return switch (code) {
            case UPSTREAM_DENIED, UPSTREAM_UNAVAILABLE, UPSTREAM_TIMEOUT -> CREDENTIAL;
            case AUDIT_UNAVAILABLE -> SelfCheck.AUDIT;
            case NOT_FOUND, UPSTREAM_CONTRACT, INVALID_INPUT, RATE_LIMITED -> SHAPE;
            case CANCELLED, UNKNOWN_TOOL, INVALID_PARAMS, INTERNAL -> SHAPE;
        };
    }

    private static String remedy(Tool tool, Call call, ErrorCode code) {
        return switch (code) {
            case UPSTREAM_DENIED -> remedyForDenial(call);
            case UPSTREAM_UNAVAILABLE -> "the API is reached but does not serve: look at its own health";
            case UPSTREAM_TIMEOUT ->
                "the API is reached but slow: look at its own health, or raise INTERNAL_API_TIMEOUT_MS";
            case AUDIT_UNAVAILABLE -> "check USER_SERVICE_AUDIT_FILE";
            case NOT_FOUND -> tool.trial().notFoundRemedy();
            case UPSTREAM_CONTRACT -> remedyForAnswer(call.httpStatus().orElse(0));
            case INVALID_INPUT -> "name a user ID of 1 to 18 digits with --user";
            case RATE_LIMITED, CANCELLED, UNKNOWN_TOOL, INVALID_PARAMS, INTERNAL ->
                "try again; the diagnostics on standard error say more";
        };
    }

    private static String remedyForDenial(Call call) {
        String unexplained = call.attempts() == 0
                ? "check INTERNAL_API_TOKEN_FILE"
                : "have the API accept the token alone; if it wants a client certificate, that is not supported";
        return switch (call.httpStatus().orElse(0)) {
            case 401 -> "check the token and INTERNAL_API_AUTH_HEADER and _AUTH_SCHEME";
            case 403 -> "have the service account permitted to read users";
            default -> unexplained;
        };
    }

    private static String remedyForAnswer(int status) {
        if (status == 407) {
            return NetworkCheck.NO_PROXY_CREDENTIALS;
        }
        return status / 100 == 3
                ? "redirects are never followed: set INTERNAL_API_URL and the paths to where it leads"
                : "check INTERNAL_API_FIELD_MAP, INTERNAL_API_LIST_POINTER and the paths against the API";
    }
}
