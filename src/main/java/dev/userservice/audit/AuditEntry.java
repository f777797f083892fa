package dev.userservice.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.Call;
import dev.userservice.model.Json;
import dev.userservice.model.Outcome;
import dev.userservice.model.Redactor;
import java.util.Optional;

/**
 * What the log says of one tool call. A declared argument of a rejected call is cut to 128 code points of its JSON;
 * whatever the caller chose stays inside its JSON string.
 *
 * @param client what the client says of itself, {@code name/version}
 * @param arguments those that the tool declares
 */
public record AuditEntry(
        Call call, Optional<String> client, Optional<String> operation, ObjectNode arguments, Outcome outcome) {

    private static final int MAX_NAME_CODE_POINTS = 64;
    private static final int MAX_REJECTED_CODE_POINTS = 128;

    /** Adds the call's members to a line, in the documented order; one that has no value is left out. */
    void describe(ObjectNode line, AuditLog.Identity identity, Redactor redactor) {
        line.put("call_id", call.id());
        identity.describe(line);
        client.ifPresent(name -> line.put("client", cut(redactor.redact(name), MAX_NAME_CODE_POINTS)));
        call.trace().traceId().ifPresent(id -> line.put("trace_id", id));
        operation.ifPresent(name -> line.put("operation", cut(redactor.redact(name), MAX_NAME_CODE_POINTS)));
        if (!arguments.isEmpty()) {
            ObjectNode recorded = line.putObject("arguments");
            arguments.properties().forEach(member -> recorded.set(member.getKey(), cut(member.getValue(), redactor)));
        }
        String result = outcome.fold(success -> "ok", failure -> failure.code().label());
        line.put("result", result);
        call.httpStatus().ifPresent(status -> line.put("http_status", status));
        line.put("attempts", call.attempts()).put("duration_ms", call.elapsed().toMillis());
        if (outcome instanceof Outcome.Success success) {
            line.put("records", success.records()).put("cleaned", success.cleaned());
        }
    }

    /**
     * Redacts before it cuts, so that no half of the token is left. Where redacting makes two names of an object one,
     * the value would not be JSON any more; it is recorded as text. Accepted values are all shorter than the limit.
     */
    private static JsonNode cut(JsonNode value, Redactor redactor) {
        String text = Json.text(value, redactor);
        String cut = cut(text, MAX_REJECTED_CODE_POINTS);
        boolean whole = cut.equals(text) && Json.parse(text).isPresent();
        return whole ? value : Json.object().textNode(cut);
    }

    private static String cut(String text, int codePoints) {
        int kept = Math.min(codePoints, text.codePointCount(0, text.length()));
        return text.substring(0, text.offsetByCodePoints(0, kept));
    }
}
