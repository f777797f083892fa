package dev.userservice.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.userservice.model.Json;
import dev.userservice.model.Redactor;
import io.modelcontextprotocol.spec.McpSchema;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A message on its way out: the one line it will be, rendered and redacted before the SDK's writer sees it, and held as
 * the bytes it has on the wire, so that what waits is known to the byte. Immutable.
 */
final class Outbound implements McpSchema.JSONRPCMessage {

    private final byte[] line;

    private Outbound(ObjectNode message, Redactor redactor) {
        this.line = Json.text(message, redactor).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Returns an answer.
     *
     * @param id the request's id as JSON text, where it could be read; the message has none otherwise
     * @param kind {@code result} or {@code error}
     */
    static Outbound answer(Optional<String> id, String kind, ObjectNode content, Redactor redactor) {
        ObjectNode message = Json.object().put("jsonrpc", McpSchema.JSONRPC_VERSION);
        id.ifPresent(text -> message.putRawValue("id", new RawValue(text)));
        return new Outbound(message.set(kind, content), redactor);
    }

    static Outbound notification(String method, ObjectNode params, Redactor redactor) {
        ObjectNode message =
                Json.object().put("jsonrpc", McpSchema.JSONRPC_VERSION).put("method", method);
        return new Outbound(message.set("params", params), redactor);
    }

    @Override
    public String jsonrpc() {
        return McpSchema.JSONRPC_VERSION;
    }

    /** Returns the message as JSON without a line break. */
    String line() {
        return new String(line, StandardCharsets.UTF_8);
    }

    /** Returns the length of the line on the wire, its newline not counted. */
    int bytes() {
        return line.length;
    }
}
