package dev.userservice.call;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.Optional;
import java.util.function.Function;

/** How an API gives out a list that may be longer than one of its answers. */
public sealed interface Paging {

    /** The whole list in one answer; the window wanted is taken out of it here. */
    record Whole() implements Paging {
        @Override
        public <T> T fold(Function<Whole, T> whole, Function<Numbered, T> numbered, Function<Link, T> link) {
            return whole.apply(this);
        }
    }

    /** An API that is told, in two query parameters, how many records to give and where to begin. */
    sealed interface Numbered extends Paging {

        /** Returns the query parameter for how many. */
        String limitParam();

        /** Returns the query parameter for where to begin. */
        String startParam();

        /** Returns what the first record or page is called, 0 or 1. */
        int first();

        /** Returns how many records to ask for where so many are wanted. */
        int ask(int wanted);

        /** Returns whether the parts have a size of their own, which the first of them shows. */
        boolean inPages();

        @Override
        default <T> T fold(Function<Whole, T> whole, Function<Numbered, T> numbered, Function<Link, T> link) {
            return numbered.apply(this);
        }
    }

    /**
     * An answer holds so many records from such a one on.
     *
     * @param limitParam the query parameter for how many
     * @param startParam the query parameter for the first one's number
     * @param first the number of the first record of all, 0 or 1
     */
    record Offset(String limitParam, String startParam, int first) implements Numbered {
        @Override
        public int ask(int wanted) {
            return wanted;
        }

        @Override
        public boolean inPages() {
            return false;
        }
    }

    /**
     * An answer holds one page of the size asked for, or of one that the API prefers.
     *
     * @param limitParam the query parameter for a page's size
     * @param startParam the query parameter for a page's number
     * @param first the number of the first page, 0 or 1
     * @param size how many records to ask for in a page
     */
    record Page(String limitParam, String startParam, int first, int size) implements Numbered {
        @Override
        public int ask(int wanted) {
            return size;
        }

        @Override
        public boolean inPages() {
            return true;
        }
    }

    /**
     * An answer says where the next one is.
     *
     * @param next where the next address stands in an answer; nothing where it is in the {@code Link} header (RFC 8288)
     */
    record Link(Optional<JsonPointer> next) implements Paging {
        @Override
        public <T> T fold(Function<Whole, T> whole, Function<Numbered, T> numbered, Function<Link, T> link) {
            return link.apply(this);
        }
    }

    /** Returns the result of whichever function fits. */
    <T> T fold(Function<Whole, T> whole, Function<Numbered, T> numbered, Function<Link, T> link);
}
