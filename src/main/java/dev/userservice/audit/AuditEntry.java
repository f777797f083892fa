package dev.userservice.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.Call;
import dev.userservice.model.Json;
import dev.userservice.model.Outcome;
import dev.userservice.model.Redactor;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the log says of one tool call. A declared argument of a rejected call is cut to 128 code points of its JSON;
 * whatever the caller chose stays inside its JSON string.
 *
 * @param client what the client says of itself, {@code name/version}
 * @param operation the tool's name
 * @param arguments the declared arguments
 * @param outcome how the call ended
 */
public record AuditEntry(
        Call call, Optional<String> client, Optional<String> operation, ObjectNode arguments, Outcome outcome) {

    private static final int MAX_NAME_CODE_POINTS = 64;
    private static final int MAX_REJECTED_CODE_POINTS = 128;

    /** Adds the call's members to a line, in the documented order; one that has no value is left out. */
    void describe(ObjectNode line, String account, String osUser, Redactor redactor) {
        line.put("call_id", call.id()).put("account", account).put("os_user", osUser);
        client.ifPresent(name -> line.put("client", cut(redactor.redact(name), MAX_NAME_CODE_POINTS)));
        operation.ifPresent(name -> line.put("operation", cut(redactor.redact(name), MAX_NAME_CODE_POINTS)));
        if (!arguments.isEmpty()) {
            ObjectNode cut = line.putObject("arguments");
            arguments.properties().forEach(argument -> cut.set(argument.getKey(), cut(argument.getValue(), redactor)));
        }
        line.put(
                "result",
                outcome.<String>fold(success -> "ok", failure -> failure.code().label()));
        call.httpStatus().ifPresent(status -> line.put("http_status", status));
        line.put("attempts", call.attempts()).put("duration_ms", call.elapsed().toMillis());
        outcome.fold(
                success -> line.put("records", success.records()).put("cleaned", success.cleaned()), failure -> line);
    }

    /** Redacts before it cuts, so that no half of the token is left; accepted values are all shorter than the limit. */
    private static JsonNode cut(JsonNode value, Redactor redactor) {
        String text = Json.text(value, redactor);
        String cut = cut(text, MAX_REJECTED_CODE_POINTS);
        return cut.equals(text) && keepsNamesApart(value, redactor)
                ? value
                : Json.object().textNode(cut);
    }

    /**
     * Returns whether no object has a name twice once the line is redacted, as it has where two names hold the token in
     * two forms. Such a value is recorded as text, so that the line stays JSON.
     */
    private static boolean keepsNamesApart(JsonNode value, Redactor redactor) {
        Set<String> names = new HashSet<>();
        for (Map.Entry<String, JsonNode> member : value.properties()) {
            if (!names.add(redactor.redact(member.getKey()))) {
                return false;
            }
        }
        for (JsonNode part : value) {
            if (!keepsNamesApart(part, redactor)) {
                return false;
            }
        }
        return true;
    }

    private static String cut(String text, int codePoints) {
        return text.codePointCount(0, text.length()) <= codePoints
                ? text
                : text.substring(0, text.offsetByCodePoints(0, codePoints));
    }
}
