package dev.userservice.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is kept of a trace context; which traceparents are valid, the test of the request shows. */
final class TraceContextTest {

    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @Test
    void knowsTheTraceOfAValidParentOnly() {
        assertEquals(
                Optional.of("0af7651916cd43dd8448eb211c80319c"),
                context(PARENT, "").traceId());
        assertEquals(Optional.empty(), context(PARENT + "-x", "").traceId());
        assertEquals(Optional.empty(), TraceContext.NONE.traceId());
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "rojo=00f067aa0ba902b7,  1,   true,  one system",
                "x,                      512, true,  the longest",
                "x,                      513, false, a character too many",
                "\"a=1\r\nX-Admin: 1\",  1,   false, a header smuggled in",
                "\"\",                   1,   false, nothing",
                "á=1,                    1,   false, a character beyond ASCII",
                "\"a=1\t\",              1,   false, a tab",
            })
    void keepsAStateOfAtMost512VisibleCharacters(String state, int times, boolean valid, String reason) {
        String given = state.repeat(times);
        assertEquals(
                Optional.of(given).filter(kept -> valid), context(PARENT, given).tracestate(), reason);
    }

    @Test
    void keepsNoStateWithoutAParent() {
        assertEquals(Optional.empty(), context("00-nonsense", "rojo=1").tracestate());
        assertEquals(Optional.empty(), new TraceContext(Optional.empty(), Optional.of("rojo=1")).tracestate());
    }

    private static TraceContext context(String parent, String state) {
        return new TraceContext(Optional.of(parent), Optional.of(state));
    }
}
