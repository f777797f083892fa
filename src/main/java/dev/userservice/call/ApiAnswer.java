package dev.userservice.call;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.OptionalLong;

/**
 * What an answer held of what was selected: each record as a small tree with the selected values at their pointers.
 *
 * @param records the records wanted, in the API's order
 * @param count how many records the array held in all
 * @param total what the answer itself gives as the total, where it does
 */
public record ApiAnswer(List<JsonNode> records, long count, OptionalLong total) {
    public ApiAnswer {
        records = List.copyOf(records);
    }
}
