package dev.userservice.call;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * Where the wanted values stand in an answer, as JSON Pointers (RFC 6901): of one record, or of a window of a list's
 * records. Whatever is not selected is read past and never kept.
 *
 * @param fields where the wanted values stand in a record
 * @param list where the list stands and what is said beside it; nothing where the answer itself is the one record
 * @param skip how many records of the answer stand before the window
 * @param take how many are wanted at most
 */
record Selection(List<JsonPointer> fields, Optional<ListLayout> list, long skip, int take) {

    boolean wants(long index) {
        return index >= skip && index - skip < take;
    }

    /** Returns of how many records, from the first on, a fingerprint is wanted, wherever the window is. */
    int marked() {
        return list.isEmpty() ? 0 : list.get().paging().fold(whole -> 0, numbered -> numbered.ask(take), link -> 1);
    }

    /** Returns the selected values of a record, in the same order however the API has them. */
    String values(JsonNode record) {
        StringJoiner values = new StringJoiner("\n");
        fields.forEach(field -> values.add(record.at(field).asText()));
        return values.toString();
    }

    /** Returns the selection as a tree to walk down while the answer is read. */
    Branch root() {
        Branch record = new Branch();
        fields.forEach(field -> record.descend(field).value = true);
        if (list.isEmpty()) {
            return record;
        }
        Branch root = new Branch();
        ListLayout layout = list.get();
        layout.totals().forEach(total -> root.descend(total).value = true);
        layout.nextPointer().ifPresent(next -> root.descend(next).value = true);
        if (layout.paging() instanceof Paging.Numbered) {
            Signs.EARLIER.forEach(sign -> root.descend(sign).sign = Optional.of(sign.toString()));
            Signs.FIRST.forEach(sign -> root.sign(sign, JsonToken.VALUE_FALSE));
        } else {
            String next = layout.nextPointer().map(JsonPointer::toString).orElse("");
            Signs.FURTHER.stream()
                    .filter(sign -> !(next + "/").startsWith(sign + "/"))
                    .forEach(sign -> root.descend(sign).sign = Optional.of(sign.toString()));
            Signs.NEXT_PAGE.forEach(sign -> root.descend(sign).isPageNumber = true);
            Signs.MORE.forEach(sign -> root.sign(sign, JsonToken.VALUE_TRUE));
            Signs.LAST.forEach(sign -> root.sign(sign, JsonToken.VALUE_FALSE));
        }
        root.descend(layout.items()).items = Optional.of(record);
        return root;
    }

    /** One place in the answer that is on the way to something wanted, or is it. */
    static final class Branch {

        private final Map<String, Branch> below = new HashMap<>();

        /** Whether the value here is wanted. */
        boolean value;

        /** The pointer of this place, where something in it is a sign that there are other answers. */
        Optional<String> sign = Optional.empty();

        /** Whether 0 is no sign here. */
        boolean isPageNumber;

        /** The one value that is a sign here, where not each is one. */
        Optional<JsonToken> flag = Optional.empty();

        /** The selection of each record, where the list stands here. */
        Optional<Branch> items = Optional.empty();

        private void sign(JsonPointer pointer, JsonToken value) {
            descend(pointer).sign = Optional.of(pointer.toString());
            descend(pointer).flag = Optional.of(value);
        }

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
    }
}
