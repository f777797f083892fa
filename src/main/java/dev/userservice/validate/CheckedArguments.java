package dev.userservice.validate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;

/** A call's arguments as {@link InputSchema#check} left them: each was looked at once, and either all pass or none. */
public sealed interface CheckedArguments {

    /** Returns what a record of the call may hold: the declared arguments given, canonical where they can be. */
    ObjectNode recorded();

    /**
     * Returns the arguments in canonical form, defaults filled in.
     *
     * @throws CallFailure with {@link ErrorCode#INVALID_INPUT} where they were refused
     */
    Arguments orElseThrow();

    /** Every argument is what the schema says. */
    record Accepted(ObjectNode recorded, Arguments arguments) implements CheckedArguments {

        @Override
        public Arguments orElseThrow() {
            return arguments;
        }
    }

    /** One of them is not; the sentence is written for the caller. */
    record Refused(ObjectNode recorded, String sentence) implements CheckedArguments {

        @Override
        public Arguments orElseThrow() {
            throw new CallFailure(ErrorCode.INVALID_INPUT, sentence);
        }
    }
}
