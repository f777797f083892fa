package dev.userservice.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.mcp.Ledger.Entry;
import dev.userservice.model.Call;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Json;
import dev.userservice.model.Outcome;
import dev.userservice.tools.CallRequest;
import dev.userservice.tools.CallRequest.Admission;
import dev.userservice.tools.UserTools;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Starts the call that a request asks for, with room reserved for its answer, and sends what comes of it. A call that
 * cannot go on, for want of room or for another reason, is started all the same, because every call leaves an audit
 * line. Used under the session's lock.
 */
record Calls(UserTools tools, Answers answers) {

    /**
     * Starts a call. It can be cancelled only under the lock that is held here, so nobody asks for that before the
     * ledger knows how.
     *
     * @param client what the client says of itself
     * @param refusal the error for a request that breaks the protocol, known before the call is looked at
     * @param finish what the era adds to a result
     */
    void start(
            Entry entry,
            Inbound.Request request,
            Optional<String> client,
            Optional<ObjectNode> refusal,
            UnaryOperator<ObjectNode> finish) {
        Admission admission = refusal.isPresent() ? Admission.MALFORMED : admission(entry, request);
        Call call = tools.accept(new CallRequest(request.params(), client, admission));
        answers.ledger().cancellable(entry, () -> tools.cancel(call));
        ObjectNode malformed = refusal.orElseGet(ProtocolError.INVALID_PARAMS::error);
        call.outcome().thenAccept(outcome -> end(entry, outcome, malformed, finish));
    }

    private Admission admission(Entry entry, Inbound.Request request) {
        boolean full = Optional.ofNullable(request.params().path("name").textValue())
                .flatMap(tools::find)
                .filter(tool -> !answers.ledger().reserve(entry, tool.maxAnswerBytes()))
                .isPresent();
        return full ? Admission.NO_ROOM : Admission.ADMITTED;
    }

    /** Sends nothing for a cancelled call, a JSON-RPC error for what was no call of a tool, a result for the rest. */
    private void end(Entry entry, Outcome outcome, ObjectNode malformed, UnaryOperator<ObjectNode> finish) {
        Optional<ErrorCode> code = outcome.fold(success -> Optional.empty(), failure -> Optional.of(failure.code()));
        if (code.equals(Optional.of(ErrorCode.CANCELLED))) {
            answers.ledger().drop(entry);
        } else if (code.equals(Optional.of(ErrorCode.UNKNOWN_TOOL))) {
            answers.error(entry, ProtocolError.UNKNOWN_TOOL);
        } else if (code.equals(Optional.of(ErrorCode.INVALID_PARAMS))) {
            answers.error(entry, malformed);
        } else {
            answers.result(entry, () -> finish.apply(result(outcome)));
        }
    }

    /** Returns a tool call's result: the data twice, or the fixed text (MCP 2025-11-25, server/tools). */
    static ObjectNode result(Outcome outcome) {
        return outcome.fold(Calls::success, Calls::failure);
    }

    private static ObjectNode success(Outcome.Success success) {
        ObjectNode result = text(Json.text(success.content()));
        result.set("structuredContent", success.content());
        return result.put("isError", false);
    }

    private static ObjectNode failure(Outcome.Failure failure) {
        ObjectNode result = text(failure.text()).put("isError", true);
        ErrorCode code = failure.code();
        ObjectNode error = result.putObject("_meta").putObject("dev.userservice/error");
        error.put("code", code.label()).put("retryable", code.retryable());
        failure.retryAfterSeconds().ifPresent(seconds -> error.put("retry_after_seconds", seconds));
        failure.reference().ifPresent(reference -> error.put("reference", reference));
        return result;
    }

    private static ObjectNode text(String text) {
        ObjectNode result = Json.object();
        result.putArray("content").addObject().put("type", "text").put("text", text);
        return result;
    }
}
