package dev.userservice.call;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

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

    /** Members that commonly hold something where further answers follow. */
    private static final List<JsonPointer> SIGNS = pointers("""
      /next /nextLink /@odata.nextLink /odata.nextLink /links/next /_links/next /paging/next /pagination/next /meta/next \
      /next_cursor /nextCursor /meta/next_cursor /response_metadata/next_cursor /nextPageToken /next_page_token \
      /next_page_url /next_page /nextPage /has_more /hasMore /hasNext /more""");

    /** Returns the JSON Pointers that stand in a text, a space between them. */
    static List<JsonPointer> pointers(String text) {
        return Stream.of(text.split(" ")).map(JsonPointer::compile).toList();
    }

    boolean wants(long index) {
        return index >= skip && index - skip < take;
    }

    /** Returns whether a record's fingerprint is wanted, wherever the window is. */
    boolean marks(long index) {
        return list.isPresent()
                && index < list.get().paging().<Integer>fold(whole -> 0, numbered -> numbered.ask(take), link -> 1);
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
        if (!(layout.paging() instanceof Paging.Numbered)) {
            String next = layout.nextPointer().map(JsonPointer::toString).orElse("");
            SIGNS.stream()
                    .filter(sign -> !(next + "/").startsWith(sign + "/"))
                    .forEach(sign -> root.descend(sign).sign = Optional.of(sign.toString()));
        }
        root.descend(layout.items()).items = Optional.of(record);
        return root;
    }

    /** One place in the answer that is on the way to something wanted, or is it. */
    static final class Branch {

        private final Map<String, Branch> below = new HashMap<>();

        /** Whether the value here is wanted. */
        boolean value;

        /** The pointer of this place, where something in it is a sign of further answers. */
        Optional<String> sign = Optional.empty();

        /** The selection of each record, where the list stands here. */
        Optional<Branch> items = Optional.empty();

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
