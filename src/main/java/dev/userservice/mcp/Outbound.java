package dev.userservice.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.userservice.model.Json;
import dev.userservice.model.Redactor;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.Optional;

/**
 * A message on its way out, as the one line it will be: rendered and redacted before the SDK's writer sees it.
 *
 * @param line JSON without a line break
 */
record Outbound(String line) implements McpSchema.JSONRPCMessage {

  @Override
  public String jsonrpc() {
    return McpSchema.JSONRPC_VERSION;
  }

  /** @param id the request's id, as JSON text */
  static Outbound result(String id, ObjectNode result, Redactor redactor) {
    ObjectNode message = envelope(Optional.of(id));
    message.set("result", result);
    return new Outbound(Json.text(message, redactor));
  }

  /** @param id the request's id as JSON text, where it could be read; the message has none otherwise */
  static Outbound error(Optional<String> id, ObjectNode error, Redactor redactor) {
    ObjectNode message = envelope(id);
    message.set("error", error);
    return new Outbound(Json.text(message, redactor));
  }

  static Outbound notification(String method, ObjectNode params, Redactor redactor) {
    ObjectNode message = envelope(Optional.empty()).put("method", method);
    message.set("params", params);
    return new Outbound(Json.text(message, redactor));
  }

  private static ObjectNode envelope(Optional<String> id) {
    ObjectNode message = Json.object().put("jsonrpc", McpSchema.JSONRPC_VERSION);
    id.ifPresent(text -> message.putRawValue("id", new RawValue(text)));
    return message;
  }
}
