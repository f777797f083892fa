package dev.userservice.validate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.userservice.model.Json;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** One declared argument: the schema it publishes is the rule it checks, so the two cannot drift apart. */
public sealed interface Parameter {

    String name();

    /** Returns the JSON Schema of this argument. */
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
     * A string of 1 to {@code maxDigits} ASCII digits. A whole number that is not negative counts as its digits.
     *
     * @param label what people call it
     * @param pattern of those digits, compiled once
     */
    record Digits(String name, String label, String description, int maxDigits, Pattern pattern) implements Parameter {

        public Digits(String name, String label, String description, int maxDigits) {
            this(name, label, description, maxDigits, Pattern.compile("^[0-9]{1," + maxDigits + "}$"));
        }

        @Override
        public ObjectNode schema() {
            return Json.object()
                    .put("type", "string")
                    .put("description", description)
                    .put("pattern", pattern.pattern());
        }

        @Override
        public Optional<JsonNode> accept(JsonNode value) {
            return text(value).filter(pattern.asMatchPredicate()).map(TextNode::valueOf);
        }

        private static Optional<String> text(JsonNode value) {
            return value.isTextual()
                    ? Optional.of(value.textValue())
                    : wholeNumber(value).map(BigDecimal::toPlainString);
        }

        @Override
        public String refusal() {
            return "Error: Invalid " + label + " format. " + name + " must be a string of 1 to " + maxDigits
                    + " digits, for example \"123\".";
        }
    }

    /** One of a fixed list of strings. */
    record Choice(String name, String description, List<String> choices) implements Parameter {
        public Choice {
            choices = List.copyOf(choices);
        }

        @Override
        public ObjectNode schema() {
            ObjectNode schema = Json.object().put("type", "string").put("description", description);
            choices.forEach(schema.putArray("enum")::add);
            return schema;
        }

        @Override
        public Optional<JsonNode> accept(JsonNode value) {
            return Optional.of(value).filter(JsonNode::isTextual).filter(text -> choices.contains(text.textValue()));
        }

        @Override
        public String refusal() {
            return "Error: Unknown " + name + ". Choose one of: " + String.join(", ", choices) + ".";
        }
    }

    /** A whole number from {@code min} to {@code max}, both included; a string of digits counts as its number. */
    record WholeNumber(String name, String description, int min, int max, int defaultNumber) implements Parameter {

        private static final Pattern DIGITS = Pattern.compile("0*[0-9]{1,9}");

        @Override
        public ObjectNode schema() {
            return Json.object()
                    .put("type", "integer")
                    .put("description", description)
                    .put("minimum", min)
                    .put("maximum", max)
                    .put("default", defaultNumber);
        }

        @Override
        public Optional<JsonNode> accept(JsonNode value) {
            Optional<BigDecimal> number = value.isTextual()
                    ? Optional.of(value.textValue())
                            .filter(DIGITS.asMatchPredicate())
                            .map(BigDecimal::new)
                    : wholeNumber(value);
            return number.map(BigDecimal::longValueExact)
                    .filter(n -> n >= min && n <= max)
                    .map(n -> IntNode.valueOf(n.intValue()));
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

    /**
     * Returns a number that is whole and not negative, however it is written ({@code 50}, {@code 50.0}, {@code 5e1}).
     */
    private static Optional<BigDecimal> wholeNumber(JsonNode value) {
        return Optional.of(value)
                .filter(JsonNode::isNumber)
                .map(JsonNode::decimalValue)
                // At most 18 digits, known without writing them out: 1e999999999 is a short text.
                .filter(number -> number.signum() == 0 || number.signum() > 0 && number.scale() >= -18)
                .map(BigDecimal::stripTrailingZeros)
                .filter(number -> number.scale() <= 0 && number.precision() - number.scale() <= 18);
    }
}
