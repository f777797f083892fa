package dev.userservice.call;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.OptionalLong;

/**
 * What the API holds of what was asked for: each record as a small tree with the wanted values at their pointers.
 *
 * @param records the records wanted, in the API's order
 * @param total how many records the list has in all, where that is known
 * @param more whether there may be records after these
 */
public record ApiAnswer(List<JsonNode> records, OptionalLong total, boolean more) {
    public ApiAnswer {
        records = List.copyOf(records);
    }
}
