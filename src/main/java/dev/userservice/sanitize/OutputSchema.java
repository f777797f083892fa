package dev.userservice.sanitize;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Json;
import java.util.List;

/**
 * The released fields, declared once: published as JSON Schema, and copied by the same declaration into a new object.
 * No other field can leave, because no other field is ever read.
 */
public record OutputSchema(List<OutputField> fields) {

    public OutputSchema {
        fields = List.copyOf(fields);
    }

    /** Returns the place of everything that is looked at in a record. */
    public List<JsonPointer> pointers() {
        return fields.stream()
                .flatMap(field -> field.source().pointers().stream())
                .distinct()
                .toList();
    }

    /** Returns the JSON Schema, its members always in the same order. */
    public ObjectNode publish() {
        ObjectNode schema = Json.object().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = schema.putArray("required");
        for (OutputField field : fields) {
            properties.set(field.name(), field.schema());
            if (field.required()) {
                required.add(field.name());
            }
        }
        return schema.put("additionalProperties", false);
    }

    /** Returns the most bytes of UTF-8 that data copied by this schema take in a tool result, rounded up. */
    public long maxBytes() {
        return 2 * OutputField.MAX_NAME_BYTES
                + fields.stream().mapToLong(OutputField::maxBytes).sum();
    }

    /**
     * Copies the released fields of {@code record} into {@code target}, in declared order; an optional one that is
     * missing or null is left out.
     *
     * @return the number of characters removed or replaced
     * @throws CallFailure with {@link ErrorCode#UPSTREAM_CONTRACT} where a required field is missing or one has another
     *     type than its schema says
     */
    public int copy(JsonNode record, ObjectNode target, TextCleaner cleaner) {
        int changes = 0;
        for (OutputField field : fields) {
            JsonNode value = field.source().find(record);
            if (!value.isMissingNode() && !value.isNull()) {
                changes += field.copy(value, target, cleaner);
            } else if (field.required()) {
                throw CallFailure.contract(
                        "a required field is missing from a record: " + field.name(),
                        "check " + field.name() + " in INTERNAL_API_FIELD_MAP");
            }
        }
        return changes;
    }
}
