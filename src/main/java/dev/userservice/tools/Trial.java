package dev.userservice.tools;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;

/** How {@code check} tries a tool: calls that show whether the API answers it as expected. Pure data. */
public sealed interface Trial {

    /** Returns what to check where the API has nothing of what is asked for, settings by their names. */
    String notFoundRemedy();

    /**
     * A tool that finds users.
     *
     * @param questions arguments of calls; the first that finds anybody shows a user
     * @param further from a question and its answer to questions about the same list, that for the second page first
     * @param fromZero the tool as if the API counted from 0, where it is said to count from 1; what it finds is the
     *     same or nothing
     * @param contradiction of answers about one list, what does not go together: the settings to check
     * @param userId where the user's ID stands in a result
     * @param fits whether a user's record, as another tool gives it, can be the answer to a question
     * @param nobodyRemedy what to check where no question finds anybody
     * @param unfitRemedy what to check where it cannot
     */
    record Finder(
            List<ObjectNode> questions,
            BiFunction<ObjectNode, JsonNode, List<ObjectNode>> further,
            Optional<Tool> fromZero,
            Function<List<JsonNode>, Optional<String>> contradiction,
            JsonPointer userId,
            BiPredicate<ObjectNode, JsonNode> fits,
            String notFoundRemedy,
            String nobodyRemedy,
            String unfitRemedy)
            implements Trial {

        /** Returns the ID of the first user in an answer, if there is one. */
        public Optional<String> user(JsonNode answer) {
            return Optional.ofNullable(answer.at(userId).textValue());
        }
    }

    /**
     * A tool that knows one user.
     *
     * @param arguments from a user's ID to those of the call
     * @param nobody an ID of the right form that nobody has
     */
    record Getter(Function<String, ObjectNode> arguments, String nobody, String notFoundRemedy) implements Trial {}
}
