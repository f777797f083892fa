package dev.userservice.call;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the wanted values stand in an answer, as JSON Pointers (RFC 6901): of one record, or of a window of a list's
 * records. Whatever is not selected is read past and never kept.
 *
 * @param list where the array stands; nothing where the answer itself is the one record
 * @param fields where the wanted values stand in a record
 * @param offset first record wanted, from 0
 * @param limit how many are wanted at most
 */
public record Selection(Optional<JsonPointer> list, List<JsonPointer> fields, int offset, int limit) {

    /** Where an API that pages by itself says how many records there are. */
    static final JsonPointer TOTAL = JsonPointer.compile("/total");

    public Selection {
        fields = List.copyOf(fields);
    }

    /** The answer is one record. */
    public static Selection record(List<JsonPointer> fields) {
        return new Selection(Optional.empty(), fields, 0, 1);
    }

    /** The answer holds, or is, an array of records, of which a window is wanted. */
    public static Selection window(JsonPointer list, List<JsonPointer> fields, int offset, int limit) {
        return new Selection(Optional.of(list), fields, offset, limit);
    }

    boolean wants(long index) {
        return index >= offset && index < (long) offset + limit;
    }

    /** Returns the selection as a tree to walk down while the answer is read. */
    Branch root() {
        Branch record = new Branch();
        fields.forEach(field -> record.descend(field).value = true);
        if (list.isEmpty()) {
            return record;
        }
        Branch root = new Branch();
        root.descend(list.get()).items = Optional.of(record);
        root.descend(TOTAL).value = true;
        return root;
    }

    /** One place in the answer that is on the way to something wanted, or is it. */
    static final class Branch {

        private final Map<String, Branch> below = new LinkedHashMap<>();
        private boolean value;
        private Optional<Branch> items = Optional.empty();

        private Branch descend(JsonPointer pointer) {
            Branch branch = this;
            for (JsonPointer at = pointer; !at.matches(); at = at.tail()) {
                branch = branch.below.computeIfAbsent(at.getMatchingProperty(), name -> new Branch());
            }
            return branch;
        }

        Optional<Branch> child(String name) {
            return Optional.ofNullable(below.get(name));
        }

        boolean isValue() {
            return value;
        }

        /** Returns the selection of each record, where the list stands here. */
        Optional<Branch> items() {
            return items;
        }
    }
}
