package dev.userservice.model;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.StringJoiner;

/**
 * Where a field's value comes from: the first alternative that gives one. An alternative is a JSON Pointer (RFC 6901),
 * or several, whose texts are joined with a space, as far as they are there. Missing, null and empty text give nothing.
 */
public record FieldSource(List<List<JsonPointer>> alternatives) {

    public FieldSource {
        alternatives = alternatives.stream().map(List::copyOf).toList();
    }

    public static FieldSource of(JsonPointer pointer) {
        return new FieldSource(List.of(List.of(pointer)));
    }

    /** Returns every pointer that is looked at. */
    public List<JsonPointer> pointers() {
        return alternatives.stream().flatMap(List::stream).toList();
    }

    /**
     * Returns the value in a record; a missing node where there is none. Of joined values, one that is no text is
     * returned alone.
     */
    public JsonNode find(JsonNode record) {
        for (List<JsonPointer> joined : alternatives) {
            StringJoiner text = new StringJoiner(" ");
            for (JsonPointer pointer : joined) {
                JsonNode part = record.at(pointer);
                if (!part.isTextual() && !part.isMissingNode() && !part.isNull()) {
                    return part;
                }
                if (!part.asText("").isEmpty()) {
                    text.add(part.asText());
                }
            }
            if (text.length() > 0) {
                return TextNode.valueOf(text.toString());
            }
        }
        return MissingNode.getInstance();
    }
}
