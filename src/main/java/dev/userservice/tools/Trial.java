package dev.userservice.tools;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** How {@code check} tries a tool: calls that show whether the API answers it as expected. Pure data. */
public sealed interface Trial {

    /** Returns what to check where the API has nothing of what is asked for, settings by their names. */
    String notFoundRemedy();

    /**
     * A tool that finds users.
     *
     * @param questions arguments of calls; the first that finds anybody shows a user
     * @param further from a question and its answer to further ones, each about one user: one of the second page and,
     *     where a total is known, the last
     * @param pages questions that show whether pages of different sizes fit together; none where the API knows but one
     * @param userId where the user's ID stands in a result
     * @param fits whether a user's record, as another tool gives it, can be the answer to a question
     * @param nobodyRemedy what to check where no question finds anybody
     * @param unfitRemedy what to check where it cannot
     */
    record Finder(
            List<ObjectNode> questions,
            BiFunction<ObjectNode, JsonNode, List<ObjectNode>> further,
            Optional<Pages> pages,
            JsonPointer userId,
            BiPredicate<ObjectNode, JsonNode> fits,
            String notFoundRemedy,
            String nobodyRemedy,
            String unfitRemedy)
            implements Trial {}

    /**
     * Two questions about overlapping pages.
     *
     * @param four from a question to the one about its first four users
     * @param two from a question to the one about the last two of them
     * @param contradiction of the answers to the question itself, to {@code four} and to {@code two}, what does not go
     *     together: the setting to check
     */
    record Pages(UnaryOperator<ObjectNode> four, UnaryOperator<ObjectNode> two, Contradiction contradiction) {}

    /** Names what is to be checked where three answers do not go together. */
    @FunctionalInterface
    interface Contradiction {
        Optional<String> of(JsonNode one, JsonNode four, JsonNode two);
    }

    /**
     * A tool that knows one user.
     *
     * @param arguments from a user's ID to those of the call
     * @param nobody an ID of the right form that nobody has
     */
    record Getter(Function<String, ObjectNode> arguments, String nobody, String notFoundRemedy) implements Trial {}
}
