package dev.userservice.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * What revision 2026-07-28 asks of a request, which carries version, client and capabilities in its {@code _meta} and
 * needs no handshake.
 *
 * @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/basic">the specification</a>
 */
final class ModernEra {

    static final String DISCOVER = "server/discover";
    static final String LISTEN = "subscriptions/listen";
    static final String PREFIX = "io.modelcontextprotocol/";
    static final String VERSION = "2026-07-28";
    static final String CLIENT_INFO = PREFIX + "clientInfo";

    private static final String PROTOCOL_VERSION = PREFIX + "protocolVersion";
    private static final String CLIENT_CAPABILITIES = PREFIX + "clientCapabilities";

    private ModernEra() {}

    /** Returns whether a request is of this era, by its metadata or because its method exists in no other. */
    static boolean speaks(Inbound.Request request) {
        ObjectNode meta = request.meta();
        return meta.has(PROTOCOL_VERSION)
                || meta.has(CLIENT_INFO)
                || meta.has(CLIENT_CAPABILITIES)
                || request.method().equals(DISCOVER)
                || request.method().equals(LISTEN);
    }

    /** Returns the error that the metadata deserves: an unknown version first, since it may have other rules. */
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
}
