package dev.userservice.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.PrettyPrinter;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;

/**
 * JSON text to tree and back, strictly (RFC 8259): one value and nothing after it, no duplicate members, at most 1,000
 * levels deep, no number of more than 1,000 characters. Fractions keep every digit. Thread-safe.
 */
public final class Json {

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(1000).maxNumberLength(1000).build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .build();

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(FACTORY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  /** Two spaces a level, a line each, and no space before a colon. */
  private static final PrettyPrinter PEOPLE =
      new DefaultPrettyPrinter(
              Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER))
          .withObjectIndenter(new DefaultIndenter("  ", "\n"))
          .withArrayIndenter(new DefaultIndenter("  ", "\n"));

  private Json() {}

  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /**
   * Returns the tree of one JSON text; a missing node for a blank one.
   *
   * @throws JsonProcessingException where the text is not JSON within the limits above
   */
  public static JsonNode parse(String text) throws JsonProcessingException {
    try {
      return MAPPER.readTree(text);
    } catch (NumberFormatException e) {
      throw new JsonParseException((JsonParser) null, "a number without measure", e);
    }
  }

  /** Returns the compact text of a tree. */
  public static String text(JsonNode tree) {
    return write(tree, new StringWriter(), text -> text);
  }

  /** Returns the compact text of a tree, every string value and member name redacted. */
  public static String text(JsonNode tree, Redactor redactor) {
    return write(tree, new StringWriter(), redactor::redact);
  }

  /** Returns the compact text of a tree in ASCII: everything else escaped, so that a line of it is one line anywhere. */
  public static String ascii(JsonNode tree) {
    return write(tree, new StringWriter(), text -> text, JsonWriteFeature.ESCAPE_NON_ASCII);
  }

  /** Returns the same, every string value and member name redacted. */
  public static String ascii(JsonNode tree, Redactor redactor) {
    return write(tree, new StringWriter(), redactor::redact, JsonWriteFeature.ESCAPE_NON_ASCII);
  }

  /** Returns the text of a tree over several lines, for people. */
  public static String pretty(JsonNode tree) {
    try {
      return MAPPER.writer(PEOPLE).writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String write(JsonNode tree, Writer out, StringRule rule, JsonWriteFeature... features) {
    try (JsonGenerator json = new Strings(FACTORY.createGenerator(out), rule)) {
      for (JsonWriteFeature feature : features) {
        json.enable(feature.mappedFeature());
      }
      MAPPER.writeTree(json, tree);
      json.flush();
      return out.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @FunctionalInterface
  private interface StringRule {
    String apply(String text);
  }

  /** Passes every string value and member name through a rule. */
  private static final class Strings extends JsonGeneratorDelegate {

    private final StringRule rule;

    Strings(JsonGenerator json, StringRule rule) {
      super(json, false);
      this.rule = rule;
    }

    @Override
    public void writeFieldName(String name) throws IOException {
      delegate.writeFieldName(rule.apply(name));
    }

    @Override
    public void writeString(String text) throws IOException {
      delegate.writeString(rule.apply(text));
    }
  }
}
