package dev.userservice.validate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A tool's arguments, declared once: published as JSON Schema and checked by the same declaration. Nothing undeclared
 * passes; {@code null} counts as absent.
 *
 * @param tool the tool's name, for the text about unexpected arguments
 */
public record InputSchema(String tool, List<Parameter> parameters) {

  public InputSchema {
    parameters = List.copyOf(parameters);
  }

  /** Returns the JSON Schema, its members always in the same order. */
  public ObjectNode publish() {
    ObjectNode schema = Json.object().put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    ArrayNode required = schema.putArray("required");
    for (Parameter parameter : parameters) {
      properties.set(parameter.name(), parameter.schema());
      if (parameter.fallback().isEmpty()) {
        required.add(parameter.name());
      }
    }
    return schema.put("additionalProperties", false);
  }

  /**
   * Returns the arguments in canonical form, defaults filled in.
   *
   * @throws CallFailure with {@link ErrorCode#INVALID_INPUT}: an unexpected argument, else a missing one, else the
   *     first in declared order that breaks its rule
   */
  public Arguments check(ObjectNode given) {
    ObjectNode present = withoutNulls(given);
    if (recorded(present).size() < present.size()) {
      throw refusal("Error: Unexpected argument. " + tool + " takes: " + names() + ".");
    }
    for (Parameter parameter : parameters) {
      if (parameter.fallback().isEmpty() && !present.has(parameter.name())) {
        throw refusal("Error: Missing argument: " + parameter.name() + ".");
      }
    }
    Map<String, JsonNode> values = new LinkedHashMap<>();
    for (Parameter parameter : parameters) {
      values.put(parameter.name(), value(parameter, present));
    }
    return new Arguments(values);
  }

  /**
   * Returns what a record of the call may hold: the declared arguments that were given, canonical where they can be.
   */
  public ObjectNode recorded(ObjectNode given) {
    ObjectNode present = withoutNulls(given);
    ObjectNode recorded = Json.object();
    for (Parameter parameter : parameters) {
      JsonNode value = present.get(parameter.name());
      if (value != null) {
        recorded.set(parameter.name(), parameter.accept(value).orElse(value));
      }
    }
    return recorded;
  }

  private static JsonNode value(Parameter parameter, ObjectNode present) {
    return present.has(parameter.name())
        ? parameter.accept(present.get(parameter.name())).orElseThrow(() -> refusal(parameter.refusal()))
        : parameter.fallback().orElseThrow();
  }

  private static ObjectNode withoutNulls(ObjectNode given) {
    ObjectNode present = Json.object();
    given.properties().stream()
        .filter(member -> !member.getValue().isNull())
        .forEach(member -> present.set(member.getKey(), member.getValue()));
    return present;
  }

  private String names() {
    return parameters.stream().map(Parameter::name).collect(Collectors.joining(", "));
  }

  private static CallFailure refusal(String sentence) {
    return new CallFailure(ErrorCode.INVALID_INPUT, sentence);
  }
}
