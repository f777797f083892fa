package dev.userservice.model;

import java.util.Locale;

/** The five stages of a tool call, in the order every call passes them. */
public enum Stage {
    VALIDATE,
    LIMIT,
    CALL,
    SANITIZE,
    AUDIT;

    /** Returns the stage's name as diagnostics and the documentation write it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
