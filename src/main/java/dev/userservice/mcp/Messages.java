package dev.userservice.mcp;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The mapper the SDK's transport reads and writes with. Reading never fails: each line reaches the session as a
 * notification around what {@link Inbound} made of it, so no line can end the session. Writing hands out lines rendered
 * before.
 */
final class Messages implements McpJsonMapper {

    private static final String METHOD = "method";

    /** The SDK takes what has a method and no id for a notification, and asks for nothing else of it. */
    @Override
    @SuppressWarnings("unchecked") // the SDK reads lines as HashMap<String, Object> only
    public <T> T readValue(String line, TypeRef<T> type) {
        return (T) new HashMap<>(Map.of(METHOD, Inbound.read(line)));
    }

    @Override
    public <T> T convertValue(Object envelope, Class<T> type) {
        Object inbound = ((Map<?, ?>) envelope).get(METHOD);
        return type.cast(new McpSchema.JSONRPCNotification(METHOD, inbound));
    }

    @Override
    public String writeValueAsString(Object message) {
        return ((Outbound) message).line();
    }

    /** Returns what the mapper wrapped for the session, where a message is such a wrapping. */
    static Optional<Inbound> unwrap(McpSchema.JSONRPCMessage message) {
        return message instanceof McpSchema.JSONRPCNotification wrapping && wrapping.params() instanceof Inbound inbound
                ? Optional.of(inbound)
                : Optional.empty();
    }

    @Override
    public <T> T convertValue(Object value, TypeRef<T> type) {
        throw unused();
    }

    @Override
    public <T> T readValue(String content, Class<T> type) {
        throw unused();
    }

    @Override
    public <T> T readValue(byte[] content, Class<T> type) {
        throw unused();
    }

    @Override
    public <T> T readValue(byte[] content, TypeRef<T> type) {
        throw unused();
    }

    @Override
    public byte[] writeValueAsBytes(Object value) {
        throw unused();
    }

    private static UnsupportedOperationException unused() {
        return new UnsupportedOperationException("the stdio transport does not ask for this");
    }
}
