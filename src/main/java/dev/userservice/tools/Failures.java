package dev.userservice.tools;

import dev.userservice.model.Call;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Outcome;
import dev.userservice.model.Stage;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Makes of whatever ended a call what its caller is told, and a line for the operator. The texts for callers are a
 * closed list, with nothing of the API, the caller or an exception in them.
 */
final class Failures {

    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    /** Ends the texts by which a person can find the call in the audit log. */
    private static final String REFERENCE = " Reference: ";

    private static final int SECONDS_PER_HOUR = 3600;

    private Failures() {}

    /** Returns what the caller is told; the operator can ask the call for the rest. */
    static Outcome outcome(Throwable thrown, Optional<Tool> tool, Call call) {
        CallFailure failure = thrown instanceof CallFailure known
                ? known
                : new CallFailure(ErrorCode.INTERNAL, "an unexpected error", thrown);
        call.failed(failure);
        report(failure, call);
        return describe(failure, tool, call);
    }

    /** Returns what the caller of {@code tool} is told of a failure. */
    static Outcome.Failure describe(CallFailure failure, Optional<Tool> tool, Call call) {
        OptionalLong seconds = seconds(failure.retryAfter());
        String text = text(failure, tool, seconds);
        return text.endsWith(REFERENCE)
                ? new Outcome.Failure(failure.code(), text + call.id(), seconds, Optional.of(call.id()))
                : new Outcome.Failure(failure.code(), text, seconds, Optional.empty());
    }

    /** Which call, stage and code, and the kind of trouble; never a value or an upstream byte. */
    private static void report(CallFailure failure, Call call) {
        ErrorCode code = failure.code();
        Level level = level(code);
        boolean expected = level == Level.DEBUG;
        Throwable cause = failure.getCause();
        String kind = cause == null ? "" : " (" + cause.getClass().getSimpleName() + ")";
        boolean answered = call.httpStatus().isPresent()
                && code.stage() != Stage.AUDIT
                && !failure.getMessage().contains("HTTP "); // the token endpoint's
        String status = answered ? ", HTTP " + call.httpStatus().getAsInt() : "";
        String remedy = failure.remedy().map(what -> "; " + what).orElse("");
        String trouble = expected ? "" : ", " + failure.getMessage() + kind + status + remedy;
        String end = expected ? "ended" : "failed";
        LOG.atLevel(level)
                .log("call {} {} in {}: {}{}", call.id(), end, code.stage().label(), code.label(), trouble);
    }

    private static Level level(ErrorCode code) {
        return switch (code) {
            case INVALID_INPUT, UNKNOWN_TOOL, INVALID_PARAMS, NOT_FOUND, RATE_LIMITED, DISCLOSURE_LIMIT, CANCELLED ->
                Level.DEBUG;
            case UPSTREAM_UNAVAILABLE, UPSTREAM_TIMEOUT, UPSTREAM_DENIED, UPSTREAM_CONTRACT -> Level.WARN;
            case AUDIT_UNAVAILABLE, INTERNAL -> Level.ERROR;
        };
    }

    private static String text(CallFailure failure, Optional<Tool> tool, OptionalLong seconds) {
        String unable = "Error: Unable to " + tool.map(Tool::purpose).orElse("answer");
        return switch (failure.code()) {
            case INVALID_INPUT -> failure.getMessage();
            case NOT_FOUND -> tool.map(Tool::notFound).orElse("Not found");
            case RATE_LIMITED -> "Error: Rate limit reached. Try again in " + words(seconds.orElse(1), "second") + ".";
            case DISCLOSURE_LIMIT ->
                "Error: Disclosure limit reached: no more user records may leave for now. Try again in "
                        + words(hours(seconds), "hour") + ".";
            case UPSTREAM_UNAVAILABLE -> unable + ". The user service is unavailable; try again later." + REFERENCE;
            case UPSTREAM_TIMEOUT -> unable + ". The user service did not answer in time; try again later." + REFERENCE;
            case UPSTREAM_DENIED, UPSTREAM_CONTRACT, INTERNAL -> unable + "; trying again does not help." + REFERENCE;
            case AUDIT_UNAVAILABLE ->
                "Error: The call could not be recorded, so nothing was returned; try again later." + REFERENCE;
            case UNKNOWN_TOOL -> "Unknown tool";
            case INVALID_PARAMS -> "Invalid params";
            case CANCELLED -> "";
        };
    }

    /** Whole seconds, rounded up, so that nobody comes back too early. */
    private static OptionalLong seconds(Optional<Duration> wait) {
        return wait.stream()
                .mapToLong(time -> Math.max(1, time.plusNanos(999_999_999).toSeconds()))
                .findFirst();
    }

    private static long hours(OptionalLong seconds) {
        return (seconds.orElse(1) + SECONDS_PER_HOUR - 1) / SECONDS_PER_HOUR;
    }

    private static String words(long count, String unit) {
        return count == 1 ? "1 " + unit : count + " " + unit + "s";
    }
}
