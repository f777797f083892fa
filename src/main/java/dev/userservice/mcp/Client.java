package dev.userservice.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** What a client says of itself. */
final class Client {

    private Client() {}

    /** Returns {@code name/version} of an Implementation object, or what there is of it. */
    static Optional<String> name(JsonNode implementation) {
        Optional<String> name = text(implementation.path("name"));
        Optional<String> version = text(implementation.path("version"));
        return name.map(said -> version.map(number -> said + "/" + number).orElse(said));
    }

    private static Optional<String> text(JsonNode value) {
        return Optional.of(value)
                .filter(JsonNode::isTextual)
                .map(JsonNode::textValue)
                .filter(text -> !text.isEmpty());
    }
}
