package dev.userservice.validate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.userservice.model.IdFormat;
import dev.userservice.model.Json;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** One declared argument: the schema it publishes is the rule it checks, so the two cannot drift apart. */
public sealed interface Parameter {

    String name();

    ObjectNode schema();

    /** Returns the value in its one canonical form, or nothing where it breaks the schema. */
    Optional<JsonNode> accept(JsonNode value);

    /** Returns what a caller is told of a value that breaks the schema; the value itself is not in it. */
    String refusal();

    /** Returns the value used where the caller gives none; nothing where the argument is required. */
    default Optional<JsonNode> defaultValue() {
        return Optional.empty();
    }

    /**
     * An ID in the configured form, which people call {@code label}, as a string. Where that form has digits, a whole
     * number that is not negative counts as its digits.
     */
    record Id(String name, String label, String description, IdFormat format) implements Parameter {

        @Override
        public ObjectNode schema() {
            return Parameter.schema("string", description).put("pattern", format.pattern());
        }

        @Override
        public Optional<JsonNode> accept(JsonNode value) {
            Optional<String> text = Optional.ofNullable(value.textValue());
            Optional<String> id = text.isPresent() || !format.takesNumbers()
                    ? text
                    : wholeNumber(value).map(BigDecimal::toPlainString);
            return id.filter(format::matches).map(TextNode::valueOf);
        }

        @Override
        public String refusal() {
            return "Error: Invalid " + label + " format. " + name + " must be " + format.rule() + ".";
        }
    }

    /** One of a fixed list of strings; {@code refused} is what a caller is told of any other. */
    record Choice(String name, String description, String refused, List<String> choices) implements Parameter {
        public Choice {
            choices = List.copyOf(choices);
        }

        @Override
        public ObjectNode schema() {
            ObjectNode schema = Parameter.schema("string", description);
            choices.forEach(schema.putArray("enum")::add);
            return schema;
        }

        @Override
        public Optional<JsonNode> accept(JsonNode value) {
            return Optional.of(value).filter(JsonNode::isTextual).filter(text -> choices.contains(text.textValue()));
        }

        @Override
        public String refusal() {
            return "Error: " + refused + ". Choose one of: " + String.join(", ", choices) + ".";
        }
    }

    /** A whole number from {@code min} to {@code max}, both included; a string of digits counts as its number. */
    record WholeNumber(String name, String description, int min, int max, int defaultNumber) implements Parameter {

        private static final Pattern DIGITS = Pattern.compile("0*[0-9]{1,9}");

        @Override
        public ObjectNode schema() {
            ObjectNode schema = Parameter.schema("integer", description);
            return schema.put("minimum", min).put("maximum", max).put("default", defaultNumber);
        }

        @Override
        public Optional<JsonNode> accept(JsonNode value) {
            Optional<String> digits = Optional.ofNullable(value.textValue()).filter(DIGITS.asMatchPredicate());
            Optional<BigDecimal> number = digits.map(BigDecimal::new).or(() -> wholeNumber(value));
            Optional<Long> valid = number.map(BigDecimal::longValueExact).filter(n -> n >= min && n <= max);
            return valid.map(n -> IntNode.valueOf(n.intValue()));
        }

        @Override
        public String refusal() {
            return "Error: " + name + " must be a whole number from " + min + " to " + max + ".";
        }

        @Override
        public Optional<JsonNode> defaultValue() {
            return Optional.of(IntNode.valueOf(defaultNumber));
        }
    }

    /** Returns a number that is whole and not negative, however written: {@code 50}, {@code 50.0}, {@code 5e1}. */
    private static Optional<BigDecimal> wholeNumber(JsonNode value) {
        BigDecimal given = value.decimalValue(); // zero where it is no number
        // At most 18 digits, known without writing them out: 1e999999999 is a short text.
        if (!value.isNumber() || given.signum() != 0 && given.scale() < -18) {
            return Optional.empty();
        }
        BigDecimal number = given.stripTrailingZeros();
        boolean whole = number.signum() >= 0 && number.scale() <= 0 && number.precision() - number.scale() <= 18;
        return whole ? Optional.of(number) : Optional.empty();
    }

    private static ObjectNode schema(String type, String description) {
        return Json.object().put("type", type).put("description", description);
    }
}
