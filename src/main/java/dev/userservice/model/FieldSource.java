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
     * Returns the value in a record; a missing node where there is none. Of joined values, one that is no text is it.
     */
    public JsonNode find(JsonNode record) {
        for (List<JsonPointer> joined : alternatives) {
            List<JsonNode> parts = joined.stream()
                    .map(record::at)
                    .filter(FieldSource::givesSomething)
                    .toList();
            if (parts.size() == 1) {
                return parts.get(0);
            }
            if (!parts.isEmpty()) {
                return join(parts);
            }
        }
        return MissingNode.getInstance();
    }

    private static boolean givesSomething(JsonNode value) {
        return !value.isMissingNode()
                && !value.isNull()
                && !(value.isTextual() && value.textValue().isEmpty());
    }

    private static JsonNode join(List<JsonNode> parts) {
        StringJoiner text = new StringJoiner(" ");
        for (JsonNode part : parts) {
            if (!part.isTextual()) {
                return part;
            }
            text.add(part.textValue());
        }
        return TextNode.valueOf(text.toString());
    }
}
