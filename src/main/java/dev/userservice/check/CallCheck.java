package dev.userservice.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.check.CheckReport.StageFailure;
import dev.userservice.model.Call;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Json;
import dev.userservice.model.Outcome;
import dev.userservice.tools.CallRequest;
import dev.userservice.tools.ListTrial;
import dev.userservice.tools.Tool;
import dev.userservice.tools.Trial.Getter;
import dev.userservice.tools.UserTools;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The last stages of {@code check}: credential, response shape and paging. The tools offered are called as their
 * declarations say, through the whole pipeline, so what passes here is what a client gets. At least one request is
 * sent, whichever tools are offered. For one thread.
 */
final class CallCheck {

    private static final String TOKEN = "token";
    private static final String CREDENTIAL = "credential";
    private static final String SHAPE = "response shape";
    private static final String PAGING = "paging";

    /** Why a question that a check can do without may stay unanswered; a wrong answer is a finding. */
    private static final Set<ErrorCode> BEYOND = Set.of(
            ErrorCode.NOT_FOUND,
            ErrorCode.RATE_LIMITED,
            ErrorCode.DISCLOSURE_LIMIT,
            ErrorCode.UPSTREAM_UNAVAILABLE,
            ErrorCode.UPSTREAM_TIMEOUT);

    /** What says nothing against the API where a check asks for more than any client does. */
    private static final Set<ErrorCode> NO_FINDING =
            EnumSet.complementOf(EnumSet.of(ErrorCode.CANCELLED, ErrorCode.AUDIT_UNAVAILABLE, ErrorCode.INTERNAL));

    private final UserTools tools;
    private final String client;
    private final boolean getsTokens;
    private final CheckReport report;
    private final Set<String> asked = new LinkedHashSet<>();

    /** @param getsTokens whether a token is got from a token endpoint, which is a stage then */
    CallCheck(UserTools tools, String client, boolean getsTokens, CheckReport report) {
        this.tools = tools;
        this.client = client;
        this.getsTokens = getsTokens;
        this.report = report;
    }

    /** A question that found a user. */
    private record Found(Tool tool, ListTrial trial, ObjectNode question, JsonNode answer, String user) {}

    /**
     * Finds a user, gets that one or {@code named}, and asks for the next page.
     *
     * @param more whether to ask all that shows whether pages go together: up to eight more records
     */
    void run(Optional<String> named, boolean more) throws StageFailure {
        Optional<Found> found = Optional.empty();
        for (Tool tool : tools.tools()) {
            if (tool.trial() instanceof ListTrial trial) {
                found = Optional.of(find(tool, trial));
            }
        }
        Optional<String> user = named.isPresent() ? named : found.map(Found::user);
        Set<ErrorCode> good = user.isEmpty() ? Set.of(ErrorCode.NOT_FOUND) : Set.of(); // the API knows no such user
        get(SHAPE, user, good, named.isPresent() ? Optional.empty() : found);
        report.passed(
                SHAPE, String.join(" and ", asked) + (asked.size() == 1 ? " answers" : " answer") + " as expected");
        if (found.isPresent()) {
            Optional<String> last = turnPages(found.get(), more);
            if (more && last.isPresent()) {
                get(PAGING, last, NO_FINDING, found); // who is found first may be of the department by chance
            }
            report.passed(PAGING, found.get().trial().shown(last.isPresent()));
        }
    }

    private Found find(Tool tool, ListTrial trial) throws StageFailure {
        for (ObjectNode question : trial.questions()) {
            JsonNode answer = call(tool, question, Set.of());
            Optional<String> user = trial.user(answer);
            if (user.isPresent()) {
                return new Found(tool, trial, question, answer, user.get());
            }
        }
        throw report.failed(SHAPE, tool.name() + " finds nobody at all", trial.nobodyRemedy());
    }

    /** Gets a user, or without one somebody whom nobody is; one who was found must be one of those asked for. */
    private void get(String stage, Optional<String> user, Set<ErrorCode> good, Optional<Found> by) throws StageFailure {
        for (Tool tool : tools.tools()) {
            if (tool.trial() instanceof Getter getter) {
                JsonNode record = call(tool, getter.arguments().apply(user.orElse(getter.nobody())), good);
                if (by.isPresent() && !by.get().trial().fits(by.get().question(), record)) {
                    String finding = "a user whom " + by.get().tool().name() + " finds is not one of those asked for";
                    throw report.failed(stage, finding, by.get().trial().unfitRemedy());
                }
            }
        }
    }

