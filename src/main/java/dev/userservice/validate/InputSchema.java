package dev.userservice.validate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.Json;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
            if (parameter.defaultValue().isEmpty()) {
                required.add(parameter.name());
            }
        }
        return schema.put("additionalProperties", false);
    }

    /**
     * Checks the arguments of a call. They are refused for an unexpected one, else for a missing one, else for the
     * first in declared order that breaks its rule.
     */
    public Arguments check(ObjectNode given) {
        ObjectNode recorded = Json.object();
        Map<String, JsonNode> accepted = new LinkedHashMap<>();
        for (Parameter parameter : parameters) {
            Optional<JsonNode> checked = parameter.defaultValue();
            if (given.hasNonNull(parameter.name())) {
                JsonNode value = given.get(parameter.name());
                checked = parameter.accept(value);
                recorded.set(parameter.name(), checked.orElse(value));
            }
            checked.ifPresent(value -> accepted.put(parameter.name(), value));
        }
        return new Arguments(
                recorded, Collections.unmodifiableMap(accepted), refusal(given, recorded, accepted.keySet()));
    }

    private Optional<String> refusal(ObjectNode given, ObjectNode recorded, Set<String> accepted) {
        for (Map.Entry<String, JsonNode> member : given.properties()) {
            if (!member.getValue().isNull() && !recorded.has(member.getKey())) {
                String names = parameters.stream().map(Parameter::name).collect(Collectors.joining(", "));
                return Optional.of("Error: Unexpected argument. " + tool + " takes: " + names + ".");
            }
        }
        for (Parameter parameter : parameters) {
            if (!recorded.has(parameter.name()) && !accepted.contains(parameter.name())) {
                return Optional.of("Error: Missing argument: " + parameter.name() + ".");
            }
        }
        Stream<Parameter> invalid = parameters.stream().filter(parameter -> !accepted.contains(parameter.name()));
        return invalid.map(Parameter::refusal).findFirst();
    }
}
