package dev.userservice.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class CallFailureTest {

    @Test
    void keepsSentenceCodeAndCauseWhenTheWaitBecomesKnown() {
        IOException cause = new IOException("refused");
        CallFailure failure = new CallFailure(ErrorCode.UPSTREAM_UNAVAILABLE, "no connection", cause);
        CallFailure later = failure.retryAfter(Duration.ofSeconds(3));
        assertEquals(ErrorCode.UPSTREAM_UNAVAILABLE, later.code());
        assertEquals("no connection", later.getMessage());
        assertSame(cause, later.getCause());
        assertEquals(Optional.of(Duration.ofSeconds(3)), later.retryAfter());
        assertEquals(Optional.empty(), failure.retryAfter());
    }

    @Test
    void keepsTheCauseUnderAnotherCodeAndInOtherWords() {
        IOException cause = new IOException("refused");
        CallFailure failure = new CallFailure(ErrorCode.UPSTREAM_CONTRACT, "not JSON", cause)
                .restated(ErrorCode.UPSTREAM_DENIED, "no token: not JSON");
        assertEquals(ErrorCode.UPSTREAM_DENIED, failure.code());
        assertEquals("no token: not JSON", failure.getMessage());
        assertSame(cause, failure.getCause());
    }

    @Test
    void namesEveryCodeWithItsStageAndWhetherTryingAgainHelps() {
        String codes = Arrays.stream(ErrorCode.values())
                .map(code -> code.label() + " " + code.retryable() + " "
                        + code.stage().label())
                .sorted()
                .collect(Collectors.joining("\n"));
        assertEquals("""
        audit_unavailable true audit
        cancelled false call
        disclosure_limit true limit
        internal false call
        invalid_input false validate
        invalid_params false validate
        not_found false call
        rate_limited true limit
        unknown_tool false validate
        upstream_contract false sanitize
        upstream_denied false call
        upstream_timeout true call
        upstream_unavailable true call""", codes);
    }

    @Test
    void namesCodesAndStagesTheSameInEveryLanguage() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(new Locale("tr"));
            assertEquals("invalid_input", ErrorCode.INVALID_INPUT.label());
            assertEquals(
                    "validate limit call sanitize audit",
                    Arrays.stream(Stage.values()).map(Stage::label).collect(Collectors.joining(" ")));
        } finally {
            Locale.setDefault(before);
        }
    }
}
