package dev.userservice.model;

import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The caller's trace context (W3C Trace Context), as far as it is valid; whatever else the caller says is dropped.
 *
 * @param traceparent names the trace and the caller's part of it
 * @param tracestate what tracing systems add to it, at most 512 visible characters; only beside a traceparent
 */
public record TraceContext(Optional<String> traceparent, Optional<String> tracestate) {

    /** W3C Trace Context, 3.2. */
    private static final Predicate<String> TRACEPARENT = Pattern.compile(
                    "(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
            .asMatchPredicate();

    private static final Predicate<String> TRACESTATE =
            Pattern.compile("[\\x21-\\x7E]{1,512}").asMatchPredicate();

    /** Nothing is traced. */
    public static final TraceContext NONE = new TraceContext(Optional.empty(), Optional.empty());

    public TraceContext {
        traceparent = traceparent.filter(TRACEPARENT);
        tracestate = traceparent.isPresent() ? tracestate.filter(TRACESTATE) : Optional.empty();
    }

    /** Returns the trace's id, 32 hex digits, by which whatever belongs to the trace is found. */
    public Optional<String> traceId() {
        return traceparent.map(valid -> valid.split("-")[1]);
    }
}
