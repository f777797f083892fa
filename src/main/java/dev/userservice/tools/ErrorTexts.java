package dev.userservice.tools;

import dev.userservice.model.Call;
import dev.userservice.model.CallFailure;
import dev.userservice.model.Outcome;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** The fixed texts a caller is told: a closed list, with nothing of the API, the caller or an exception in them. */
final class ErrorTexts {

    /** Ends the texts by which a person can find the call in the audit log. */
    private static final String REFERENCE = " Reference: ";

    private ErrorTexts() {}

    /** Returns what the caller of {@code tool} is told of a failure. */
    static Outcome.Failure outcome(CallFailure failure, Optional<Tool> tool, Call call) {
        OptionalLong seconds = seconds(failure.retryAfter());
        String text = text(failure, tool, seconds);
        return text.endsWith(REFERENCE)
                ? new Outcome.Failure(failure.code(), text + call.id(), seconds, Optional.of(call.id()))
                : new Outcome.Failure(failure.code(), text, seconds, Optional.empty());
    }

    private static String text(CallFailure failure, Optional<Tool> tool, OptionalLong seconds) {
        String unable = "Error: Unable to " + tool.map(Tool::purpose).orElse("answer") + ".";
        return switch (failure.code()) {
            case INVALID_INPUT -> failure.getMessage();
            case NOT_FOUND -> tool.map(Tool::notFound).orElse("Not found");
            case RATE_LIMITED -> "Error: Rate limit reached. Try again in " + words(seconds) + ".";
            case UPSTREAM_UNAVAILABLE -> unable + " The user service is unavailable; try again later." + REFERENCE;
            case UPSTREAM_TIMEOUT -> unable + " The user service did not answer in time." + REFERENCE;
            case UPSTREAM_DENIED, UPSTREAM_CONTRACT, INTERNAL -> unable + REFERENCE;
            case AUDIT_UNAVAILABLE -> "Error: The call could not be recorded, so nothing was returned." + REFERENCE;
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

    private static String words(OptionalLong seconds) {
        long count = seconds.orElse(1);
        return count == 1 ? "1 second" : count + " seconds";
    }
}
