package dev.userservice;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator.ValidationResponse;
import io.modelcontextprotocol.json.schema.jackson2.DefaultJsonSchemaValidator;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/** The official schemas of the protocol, as published with its specification (modelcontextprotocol, schema/). */
final class McpSchemas {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final DefaultJsonSchemaValidator validator = new DefaultJsonSchemaValidator();
    private final Map<String, Object> schema;

    private McpSchemas(Map<String, Object> schema) {
        this.schema = schema;
    }

    static McpSchemas revision(String version) throws IOException {
        try (InputStream in = McpSchemas.class.getResourceAsStream("/mcp/mcp-schema-" + version + ".json")) {
            return new McpSchemas(JSON.readValue(in, new TypeReference<Map<String, Object>>() {}));
        }
    }

    /** Fails where a message is not what the specification calls {@code type}. */
    void check(String type, JsonNode message) {
        schema.put("$ref", "#/$defs/" + type);
        ValidationResponse response = validator.validate(schema, JSON.convertValue(message, Object.class));
        if (!response.valid()) {
            throw new AssertionError(type + ": " + response.errorMessage() + "\n" + message);
        }
    }
}
