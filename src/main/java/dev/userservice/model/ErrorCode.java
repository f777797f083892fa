package dev.userservice.model;

import java.util.Locale;

/** Every way a tool call can end without a result: a closed list, each with stage and whether trying again helps. */
public enum ErrorCode {
    INVALID_INPUT(Stage.VALIDATE, false),
    /** The request names a tool that is not offered; told to the client as a protocol error. */
    UNKNOWN_TOOL(Stage.VALIDATE, false),
    /** The request is no tool call: no name, or arguments that are no object; told as a protocol error. */
    INVALID_PARAMS(Stage.VALIDATE, false),
    RATE_LIMITED(Stage.LIMIT, true),
    /** No more user records may leave in 24 hours. */
    DISCLOSURE_LIMIT(Stage.LIMIT, true),
    NOT_FOUND(Stage.CALL, false),
    UPSTREAM_UNAVAILABLE(Stage.CALL, true),
    UPSTREAM_TIMEOUT(Stage.CALL, true),
    UPSTREAM_DENIED(Stage.CALL, false),
    UPSTREAM_CONTRACT(Stage.SANITIZE, false),
    AUDIT_UNAVAILABLE(Stage.AUDIT, true),
    /** The client took the call back, or the server is shutting down; nothing is answered. */
    CANCELLED(Stage.CALL, false),
    INTERNAL(Stage.CALL, false);

    private final Stage stage;
    private final boolean retryable;

    ErrorCode(Stage stage, boolean retryable) {
        this.stage = stage;
        this.retryable = retryable;
    }

    /** Returns the stage that ends a call with this code. */
    public Stage stage() {
        return stage;
    }

    /** Returns whether the same call may succeed later. */
    public boolean retryable() {
        return retryable;
    }

    /** Returns the code as clients and the audit log write it: {@code upstream_timeout}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
