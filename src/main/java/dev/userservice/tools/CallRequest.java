package dev.userservice.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.Json;
import java.util.Optional;

/**
 * What a caller asks for, before anything of it is checked.
 *
 * @param params of the parameters of {@code tools/call} what a call needs: {@code name}, {@code arguments} and the
 *     trace context; the rest is not kept while the call is under way
 * @param client what the client says of itself
 * @param admission whether it may go on to the stages after validate
 */
public record CallRequest(ObjectNode params, Optional<String> client, Admission admission) {

    /** What is known of a request before its arguments are looked at. Whatever it is, the call is recorded. */
    public enum Admission {
        ADMITTED,
        /** Calls under way and unread answers take up all the memory they may. */
        NO_ROOM,
        /** The request around it breaks the protocol. */
        MALFORMED
    }

    private static final String NAME = "name";
    private static final String ARGUMENTS = "arguments";
    private static final String TRACEPARENT = "traceparent";

    public CallRequest {
        ObjectNode needed = Json.object();
        copy(params, NAME, needed);
        copy(params, ARGUMENTS, needed);
        copy(params.path("_meta"), TRACEPARENT, needed);
        params = needed;
    }

    /** An admitted one. */
    public CallRequest(ObjectNode params, Optional<String> client) {
        this(params, client, Admission.ADMITTED);
    }

    /** Returns the tool's name, where it is a string. */
    public Optional<String> name() {
        return text(params.path(NAME));
    }

    /** Returns the arguments, empty where there are none; nothing where they are no object. */
    Optional<ObjectNode> arguments() {
        JsonNode arguments = params.path(ARGUMENTS);
        return arguments.isMissingNode() || arguments.isNull()
                ? Optional.of(Json.object())
                : Optional.of(arguments).filter(JsonNode::isObject).map(ObjectNode.class::cast);
    }

    /** Returns the caller's trace context, as the caller wrote it. */
    Optional<String> traceparent() {
        return text(params.path(TRACEPARENT));
    }

    private static void copy(JsonNode from, String member, ObjectNode to) {
        if (from.has(member)) {
            to.set(member, from.get(member));
        }
    }

    private static Optional<String> text(JsonNode value) {
        return Optional.of(value).filter(JsonNode::isTextual).map(JsonNode::textValue);
    }
}
