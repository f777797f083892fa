package dev.userservice.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.userservice.LogLines;
import dev.userservice.model.Call;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Outcome;
import dev.userservice.model.TraceContext;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** What the operator reads of a failure, and what its caller is told without a tool to speak of. */
final class FailuresTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(Failures.class);
    private final Call call = new Call("6f0c1d2e-1", TraceContext.NONE, Duration.ofSeconds(20), () -> 0);

    @BeforeEach
    void showEveryLine() {
        logger.setLevel(Level.DEBUG);
    }

    @AfterEach
    void restore() {
        logger.setLevel(null);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "INVALID_INPUT        | DEBUG call 6f0c1d2e-1 ended in validate: invalid_input",
                "UNKNOWN_TOOL         | DEBUG call 6f0c1d2e-1 ended in validate: unknown_tool",
                "INVALID_PARAMS       | DEBUG call 6f0c1d2e-1 ended in validate: invalid_params",
                "NOT_FOUND            | DEBUG call 6f0c1d2e-1 ended in call: not_found",
                "RATE_LIMITED         | DEBUG call 6f0c1d2e-1 ended in limit: rate_limited",
                "DISCLOSURE_LIMIT     | DEBUG call 6f0c1d2e-1 ended in limit: disclosure_limit",
                "CANCELLED            | DEBUG call 6f0c1d2e-1 ended in call: cancelled",
                "UPSTREAM_UNAVAILABLE | WARN call 6f0c1d2e-1 failed in call: upstream_unavailable, a sentence",
                "UPSTREAM_TIMEOUT     | WARN call 6f0c1d2e-1 failed in call: upstream_timeout, a sentence",
                "UPSTREAM_DENIED      | WARN call 6f0c1d2e-1 failed in call: upstream_denied, a sentence",
                "UPSTREAM_CONTRACT    | WARN call 6f0c1d2e-1 failed in sanitize: upstream_contract, a sentence",
                "AUDIT_UNAVAILABLE    | ERROR call 6f0c1d2e-1 failed in audit: audit_unavailable, a sentence",
                "INTERNAL             | ERROR call 6f0c1d2e-1 failed in call: internal, a sentence",
            })
    void tellsTheOperatorCallStageAndCode(ErrorCode code, String line) {
        try (LogLines log = new LogLines(Failures.class)) {
            Failures.outcome(new CallFailure(code, "a sentence"), Optional.empty(), call);
            assertEquals(List.of(line), log.lines());
        }
    }

    @Test
    void tellsTheOperatorTheKindOfTroubleAndNothingItSays() {
        try (LogLines log = new LogLines(Failures.class)) {
            IOException cause = new IOException("https://users.corp.example/users/7 refused");
            Failures.outcome(
                    new CallFailure(ErrorCode.UPSTREAM_UNAVAILABLE, "no connection", cause), Optional.empty(), call);
            Failures.outcome(new IllegalStateException("hunter2"), Optional.empty(), call);
            assertEquals(
                    List.of(
                            "WARN call 6f0c1d2e-1 failed in call: upstream_unavailable, no connection (IOException)",
                            "ERROR call 6f0c1d2e-1 failed in call: internal, an unexpected error"
                                    + " (IllegalStateException)"),
                    log.lines());
        }
    }

    @Test
    void namesOneStatusAndNotTwo() {
        call.httpStatus(401);
        try (LogLines log = new LogLines(Failures.class)) {
            Failures.outcome(new CallFailure(ErrorCode.UPSTREAM_DENIED, "no token: HTTP 400"), Optional.empty(), call);
            assertEquals(
                    List.of("WARN call 6f0c1d2e-1 failed in call: upstream_denied, no token: HTTP 400"), log.lines());
        }
    }

    @Test
    void tellsTheOperatorWhatHelpsAfterTheStatus() {
        call.httpStatus(200);
        try (LogLines log = new LogLines(Failures.class)) {
            CallFailure failure = new CallFailure(ErrorCode.UPSTREAM_CONTRACT, "a sentence").remedy("check A_SETTING");
            Failures.outcome(failure, Optional.empty(), call);
            assertEquals(
                    List.of("WARN call 6f0c1d2e-1 failed in sanitize: upstream_contract, a sentence, HTTP 200;"
                            + " check A_SETTING"),
                    log.lines());
        }
    }

    @Test
    void keepsTheFailureForWhoeverAsksTheCall() {
        CallFailure failure = new CallFailure(ErrorCode.UPSTREAM_TIMEOUT, "a sentence");
        Failures.outcome(failure, Optional.empty(), call);
        assertSame(failure, call.failure().orElseThrow());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "INVALID_INPUT        | false | a sentence",
                "UNKNOWN_TOOL         | false | Unknown tool",
                "INVALID_PARAMS       | false | Invalid params",
                "NOT_FOUND            | false | Not found",
                "RATE_LIMITED         | false | Error: Rate limit reached. Try again in 1 second.",
                "DISCLOSURE_LIMIT     | false | Error: Disclosure limit reached: no more user records may leave for now. Try again in 1 hour.",
                "CANCELLED            | false | ''",
                "UPSTREAM_UNAVAILABLE | true  | Error: Unable to answer. The user service is unavailable; try again later. Reference: 6f0c1d2e-1",
                "UPSTREAM_TIMEOUT     | true  | Error: Unable to answer. The user service did not answer in time; try again later. Reference: 6f0c1d2e-1",
                "UPSTREAM_DENIED      | true  | Error: Unable to answer; trying again does not help. Reference: 6f0c1d2e-1",
                "UPSTREAM_CONTRACT    | true  | Error: Unable to answer; trying again does not help. Reference: 6f0c1d2e-1",
                "AUDIT_UNAVAILABLE    | true  | Error: The call could not be recorded, so nothing was returned; try again later. Reference: 6f0c1d2e-1",
                "INTERNAL             | true  | Error: Unable to answer; trying again does not help. Reference: 6f0c1d2e-1",
            })
    void tellsTheCallerAFixedText(ErrorCode code, boolean quoted, String text) {
        assertEquals(
                new Outcome.Failure(
                        code, text, OptionalLong.empty(), quoted ? Optional.of("6f0c1d2e-1") : Optional.empty()),
                Failures.describe(new CallFailure(code, "a sentence"), Optional.empty(), call));
    }

    @ParameterizedTest
    @CsvSource({
        "0,             1, 1 second,  at once is not yet",
        "1,             1, 1 second,  the shortest",
        "1000000000,    1, 1 second,  exactly one",
        "1000000001,    2, 2 seconds, a little more",
        "2000000000,    2, 2 seconds, exactly two",
        "29999999999,  30, 30 seconds, rounded up",
    })
    void roundsAWaitUpToWholeSeconds(long nanos, long seconds, String words, String reason) {
        CallFailure failure = new CallFailure(ErrorCode.RATE_LIMITED, "a sentence").retryAfter(Duration.ofNanos(nanos));
        assertEquals(
                new Outcome.Failure(
                        ErrorCode.RATE_LIMITED,
                        "Error: Rate limit reached. Try again in " + words + ".",
                        OptionalLong.of(seconds),
                        Optional.empty()),
                Failures.describe(failure, Optional.empty(), call),
                reason);
    }

    @ParameterizedTest
    @CsvSource({
        "0,     1,     1 hour,   at once is not yet",
        "3600,  3600,  1 hour,   exactly one",
        "3601,  3601,  2 hours,  a little more",
        "90000, 90000, 25 hours, the longest",
    })
    void roundsTheWaitForTheBudgetUpToWholeHours(long wait, long seconds, String words, String reason) {
        CallFailure failure =
                new CallFailure(ErrorCode.DISCLOSURE_LIMIT, "a sentence").retryAfter(Duration.ofSeconds(wait));
        assertEquals(
                new Outcome.Failure(
                        ErrorCode.DISCLOSURE_LIMIT,
                        "Error: Disclosure limit reached: no more user records may leave for now. Try again in " + words
                                + ".",
                        OptionalLong.of(seconds),
                        Optional.empty()),
                Failures.describe(failure, Optional.empty(), call),
                reason);
    }
}
