package dev.userservice.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.Json;
import java.util.Optional;

/**
 * What revision 2026-07-28 asks of a request and adds to a result. Its requests carry version, client and capabilities
 * in their {@code _meta} and need no handshake; its results say that they are complete, and whose they are.
 *
 * @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/basic">the specification</a>
 */
final class ModernEra {

    static final String DISCOVER = "server/discover";
    static final String LISTEN = "subscriptions/listen";
    static final String PREFIX = "io.modelcontextprotocol/";

    private static final String VERSION = "2026-07-28";
    private static final String PROTOCOL_VERSION = PREFIX + "protocolVersion";
    private static final String CLIENT_INFO = PREFIX + "clientInfo";
    private static final String CLIENT_CAPABILITIES = PREFIX + "clientCapabilities";
    private static final String SERVER_INFO = PREFIX + "serverInfo";
    private static final int TTL_MILLIS = 300_000;

    private final ServerCard card;

    ModernEra(ServerCard card) {
        this.card = card;
    }

    /** Returns whether a request is of this era, by its metadata or because its method exists in no other. */
    static boolean speaks(Inbound.Request request) {
        ObjectNode meta = request.meta();
        return meta.has(PROTOCOL_VERSION)
                || meta.has(CLIENT_INFO)
                || meta.has(CLIENT_CAPABILITIES)
                || request.method().equals(DISCOVER)
                || request.method().equals(LISTEN);
    }

    /**
     * Returns the error that a request's metadata deserves: an unknown version first, since it may have other rules.
     */
    static Optional<ObjectNode> refusal(ObjectNode meta) {
        JsonNode version = meta.path(PROTOCOL_VERSION);
        if (version.isTextual() && !version.textValue().equals(VERSION)) {
            ObjectNode error = ProtocolError.UNSUPPORTED_PROTOCOL_VERSION.error();
            ObjectNode data = error.putObject("data");
            data.putArray("supported").add(VERSION);
            data.put("requested", version.textValue());
            return Optional.of(error);
        }
        boolean complete = version.isTextual()
                && meta.path(CLIENT_CAPABILITIES).isObject()
                && (!meta.has(CLIENT_INFO) || isImplementation(meta.path(CLIENT_INFO)));
        return complete ? Optional.empty() : Optional.of(ProtocolError.INVALID_PARAMS.error());
    }

    private static boolean isImplementation(JsonNode client) {
        return client.path("name").isTextual() && client.path("version").isTextual();
    }

    static Optional<String> client(ObjectNode meta) {
        return Inbound.client(meta.path(CLIENT_INFO));
    }

    ObjectNode discovery() {
        ObjectNode discovery = Json.object();
        discovery.putArray("supportedVersions").add(VERSION);
        discovery.set("capabilities", card.capabilities());
        return cacheable(discovery.put("instructions", card.instructions()));
    }

    /** Adds to a result for how long it may be kept, and what every result has. */
    ObjectNode cacheable(ObjectNode result) {
        return complete(result.put("ttlMs", TTL_MILLIS).put("cacheScope", "private"));
    }

    /** Adds what every result has. */
    ObjectNode complete(ObjectNode result) {
        result.put("resultType", "complete");
        result.withObject("/_meta").set(SERVER_INFO, card.serverInfo());
        return result;
    }
}
