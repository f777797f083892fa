package dev.userservice.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.call.ApiAnswer;
import dev.userservice.call.ApiRequest;
import dev.userservice.model.Json;
import dev.userservice.sanitize.OutputSchema;
import dev.userservice.validate.Arguments;
import dev.userservice.validate.InputSchema;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * A tool as data. It has no client, clock, log or stream, so it can skip no stage.
 *
 * @param purpose what it does, as error texts say it: "Unable to <em>retrieve user</em>"
 * @param notFound what a caller is told where the API has no such record
 * @param request from checked arguments to the one question put to the API; pure
 * @param shape from arguments and answer to the record the released fields are copied from; pure
 * @param most from arguments to the most users that the result can hold
 * @param disclosed from a result to the number of users in it
 * @param trial how {@code check} tries the tool
 */
public record Tool(
        String name,
        String title,
        String description,
        String purpose,
        String notFound,
        InputSchema input,
        OutputSchema output,
        Function<Arguments, ApiRequest> request,
        BiFunction<Arguments, ApiAnswer, JsonNode> shape,
        ToIntFunction<Arguments> most,
        ToIntFunction<JsonNode> disclosed,
        Trial trial) {

    /** What stands around a result: the message it is in, and its own members. */
    private static final long ENVELOPE_BYTES = 1024;

    /** Returns the tool as it is published to clients (MCP, server/tools: Tool), its members always in this order. */
    public ObjectNode publish() {
        ObjectNode tool = Json.object().put("name", name).put("title", title).put("description", description);
        tool.set("inputSchema", input.publish());
        tool.set("outputSchema", output.publish());
        tool.putObject("annotations")
                .put("title", title)
                .put("readOnlyHint", true)
                .put("destructiveHint", false)
                .put("idempotentHint", true)
                .put("openWorldHint", false);
        return tool;
    }

    /** Returns the most bytes that an answer of this tool can take on the wire, beside the id it repeats. */
    public long maxAnswerBytes() {
        return ENVELOPE_BYTES + output.maxBytes();
    }
}
