package dev.userservice.tools;

import dev.userservice.model.Call;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Outcome;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Makes of whatever ended a call what its caller is told, and a line for the operator. */
final class Failures {

    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    /** Returns what the caller is told; the operator can ask the call for the rest. */
    static Outcome outcome(Throwable thrown, Optional<Tool> tool, Call call) {
        CallFailure failure = thrown instanceof CallFailure known
                ? known
                : new CallFailure(ErrorCode.INTERNAL, "an unexpected error", thrown);
        call.failed(failure);
        report(failure, call);
        return ErrorTexts.outcome(failure, tool, call);
    }

    /** Which call, stage and code, and the kind of trouble; never a value or an upstream byte. */
    private static void report(CallFailure failure, Call call) {
        Level level = level(failure.code());
        String stage = failure.code().stage().label();
        if (level == Level.DEBUG) {
            LOG.debug(
                    "call {} ended in {}: {}", call.id(), stage, failure.code().label());
            return;
        }
        String kind = failure.getCause() == null
                ? ""
                : " (" + failure.getCause().getClass().getSimpleName() + ")";
        LOG.atLevel(level)
                .log(
                        "call {} failed in {}: {}, {}{}",
                        call.id(),
                        stage,
                        failure.code().label(),
                        failure.getMessage(),
                        kind);
    }

    private static Level level(ErrorCode code) {
        return switch (code) {
            case INVALID_INPUT, UNKNOWN_TOOL, INVALID_PARAMS, NOT_FOUND, RATE_LIMITED, CANCELLED -> Level.DEBUG;
            case UPSTREAM_UNAVAILABLE, UPSTREAM_TIMEOUT, UPSTREAM_DENIED, UPSTREAM_CONTRACT -> Level.WARN;
            case AUDIT_UNAVAILABLE, INTERNAL -> Level.ERROR;
        };
    }
}
