package dev.userservice.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Function;

/** How {@code check} tries a tool: calls that show whether the API answers it as expected. Pure data. */
public sealed interface Trial permits ListTrial, Trial.Getter {

    /** Returns what to check where the API has nothing of what is asked for, settings by their names. */
    String notFoundRemedy();

    /**
     * A tool that knows one user.
     *
     * @param arguments from a user's ID to those of the call
     * @param nobody an ID of the right form that nobody has
     */
    record Getter(Function<String, ObjectNode> arguments, String nobody, String notFoundRemedy) implements Trial {}
}
