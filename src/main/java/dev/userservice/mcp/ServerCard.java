package dev.userservice.mcp;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.Json;

/**
 * What the server says of itself, the same in both eras of the protocol.
 *
 * @param tools the tools as they are published
 */
public record ServerCard(String name, String title, String version, String instructions, ArrayNode tools) {

    ObjectNode serverInfo() {
        return Json.object().put("name", name).put("title", title).put("version", version);
    }

    /** Tools and nothing else: no list ever changes, no log message is ever sent. */
    ObjectNode capabilities() {
        ObjectNode capabilities = Json.object();
        capabilities.putObject("tools");
        return capabilities;
    }
}
