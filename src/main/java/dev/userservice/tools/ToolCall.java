package dev.userservice.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.Json;
import java.util.Map;
import java.util.Optional;

/**
 * What a caller asks for, before anything of it is checked.
 *
 * @param params of the parameters of {@code tools/call} what a call needs: {@code name}, {@code arguments} and the
 * trace
 *     context; the rest is not kept while the call is under way
 * @param client what the client says of itself
 * @param acceptable whether the request around it is one the protocol allows; one that is not is only recorded
 */
public record ToolCall(ObjectNode params, Optional<String> client, boolean acceptable) {

  private static final int MAX_SMALL_MEMBERS = 16;
  private static final int MAX_SMALL_TEXT = 1024;
  private static final String NAME = "name";
  private static final String ARGUMENTS = "arguments";
  private static final String TRACEPARENT = "traceparent";

  public ToolCall {
    ObjectNode needed = Json.object();
    copy(params, NAME, needed);
    copy(params, ARGUMENTS, needed);
    copy(params.path("_meta"), TRACEPARENT, needed);
    params = needed;
  }

  public ToolCall(ObjectNode params, Optional<String> client) {
    this(params, client, true);
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

  /** Returns whether it is no larger than a call can be that passes the checks, and some. */
  boolean isSmall() {
    return name().orElse("").length() <= MAX_SMALL_TEXT
        && traceparent().orElse("").length() <= MAX_SMALL_TEXT
        && arguments().filter(ToolCall::areSmall).isPresent();
  }

  private static boolean areSmall(ObjectNode arguments) {
    return arguments.size() <= MAX_SMALL_MEMBERS && arguments.properties().stream().allMatch(ToolCall::isSmall);
  }

  private static boolean isSmall(Map.Entry<String, JsonNode> argument) {
    return argument.getKey().length() <= MAX_SMALL_TEXT
        && argument.getValue().isValueNode()
        && argument.getValue().asText().length() <= MAX_SMALL_TEXT;
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
