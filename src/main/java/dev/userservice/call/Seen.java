package dev.userservice.call;

/**
 * What a call knows of a list before the part it asks for. It shows where an API ignores what it is told, since no
 * record stands in a list twice.
 *
 * @param first the first part of the list
 * @param before the part before the one asked for
 */
record Seen(Part first, Part before) {

    static final Seen NOTHING = new Seen(Part.NONE, Part.NONE);

    /** The fingerprints of a part's first and last record, and how many records it has. */
    record Part(long begin, long end, long count) {

        /** A part that is not known, or has no records. */
        static final Part NONE = new Part(0, 0, 0);
    }

    /** Returns whether a part begins as the list does, or is the part before it again, wholly or partly. */
    boolean isRepeatedBy(Part part) {
        boolean again = part.begin() == before.begin() || part.end() == before.end();
        return part.count() > 0 && (again || part.begin() == first.begin());
    }

    /** Returns what is known after one more part. */
    Seen and(Part part) {
        return part.count() == 0 ? this : new Seen(first.count() == 0 ? part : first, part);
    }
}
