package dev.userservice.sanitize;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.FieldSource;
import dev.userservice.model.IdFormat;
import dev.userservice.model.Json;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** One released field: where it stands in a record, its schema, how its value is copied, how much space it takes. */
public sealed interface OutputField {

    /** A field's name with what stands around name and value. */
    int MAX_NAME_BYTES = 64;

    String name();

    String description();

    /** Returns whether every record must have it, as it must unless the field says otherwise. */
    default boolean required() {
        return true;
    }

    /**
     * Returns where the field's value stands in the record it is copied from: under its own name, unless it says
     * otherwise.
     */
    default FieldSource source() {
        return FieldSource.of(JsonPointer.empty().appendProperty(name()));
    }

    /** Returns the JSON Schema of this field, a string's unless it says otherwise. */
    default ObjectNode schema() {
        return schema("string", description()).put("maxLength", TextCleaner.MAX_CODE_POINTS);
    }

    /**
     * Returns the most bytes of UTF-8 that this field takes in a result, rounded up. It stands there twice, as JSON and
     * as that JSON escaped in a string; in both a code point takes at most four: an emoji or an escaped quote.
     */
    default long maxBytes() {
        return 2 * (4L * TextCleaner.MAX_CODE_POINTS + MAX_NAME_BYTES);
    }

    /**
     * Copies the value, which is present and not null, into {@code target} under this field's name; a string's text,
     * cleaned and cut, unless the field says otherwise.
     *
     * @return the number of characters removed or replaced
     * @throws CallFailure with {@link ErrorCode#UPSTREAM_CONTRACT} where it has another type
     */
    default int copy(JsonNode value, ObjectNode target, TextCleaner cleaner) {
        Optional<String> text = text(value);
        require(text.isPresent(), this, value);
        TextCleaner.Cleaned cleaned = cleaner.clean(text.get());
        target.put(name(), cleaned.text());
        return cleaned.changes();
    }

    /** Returns the text that stands for a value; nothing where it has another type. */
    default Optional<String> text(JsonNode value) {
        return Optional.ofNullable(value.textValue());
    }

    /** A string. */
    record Text(String name, String description, FieldSource source, boolean required) implements OutputField {}

    /** A user's ID as a string, though the API may use an integer for it. */
    record Identifier(String name, String description, FieldSource source, IdFormat format) implements OutputField {

        /** Every format has characters of one byte only, and none that is escaped. */
        @Override
        public long maxBytes() {
            return 2L * (TextCleaner.MAX_CODE_POINTS + MAX_NAME_BYTES);
        }

        @Override
        public Optional<String> text(JsonNode value) {
            String id = require(value.isTextual() || value.isIntegralNumber(), this, value)
                    .asText();
            if (!format.matches(id) || id.length() > TextCleaner.MAX_CODE_POINTS) { // cut, it would be another ID
                throw CallFailure.contract(
                        "the field " + name + " has another format than USER_SERVICE_USER_ID_FORMAT says",
                        "set USER_SERVICE_USER_ID_FORMAT to the form of the API's ids, or id in INTERNAL_API_FIELD_MAP to"
                                + " a field of such a form");
            }
            return Optional.of(id);
        }
    }

    /**
     * A string, or the word that stands for the API's value.
     *
     * @param words by the JSON text of a value, or by the string itself; a string without a word stays as it is
     */
    record Word(String name, String description, FieldSource source, Map<String, String> words) implements OutputField {

        public Word {
            words = Map.copyOf(words);
        }

        @Override
        public boolean required() {
            return false;
        }

        @Override
        public Optional<String> text(JsonNode value) {
            Optional<String> word = Optional.ofNullable(words.get(Json.text(value)));
            return word.or(() -> OutputField.super.text(value).map(own -> words.getOrDefault(own, own)));
        }
    }

    /** A whole number that this server determines, 0 or more. */
    record Count(String name, String description, boolean required) implements OutputField {

        @Override
        public ObjectNode schema() {
            return OutputField.schema("integer", description).put("minimum", 0);
        }

        @Override
        public int copy(JsonNode value, ObjectNode target, TextCleaner cleaner) {
            boolean isCount = value.isIntegralNumber() && value.canConvertToLong();
            target.put(name, require(isCount, this, value).longValue());
            return 0;
        }
    }

    /** A list of records, each with its own released fields. */
    record Records(String name, String description, OutputSchema items, int maxItems) implements OutputField {

        @Override
        public ObjectNode schema() {
            return OutputField.schema("array", description)
                    .put("maxItems", maxItems)
                    .set("items", items.publish());
        }

        @Override
        public long maxBytes() {
            return 2 * MAX_NAME_BYTES + maxItems * items.maxBytes();
        }

        @Override
        public int copy(JsonNode value, ObjectNode target, TextCleaner cleaner) {
            ArrayNode list = target.putArray(name);
            int changes = 0;
            for (JsonNode item : require(value.isArray() && value.size() <= maxItems, this, value)) {
                changes += items.copy(item, list.addObject(), cleaner);
            }
            return changes;
        }
    }

    private static ObjectNode schema(String type, String description) {
        return Json.object().put("type", type).put("description", description);
    }

    private static JsonNode require(boolean holds, OutputField field, JsonNode value) {
        if (!holds) {
            boolean container = value.isContainerNode(); // of an array no more than of an object is kept
            String type =
                    container ? "object or array" : value.getNodeType().name().toLowerCase(Locale.ROOT);
            String remedy = field instanceof Word && !container
                    ? "give its value a word in INTERNAL_API_STATUS_VALUES"
                    : "check " + field.name() + " in INTERNAL_API_FIELD_MAP";
            throw CallFailure.contract("the field " + field.name() + " is of type " + type, remedy);
        }
        return value;
    }
}