    /** Asks for a user of the second page, with {@code more} for others too; returns who was found last, if anybody. */
    private Optional<String> turnPages(Found found, boolean more) throws StageFailure {
        List<JsonNode> answers = new ArrayList<>(List.of(found.answer()));
        List<ObjectNode> further = found.trial().further(found.question(), found.answer());
        for (ObjectNode question : more ? further : further.subList(0, 1)) {
            Set<ErrorCode> good = answers.size() == 1 ? Set.of() : BEYOND;
            boolean pastEnd = found.trial().isPastEnd(question, found.answer());
            answers.add(call(found.tool(), question, pastEnd ? NO_FINDING : good));
            requireConsistent(found, answers);
        }
        Optional<Tool> inSmallPages = found.trial().inSmallPages().filter(tool -> more);
        if (inSmallPages.isPresent()) {
            JsonNode answer = call(inSmallPages.get(), found.question(), NO_FINDING);
            found.trial().user(answer).ifPresent(user -> answers.add(answer));
            requireConsistent(found, answers);
        }
        return answers.stream()
                .flatMap(answer -> found.trial().user(answer).stream())
                .filter(user -> !user.equals(found.user()))
                .reduce((before, last) -> last);
    }

    private void requireConsistent(Found found, List<JsonNode> answers) throws StageFailure {
        Optional<String> remedy = found.trial().contradiction(answers);
        if (remedy.isPresent()) {
            throw report.failed(PAGING, found.tool().name() + ": pages contradict one another", remedy.get());
        }
    }

    /** Returns the result; a missing node where the call failed in a way that is {@code good}. */
    private JsonNode call(Tool tool, ObjectNode arguments, Set<ErrorCode> good) throws StageFailure {
        asked.add(tool.name());
        ObjectNode params = Json.object().put("name", tool.name()).set("arguments", arguments);
        CallRequest request = new CallRequest(params, Optional.of(client), CallRequest.Admission.ADMITTED);
        Call call = tools.accept(request, tool);
        Outcome outcome = call.outcome().join();
        if (outcome instanceof Outcome.Failure failure && !good.contains(failure.code())) {
            throw failure(tool, call, failure.code());
        }
        passed(true, true);
        return outcome instanceof Outcome.Success success ? success.content() : MissingNode.getInstance();
    }

    /** Reports that a token was got and the credential accepted, as far as it is so and not reported yet. */
    private void passed(boolean token, boolean credential) {
        if (token && getsTokens && !report.has(TOKEN)) {
            report.passed(TOKEN, "got one from the token endpoint");
        }
        if (credential && !report.has(CREDENTIAL)) {
            report.passed(CREDENTIAL, "accepted");
        }
    }

    private StageFailure failure(Tool tool, Call call, ErrorCode code) {
        if (code == ErrorCode.CANCELLED) {
            return new StageFailure(); // by a signal: nothing was found
        }
        boolean sent = call.attempts() > 0;
        String stage = report.has(SHAPE) ? PAGING : stage(code);
        if (stage.equals(CREDENTIAL) && getsTokens && !sent) {
            stage = TOKEN;
        }
        OptionalInt status = call.httpStatus();
        passed(sent, stage.equals(SHAPE) && status.isPresent()); // whatever else, the API gave an answer
        String cause = call.failure().map(CallFailure::getMessage).orElse(code.label());
        String answered = status.isPresent() && !cause.contains("HTTP ") ? ", HTTP " + status.getAsInt() : "";
        String remedy = stage.equals(TOKEN) ? Remedy.forToken(code) : Remedy.forCall(tool, call, code, getsTokens);
        Optional<String> own = call.failure().flatMap(CallFailure::remedy);
        return report.failed(stage, tool.name() + ": " + cause + answered, own.orElse(remedy));
    }

    private static String stage(ErrorCode code) {
        return switch (code) {
            case UPSTREAM_DENIED, UPSTREAM_UNAVAILABLE, UPSTREAM_TIMEOUT -> CREDENTIAL;
            case AUDIT_UNAVAILABLE -> SelfCheck.AUDIT;
            case DISCLOSURE_LIMIT -> SelfCheck.DISCLOSURE;
            case NOT_FOUND, UPSTREAM_CONTRACT, INVALID_INPUT, RATE_LIMITED -> SHAPE;
            case CANCELLED, UNKNOWN_TOOL, INVALID_PARAMS, INTERNAL -> SHAPE;
        };
    }
}
