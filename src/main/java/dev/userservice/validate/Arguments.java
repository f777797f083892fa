package dev.userservice.validate;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** A call's arguments after the check: every declared one is there, in declared order and canonical form. */
public record Arguments(Map<String, JsonNode> values) {

    public Arguments {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    public String text(Parameter parameter) {
        return values.get(parameter.name()).textValue();
    }

    public int number(Parameter parameter) {
        return values.get(parameter.name()).intValue();
    }
}
