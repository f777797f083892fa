package dev.userservice.model;

/**
 * The service account's token, or the secret with which one is got. Prints as {@code ***}; a search for
 * {@code reveal()} finds every use of its value.
 *
 * @param reveal its value
 */
public record Secret(String reveal) {

    @Override
    public String toString() {
        return "***";
    }
}
