package dev.userservice.call;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.Optional;

/** How an API gives out a list that may be longer than one of its answers. */
public sealed interface Paging {

    /** The whole list in one answer; the window wanted is taken out of it here. */
    record Whole() implements Paging {}

    /**
     * An answer holds so many records from such a one on.
     *
     * @param limitParam the query parameter for how many
     * @param startParam the query parameter for the first one's number
     * @param first the number of the first record of all, 0 or 1
     */
    record Offset(String limitParam, String startParam, int first) implements Paging {}

    /**
     * An answer holds one page of the size asked for, or of one that the API prefers.
     *
     * @param limitParam the query parameter for a page's size
     * @param startParam the query parameter for a page's number
     * @param first the number of the first page, 0 or 1
     * @param size how many records to ask for in a page
     */
    record Page(String limitParam, String startParam, int first, int size) implements Paging {}

    /**
     * An answer says where the next one is.
     *
     * @param next where the next address stands in an answer; nothing where it is in the {@code Link} header (RFC 8288)
     */
    record Link(Optional<JsonPointer> next) implements Paging {}
}
