package dev.userservice.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.Json;
import dev.userservice.model.Outcome;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.List;
import java.util.Map;

/** The results the server gives, as the JSON objects they are on the wire. */
final class Results {

  /** Where the machine-readable side of a tool error stands in a result's {@code _meta}. */
  private static final String ERROR_META = "dev.userservice/error";

  private final ServerCard card;

  Results(ServerCard card) {
    this.card = card;
  }

  /** Returns what one of the SDK's results is on the wire. What the server says of itself is ours in every era. */
  ObjectNode of(Object sdkResult) {
    if (sdkResult instanceof McpSchema.InitializeResult initialize) {
      return initialize(initialize.protocolVersion());
    }
    if (sdkResult instanceof McpSchema.ListToolsResult) {
      return toolList();
    }
    if (sdkResult instanceof McpSchema.CallToolResult call && call.structuredContent() instanceof ObjectNode result) {
      return result;
    }
    throw new IllegalArgumentException("no result of this server");
  }

  private ObjectNode initialize(String protocolVersion) {
    ObjectNode result = Json.object().put("protocolVersion", protocolVersion);
    result.set("capabilities", card.capabilities());
    result.set("serverInfo", card.serverInfo());
    return result.put("instructions", card.instructions());
  }

  ObjectNode toolList() {
    ObjectNode result = Json.object();
    result.set("tools", card.tools());
    return result;
  }

  /** Wraps a finished tool result for its way through the SDK. */
  static McpSchema.CallToolResult wrapped(ObjectNode result) {
    return new McpSchema.CallToolResult(List.of(), null, result, Map.of());
  }

  /** Returns a tool call's result: the data twice, or the fixed text (MCP 2025-11-25, server/tools). */
  static ObjectNode toolResult(Outcome outcome) {
    return outcome.fold(Results::success, Results::failure);
  }

  private static ObjectNode success(Outcome.Success success) {
    ObjectNode result = Json.object();
    result.putArray("content").add(text(Json.text(success.content())));
    result.set("structuredContent", success.content());
    return result.put("isError", false);
  }

  private static ObjectNode failure(Outcome.Failure failure) {
    ObjectNode result = Json.object();
    result.putArray("content").add(text(failure.text()));
    result.put("isError", true);
    ObjectNode error = result.putObject("_meta").putObject(ERROR_META);
    error.put("code", failure.code().label()).put("retryable", failure.code().retryable());
    failure.retryAfterSeconds().ifPresent(seconds -> error.put("retry_after_seconds", seconds));
    failure.reference().ifPresent(reference -> error.put("reference", reference));
    return result;
  }

  private static ObjectNode text(String text) {
    return Json.object().put("type", "text").put("text", text);
  }
}
