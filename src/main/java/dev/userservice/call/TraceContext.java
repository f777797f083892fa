package dev.userservice.call;

import java.util.regex.Pattern;

/** Tells whether a text is a {@code traceparent} as W3C Trace Context, 3.2 has it, so that it may be passed on. */
final class TraceContext {

    private static final Pattern TRACEPARENT =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    private TraceContext() {}

    static boolean isTraceparent(String text) {
        return TRACEPARENT.matcher(text).matches();
    }
}
