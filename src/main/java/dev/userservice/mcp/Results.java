package dev.userservice.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.Json;
import dev.userservice.model.Outcome;
import java.util.List;

/** The results the server gives, as the JSON objects they are on the wire. */
final class Results {

    /** The protocol's revisions that begin with {@code initialize}, the newest last. */
    private static final List<String> VERSIONS = List.of("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25");

    /** Where the machine-readable side of a tool error stands in a result's {@code _meta}. */
    private static final String ERROR_META = "dev.userservice/error";

    private final ServerCard card;

    Results(ServerCard card) {
        this.card = card;
    }

    /**
     * Returns the answer to {@code initialize}.
     *
     * @param asked the version that the client asks for
     */
    ObjectNode initialize(String asked) {
        // MCP 2025-11-25, lifecycle: the version asked for where it is supported, else the newest that is
        String agreed = VERSIONS.contains(asked) ? asked : VERSIONS.get(VERSIONS.size() - 1);
        ObjectNode result = Json.object().put("protocolVersion", agreed);
        result.set("capabilities", card.capabilities());
        result.set("serverInfo", card.serverInfo());
        return result.put("instructions", card.instructions());
    }

    ObjectNode toolList() {
        ObjectNode result = Json.object();
        result.set("tools", card.tools());
        return result;
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
        error.put("code", failure.code().label())
                .put("retryable", failure.code().retryable());
        failure.retryAfterSeconds().ifPresent(seconds -> error.put("retry_after_seconds", seconds));
        failure.reference().ifPresent(reference -> error.put("reference", reference));
        return result;
    }

    private static ObjectNode text(String text) {
        return Json.object().put("type", "text").put("text", text);
    }
}
