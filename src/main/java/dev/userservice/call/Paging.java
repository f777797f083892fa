package dev.userservice.call;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/** How an API gives out a list that may be longer than one of its answers. */
public sealed interface Paging {

    /** The whole list in one answer; the window wanted is taken out of it here. */
    record Whole() implements Paging {}

    /**
     * An API is told, in two query parameters, how many records to give and where to begin: from which record on, or at
     * which page, of the size asked for or of one that the API prefers.
     *
     * @param limitParam the query parameter for how many, or for a page's size
     * @param startParam the query parameter for the number of the first record, or of the page
     * @param first the number of the first record or page of all, 0 or 1
     * @param pageSize how many records to ask for in a page, where the list has pages
     */
    record Numbered(String limitParam, String startParam, int first, OptionalInt pageSize) implements Paging {

        /** Returns how many records to ask for where so many are wanted. */
        public int ask(int wanted) {
            return pageSize.orElse(wanted);
        }

        /** Returns whether the parts have a size of their own, which the first of them shows. */
        boolean inPages() {
            return pageSize.isPresent();
        }
    }

    /** An answer says where the next one is: at a place in itself, or else in the {@code Link} header (RFC 8288). */
    record Link(Optional<JsonPointer> next) implements Paging {}

    /** Returns the result of whichever function fits. */
    default <T> T fold(Function<Whole, T> whole, Function<Numbered, T> numbered, Function<Link, T> link) {
        if (this instanceof Numbered paging) {
            return numbered.apply(paging);
        }
        return this instanceof Link paging ? link.apply(paging) : whole.apply((Whole) this);
    }
}
