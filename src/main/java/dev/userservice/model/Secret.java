package dev.userservice.model;

import java.util.Objects;

/**
 * The service account's token, or the secret with which one is got. Prints as {@code ***}; a search for
 * {@code reveal()} finds every use of its value.
 */
public final class Secret {

    private final String value;

    public Secret(String value) {
        this.value = Objects.requireNonNull(value);
    }

    public String reveal() {
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && value.equals(secret.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return "***";
    }
}
