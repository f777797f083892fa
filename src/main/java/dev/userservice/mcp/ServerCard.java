package dev.userservice.mcp;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.Json;
import java.util.List;

/**
 * What the server says of itself, the same in both eras of the protocol.
 *
 * @param tools the tools as they are published
 */
public record ServerCard(String name, String title, String version, String instructions, ArrayNode tools) {

    /** The protocol's revisions that begin with {@code initialize}, the newest last. */
    private static final List<String> VERSIONS = List.of("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25");

    /** @param asked the version that the client asks for */
    ObjectNode initialize(String asked) {
        // MCP 2025-11-25, lifecycle: the version asked for where it is supported, else the newest that is
        String agreed = VERSIONS.contains(asked) ? asked : VERSIONS.get(VERSIONS.size() - 1);
        ObjectNode result = Json.object().put("protocolVersion", agreed);
        result.set("capabilities", capabilities());
        result.set("serverInfo", serverInfo());
        return result.put("instructions", instructions);
    }

    ObjectNode toolList() {
        return Json.object().set("tools", tools);
    }

    /** Returns the answer to {@code server/discover}, of revision 2026-07-28. */
    ObjectNode discovery() {
        ObjectNode discovery = Json.object();
        discovery.putArray("supportedVersions").add(ModernEra.VERSION);
        discovery.set("capabilities", capabilities());
        return cacheable(discovery.put("instructions", instructions));
    }

    /** Adds to a result of that revision for how long it may be kept, and what every result has. */
    ObjectNode cacheable(ObjectNode result) {
        return complete(result.put("ttlMs", 300_000).put("cacheScope", "private"));
    }

    /** Adds what every result of that revision has: that it is complete, and whose it is. */
    ObjectNode complete(ObjectNode result) {
        result.put("resultType", "complete");
        result.withObject("/_meta").set(ModernEra.PREFIX + "serverInfo", serverInfo());
        return result;
    }

    private ObjectNode serverInfo() {
        return Json.object().put("name", name).put("title", title).put("version", version);
    }

    /** Tools and nothing else: no list ever changes, no log message is ever sent. */
    private ObjectNode capabilities() {
        return Json.object().set("tools", Json.object());
    }
}
