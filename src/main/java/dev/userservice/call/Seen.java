package dev.userservice.call;

import java.util.List;

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

        static Part of(Fetched answer) {
            List<Long> marks = answer.marks();
            return marks.isEmpty() ? NONE : new Part(marks.get(0), marks.get(marks.size() - 1), answer.count());
        }
    }

    /**
     * Returns whether an answer holds the record with which the list or the part before begins, or the latter's last.
     */
    boolean isRepeatedBy(Fetched answer) {
        return answer.marks().stream()
                .anyMatch(mark -> mark == first.begin() || mark == before.begin() || mark == before.end());
    }

    /** Returns what is known after one more part. */
    Seen and(Part part) {
        return part.count() == 0 ? this : new Seen(first.count() == 0 ? part : first, part);
    }
}
