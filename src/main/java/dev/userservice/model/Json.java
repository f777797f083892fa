package dev.userservice.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.core.util.Separators.Spacing;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.POJONode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * JSON text to tree and back, strictly (RFC 8259): one value and nothing after it, no duplicate members, at most 1,000
 * levels deep, no number of more than 1,000 characters. Numbers keep every digit. Thread-safe.
 *
 * <p>Trees are Jackson's, but are read and written token by token here: making its mapper ready takes 90 of the 400 ms
 * to the first answer of a process (Java 17), and none of what it can do beyond trees is wanted.
 */
public final class Json {

    private static final JsonFactory FACTORY = strict(StreamReadConstraints.builder()
            .maxNestingDepth(1000)
            .maxNumberLength(1000)
            .maxNameLength(Integer.MAX_VALUE) // whoever reads bounds the text
            .build());

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private Json() {}

    /** Returns a factory that allows no duplicate members and keeps to {@code limits}. */
    public static JsonFactory strict(StreamReadConstraints limits) {
        return JsonFactory.builder()
                .streamReadConstraints(limits)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES) // thousands of names would be kept for ever
                .build();
    }

    public static ObjectNode object() {
        return NODES.objectNode();
    }

    /**
     * Returns the tree of one JSON text, a missing node for a blank one; nothing where it is not JSON within the limits
     * above.
     */
    public static Optional<JsonNode> parse(String text) {
        try (JsonParser json = parser(text)) {
            JsonToken first = json.nextToken();
            JsonNode tree = first == null ? MissingNode.getInstance() : value(json, first);
            return json.nextToken() == null ? Optional.of(tree) : Optional.empty();
        } catch (IOException | RuntimeException | StackOverflowError e) {
            return Optional.empty();
        }
    }

    /** Returns a parser of a text that keeps to the limits above. */
    public static JsonParser parser(String text) throws IOException {
        return FACTORY.createParser(text);
    }

    private static JsonNode value(JsonParser json, JsonToken token) throws IOException {
        return switch (token) {
            case START_OBJECT -> members(json);
            case START_ARRAY -> items(json);
            case VALUE_STRING -> NODES.textNode(json.getText());
            case VALUE_NUMBER_INT -> integer(json);
            case VALUE_NUMBER_FLOAT -> NODES.numberNode(decimal(json));
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            case VALUE_NULL -> NODES.nullNode();
            case END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                throw new IllegalStateException();
        };
    }

    private static JsonNode integer(JsonParser json) throws IOException {
        return switch (json.getNumberType()) {
            case INT -> NODES.numberNode(json.getIntValue());
            case LONG -> NODES.numberNode(json.getLongValue());
            default -> NODES.numberNode(json.getBigIntegerValue());
        };
    }

    private static BigDecimal decimal(JsonParser json) throws IOException {
        BigDecimal number = json.getDecimalValue();
        long exponent = (long) number.precision() - number.scale() - 1;
        if (exponent > Integer.MAX_VALUE) { // BigDecimal writes 10e2147483647 as 1.0E+2147483648, which it cannot read
            throw new JsonParseException(json, "number out of range");
        }
        return number;
    }

    private static ObjectNode members(JsonParser json) throws IOException {
        ObjectNode object = NODES.objectNode();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            object.set(name, value(json, json.nextToken()));
        }
        return object;
    }

    private static ArrayNode items(JsonParser json) throws IOException {
        ArrayNode array = NODES.arrayNode();
        for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            array.add(value(json, token));
        }
        return array;
    }

    /** Returns the compact text of a tree. */
    public static String text(JsonNode tree) {
        return write(tree, UnaryOperator.identity(), UnaryOperator.identity());
    }

    /** Returns the compact text of a tree, every string value and member name redacted. */
    public static String text(JsonNode tree, Redactor redactor) {
        return write(tree, redactor::redact, UnaryOperator.identity());
    }

    /** Returns the compact text of a tree in ASCII, all else escaped, so that a line of it is one line anywhere. */
    public static String ascii(JsonNode tree) {
        return write(tree, UnaryOperator.identity(), Json::ascii);
    }

    /** Returns the same, every string value and member name redacted. */
    public static String ascii(JsonNode tree, Redactor redactor) {
        return write(tree, redactor::redact, Json::ascii);
    }

    /** Returns the text of a tree for people: a line each, two spaces a level. */
    public static String pretty(JsonNode tree) {
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        Separators separators = Separators.createDefaultInstance().withObjectFieldValueSpacing(Spacing.AFTER);
        DefaultPrettyPrinter people = new DefaultPrettyPrinter(separators);
        people.indentObjectsWith(indenter);
        people.indentArraysWith(indenter);
        return write(tree, UnaryOperator.identity(), json -> json.setPrettyPrinter(people));
    }

    private static JsonGenerator ascii(JsonGenerator json) {
        return json.enable(JsonWriteFeature.ESCAPE_NON_ASCII.mappedFeature());
    }

    private static String write(JsonNode tree, UnaryOperator<String> rule, UnaryOperator<JsonGenerator> style) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = style.apply(FACTORY.createGenerator(text))) {
            write(tree, rule, json);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a string does not fail to be written
        }
        return text.toString();
    }

    private static void write(JsonNode node, UnaryOperator<String> rule, JsonGenerator json) throws IOException {
        switch (node.getNodeType()) {
            case OBJECT -> {
                json.writeStartObject();
                for (var member : node.properties()) {
                    json.writeFieldName(rule.apply(member.getKey()));
                    write(member.getValue(), rule, json);
                }
                json.writeEndObject();
            }
            case ARRAY -> {
                json.writeStartArray();
                for (JsonNode item : node) {
                    write(item, rule, json);
                }
                json.writeEndArray();
            }
            case STRING -> json.writeString(rule.apply(node.textValue()));
            case NUMBER -> json.writeNumber(node.decimalValue());
            case BOOLEAN -> json.writeBoolean(node.booleanValue());
            case NULL -> json.writeNull();
            case POJO ->
                json.writeRawValue(
                        ((RawValue) ((POJONode) node).getPojo()).rawValue().toString());
            case BINARY, MISSING -> throw new IllegalArgumentException("no JSON value");
        }
    }
}
