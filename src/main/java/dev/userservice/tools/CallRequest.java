package dev.userservice.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.Json;
import dev.userservice.model.TraceContext;
import java.util.Optional;

/**
 * What a caller asks for, before anything of it is checked.
 *
 * @param name the tool's name, where it is a string
 * @param arguments empty where there are none; nothing where they are no object
 * @param trace the caller's W3C trace context
 * @param client what the client says of itself
 * @param admission whether it may go on to the stages after validate
 */
public record CallRequest(
        Optional<String> name,
        Optional<ObjectNode> arguments,
        TraceContext trace,
        Optional<String> client,
        Admission admission) {

    /** What is known of a request before its arguments are looked at. Whatever it is, the call is recorded. */
    public enum Admission {
        ADMITTED,
        /** Calls under way and unread answers take up all the memory they may. */
        NO_ROOM,
        /** The request around it breaks the protocol. */
        MALFORMED
    }

    /** Reads the parameters of {@code tools/call}; what is not needed of them is not kept during the call. */
    public CallRequest(ObjectNode params, Optional<String> client, Admission admission) {
        this(
                text(params.path("name")),
                arguments(params.path("arguments")),
                trace(params.path("_meta")),
                client,
                admission);
    }

    private static Optional<ObjectNode> arguments(JsonNode given) {
        JsonNode object = given.isMissingNode() || given.isNull() ? Json.object() : given;
        return object instanceof ObjectNode arguments ? Optional.of(arguments) : Optional.empty();
    }

    private static TraceContext trace(JsonNode meta) {
        return new TraceContext(text(meta.path("traceparent")), text(meta.path("tracestate")));
    }

    private static Optional<String> text(JsonNode given) {
        return Optional.ofNullable(given.textValue()); // null unless it is a string
    }
}
