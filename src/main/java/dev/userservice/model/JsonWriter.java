package dev.userservice.model;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.POJONode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.io.IOException;
import java.util.function.UnaryOperator;

/** Writes one tree, every string value and member name passed through a rule. */
record JsonWriter(JsonGenerator json, UnaryOperator<String> rule) {

    void value(JsonNode node) throws IOException {
        switch (node.getNodeType()) {
            case OBJECT -> members(node);
            case ARRAY -> items(node);
            case STRING -> json.writeString(rule.apply(node.textValue()));
            case NUMBER -> number(node);
            case BOOLEAN -> json.writeBoolean(node.booleanValue());
            case NULL -> json.writeNull();
            case POJO -> json.writeRawValue((String) ((RawValue) ((POJONode) node).getPojo()).rawValue());
            case BINARY, MISSING -> throw new IllegalArgumentException("no JSON value");
        }
    }

    private void members(JsonNode object) throws IOException {
        json.writeStartObject();
        for (var member : object.properties()) {
            json.writeFieldName(rule.apply(member.getKey()));
            value(member.getValue());
        }
        json.writeEndObject();
    }

    private void items(JsonNode array) throws IOException {
        json.writeStartArray();
        for (JsonNode item : array) {
            value(item);
        }
        json.writeEndArray();
    }

    private void number(JsonNode number) throws IOException {
        if (number.isIntegralNumber()) {
            json.writeNumber(number.bigIntegerValue());
        } else {
            json.writeNumber(number.decimalValue());
        }
    }
}
