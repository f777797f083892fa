package dev.userservice.sanitize;

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

    /** More than a tool result holds besides the data, in any protocol version. */
    private static final int ENVELOPE_BYTES = 512;

    public OutputSchema {
        fields = List.copyOf(fields);
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

    /**
     * Returns the most bytes of UTF-8 that a tool result takes, rounded up. The data copied by this schema stand in it
     * twice (MCP, server/tools): as JSON, and in a text block as that JSON escaped within a string.
     */
    public long maxBytes() {
        return ENVELOPE_BYTES + maxDataBytes();
    }

    /** Returns the part of it that the data take, in both places together. */
    long maxDataBytes() {
        long bytes = 2 * "{},".length();
        for (OutputField field : fields) {
            bytes += field.maxBytes();
        }
        return bytes;
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
            JsonNode value = record.at(field.at());
            if (!value.isMissingNode() && !value.isNull()) {
                changes += field.copy(value, target, cleaner);
            } else if (field.required()) {
                throw new CallFailure(
                        ErrorCode.UPSTREAM_CONTRACT, "a required field is missing from a record: " + field.name());
            }
        }
        return changes;
    }
}
