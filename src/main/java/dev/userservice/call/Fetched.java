package dev.userservice.call;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What one answer held of what was wanted.
 *
 * @param listed whether it held the array of records, where one was wanted
 * @param records those within the window, in the API's order
 * @param marks fingerprints of the records of a part that was asked for by its number, as far as they were asked for;
 *     that of the first where each answer names the next
 * @param count how many records the array held in all
 * @param total how many records the list has in all, where the answer says so
 * @param next the address of the next answer as it came, where this one names it
 * @param sign where an answer shows that there are others, unless it says itself where the next one is: after it where
 *     it should be the last, else before it
 */
record Fetched(
        boolean listed,
        List<JsonNode> records,
        List<Long> marks,
        long count,
        OptionalLong total,
        Optional<String> next,
        Optional<String> sign) {

    /** What stands for an answer past the end of a list. */
    static final Fetched NOTHING =
            new Fetched(true, List.of(), List.of(), 0, OptionalLong.empty(), Optional.empty(), Optional.empty());

    Fetched {
        records = List.copyOf(records);
        marks = List.copyOf(marks);
    }
}
