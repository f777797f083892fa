package dev.userservice.call;

import com.fasterxml.jackson.core.JsonPointer;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * One question to the API: about one record, or about a window of a list. It holds no method, header or address but a
 * path template and the value for its placeholder, so a tool can choose none.
 *
 * @param fields where the wanted values stand in a record
 * @param list how the API gives out the list; nothing where the answer is the one record
 * @param offset first record wanted, from 0
 * @param limit how many are wanted at most
 */
public record ApiRequest(
        PathTemplate path, String value, List<JsonPointer> fields, Optional<ListLayout> list, int offset, int limit) {

    public ApiRequest {
        fields = List.copyOf(fields);
    }

    /** Asks for one record. */
    public static ApiRequest record(PathTemplate path, String value, List<JsonPointer> fields) {
        return new ApiRequest(path, value, fields, Optional.empty(), 0, 1);
    }

    /** Returns what is wanted of an answer: all of a record, or {@code take} records of a list after {@code skip}. */
    Selection selection(long skip, int take) {
        return new Selection(fields, list, skip, take);
    }

    /** Returns the address of the record, or of the list as the API begins it by itself. */
    URI address(URI base) {
        return URI.create(base + path.expand(value));
    }

    /** Returns the address of the part of the list that has a number. */
    URI address(URI base, Paging.Numbered paging, int wanted, long number) {
        String query = PathTemplate.encode(paging.limitParam()) + "=" + paging.ask(wanted) + "&"
                + PathTemplate.encode(paging.startParam()) + "=" + number;
        return URI.create(address(base) + (path.hasQuery() ? "&" : "?") + query);
    }
}
