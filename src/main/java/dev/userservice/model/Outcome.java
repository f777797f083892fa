package dev.userservice.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** How a tool call ended: with released fields, or with one of the fixed texts. */
public sealed interface Outcome {

    /**
     * The released fields.
     *
     * @param records users disclosed
     * @param cleaned characters removed or replaced in them
     */
    record Success(ObjectNode content, int records, int cleaned) implements Outcome {}

    /**
     * A fixed text.
     *
     * @param retryAfterSeconds seconds until trying again can help, where that is known
     * @param reference the audit line's call id, where the text quotes it
     */
    record Failure(ErrorCode code, String text, OptionalLong retryAfterSeconds, Optional<String> reference)
            implements Outcome {}

    /** Returns the result of whichever function fits. */
    default <T> T fold(Function<Success, T> onSuccess, Function<Failure, T> onFailure) {
        return this instanceof Success success ? onSuccess.apply(success) : onFailure.apply((Failure) this);
    }
}
