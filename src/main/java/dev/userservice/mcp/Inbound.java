package dev.userservice.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.Json;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.Map;
import java.util.Optional;

/** What a line from the client turned out to be. Reading never fails: what is no message becomes an {@link Invalid}. */
sealed interface Inbound {

    long CONTAINER_BYTES = 160;
    long MEMBER_BYTES = 96;
    long SCALAR_BYTES = 96;

    /**
     * @param id its id, as JSON text in ASCII: two ids are the same exactly if their texts are
     * @param params its parameters, empty where it has none
     * @param wellFormed whether its parameters, if it has any, are an object
     */
    record Request(String id, String method, ObjectNode params, boolean wellFormed) implements Inbound {

        /** What an open request takes up beside its id and parameters: its call, timers, entries in maps. */
        private static final long REQUEST_BYTES = 512;

        ObjectNode meta() {
            return params.path("_meta") instanceof ObjectNode meta ? meta : Json.object();
        }

        boolean isCall() {
            return method.equals(McpSchema.METHOD_TOOLS_CALL);
        }

        /** Returns at least the bytes it takes up in memory while it is open: of parameters, only a call's are kept. */
        long weight() {
            return REQUEST_BYTES + 2L * id.length() + (isCall() ? Inbound.weight(params) : 0);
        }
    }

    /** A notification; its parameters are empty where it has none, or none that are an object. */
    record Notification(String method, ObjectNode params) implements Inbound {}

    /** A line that deserves an error, with the id to send it under, where that can be read. */
    record Invalid(ProtocolError error, Optional<String> id) implements Inbound {}

    /** A line that deserves silence: a blank one, or a response to nothing. */
    record Nothing() implements Inbound {}

    static Inbound read(String line) {
        Optional<JsonNode> message = Json.parse(line);
        if (message.isEmpty()) {
            return new Invalid(ProtocolError.PARSE_ERROR, Optional.empty());
        }
        if (message.get().isMissingNode()) {
            return new Nothing();
        }
        return message.get() instanceof ObjectNode object
                ? read(object)
                : new Invalid(ProtocolError.INVALID_REQUEST, Optional.empty());
    }

    private static Inbound read(ObjectNode message) {
        Optional<String> id = id(message.path("id"));
        JsonNode method = message.path("method");
        JsonNode params = message.path("params");
        boolean isJsonRpc =
                McpSchema.JSONRPC_VERSION.equals(message.path("jsonrpc").textValue());
        if (isJsonRpc && !message.has("method") && (message.has("result") || message.has("error"))) {
            return new Nothing();
        }
        if (!isJsonRpc || !method.isTextual() || message.has("id") && id.isEmpty()) {
            return new Invalid(ProtocolError.INVALID_REQUEST, id);
        }
        ObjectNode given = params instanceof ObjectNode object ? object : Json.object();
        return id.isPresent()
                ? new Request(id.get(), method.textValue(), given, params.isMissingNode() || params.isObject())
                : new Notification(method.textValue(), given);
    }

    /**
     * Returns at least the bytes that a parsed tree takes, by the kinds of its nodes: a character of the line can cost
     * 39 bytes, or one. Measured on Java 17 with compressed pointers, over trees of one kind each, it is 1.2 times what
     * they take where there are only objects, and more for everything else.
     */
    private static long weight(JsonNode tree) {
        long bytes = tree.isContainerNode()
                ? CONTAINER_BYTES
                : SCALAR_BYTES + 2L * tree.asText().length();
        for (Map.Entry<String, JsonNode> member : tree.properties()) {
            bytes += MEMBER_BYTES + 2L * member.getKey().length();
        }
        for (JsonNode child : tree) {
            bytes += weight(child);
        }
        return bytes;
    }

    /** Returns an id as JSON text, where it is a string or an integer (MCP, basic: requests). */
    static Optional<String> id(JsonNode id) {
        return id.isTextual() || id.isIntegralNumber() ? Optional.of(Json.ascii(id)) : Optional.empty();
    }

    /** Returns {@code name/version} of an Implementation object, or what there is of it; nothing without a name. */
    static Optional<String> client(JsonNode implementation) {
        Optional<String> version = text(implementation.path("version"));
        return text(implementation.path("name"))
                .map(name -> version.map(number -> name + "/" + number).orElse(name));
    }

    private static Optional<String> text(JsonNode value) {
        return Optional.ofNullable(value.textValue()).filter(text -> !text.isEmpty());
    }
}
