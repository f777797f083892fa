package dev.userservice.tools;

import dev.userservice.model.Call;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Outcome;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** The fixed texts a caller is told: a closed list, with nothing of the API, the caller or an exception in them. */
final class ErrorTexts {

    private ErrorTexts() {}

    /** Returns what the caller of {@code tool} is told of a failure. */
    static Outcome.Failure outcome(CallFailure failure, Optional<Tool> tool, Call call) {
        String unable = "Error: Unable to " + tool.map(Tool::purpose).orElse("answer") + ".";
        String reference = " Reference: " + call.id();
        OptionalLong seconds = seconds(failure.retryAfter());
        ErrorCode code = failure.code();
        return switch (code) {
            case INVALID_INPUT -> without(code, failure.getMessage(), seconds);
            case NOT_FOUND -> without(code, tool.map(Tool::notFound).orElse("Not found"), seconds);
            case RATE_LIMITED ->
                without(code, "Error: Rate limit reached. Try again in " + words(seconds) + ".", seconds);
            case UPSTREAM_UNAVAILABLE ->
                with(code, unable + " The user service is unavailable; try again later." + reference, seconds, call);
            case UPSTREAM_TIMEOUT ->
                with(code, unable + " The user service did not answer in time." + reference, seconds, call);
            case UPSTREAM_DENIED, UPSTREAM_CONTRACT, INTERNAL -> with(code, unable + reference, seconds, call);
            case AUDIT_UNAVAILABLE ->
                with(
                        code,
                        "Error: The call could not be recorded, so nothing was returned." + reference,
                        seconds,
                        call);
            case UNKNOWN_TOOL -> without(code, "Unknown tool", seconds);
            case INVALID_PARAMS -> without(code, "Invalid params", seconds);
            case CANCELLED -> without(code, "", seconds);
        };
    }

    private static Outcome.Failure with(ErrorCode code, String text, OptionalLong seconds, Call call) {
        return new Outcome.Failure(code, text, seconds, Optional.of(call.id()));
    }

    private static Outcome.Failure without(ErrorCode code, String text, OptionalLong seconds) {
        return new Outcome.Failure(code, text, seconds, Optional.empty());
    }

    /** Whole seconds, rounded up, so that nobody comes back too early. */
    private static OptionalLong seconds(Optional<Duration> wait) {
        return wait.map(time ->
                        OptionalLong.of(Math.max(1, time.plusNanos(999_999_999).toSeconds())))
                .orElse(OptionalLong.empty());
    }

    private static String words(OptionalLong seconds) {
        long count = seconds.orElse(1);
        return count == 1 ? "1 second" : count + " seconds";
    }
}
