package dev.userservice.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.Call;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Json;
import dev.userservice.model.Outcome;
import dev.userservice.model.Redactor;
import dev.userservice.model.Secret;
import dev.userservice.model.TraceContext;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The token is in no audit line, whoever wrote it where, and no line grows with what a caller sends. */
final class AuditSecrecyTest {

    private static final String TOKEN = "svc-token-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789";

    private final Redactor redactor = new Redactor();
    private final List<String> lines = new ArrayList<>();
    private boolean taken = true;
    private final AuditLog log = new AuditLog(
            line -> {
                lines.add(new String(line, StandardCharsets.UTF_8));
                return taken;
            },
            AuditChain.plain(),
            redactor,
            Clock.systemUTC(),
            new AuditLog.Identity("1.0.0", 1, "svc", "ada", Optional.empty()));

    private void append(String client, String operation, ObjectNode arguments, ErrorCode code) {
        Call call = new Call("6f0c1d2e-1", TraceContext.NONE, Duration.ofSeconds(20), () -> 0);
        Outcome outcome = new Outcome.Failure(code, "", OptionalLong.empty(), Optional.empty());
        log.append(() -> new AuditLog.Entry(call, Optional.of(client), Optional.of(operation), arguments, outcome));
    }

    private void assertClean() {
        assertFalse(lines.get(0).contains("svc-token-0123"), lines.get(0));
    }

    @Test
    void redactsTheClientBeforeCutting() {
        redactor.know(new Secret(TOKEN));
        append(TOKEN + "/1", "get_user", Json.object(), ErrorCode.NOT_FOUND);
        assertClean();
    }

    @Test
    void redactsTheOperationBeforeCutting() {
        redactor.know(new Secret(TOKEN));
        append("c", "x".repeat(40) + TOKEN, Json.object(), ErrorCode.UNKNOWN_TOOL);
        assertClean();
    }

    @Test
    void redactsRejectedArgumentsBeforeCutting() {
        redactor.know(new Secret(TOKEN));
        append("c", "get_user", Json.object().put("user_id", "x".repeat(90) + TOKEN), ErrorCode.INVALID_INPUT);
        assertClean();
    }

    @Test
    void redactsArraysInRejectedArguments() {
        redactor.know(new Secret(TOKEN));
        ObjectNode arguments = Json.object();
        arguments.putArray("user_id").add(TOKEN);
        append("c", "get_user", arguments, ErrorCode.INVALID_INPUT);
        assertClean();
    }

    @Test
    void redactsATokenThatJsonEscapesInACutArgument() {
        redactor.know(new Secret("svc-token-0123\"456789"));
        append(
                "c",
                "get_user",
                Json.object().put("user_id", "svc-token-0123\"456789" + "x".repeat(200)),
                ErrorCode.INVALID_INPUT);
        assertClean();
    }

    @Test
    void cutsTheRejectedArgumentsOfACallThatWasCancelled() {
        append("c", "get_user", Json.object().put("user_id", "x".repeat(100_000)), ErrorCode.CANCELLED);
        assertTrue(lines.get(0).length() < 2000, "length " + lines.get(0).length());
    }

    @Test
    void countsTheCallsItHasLinesOf() throws Exception {
        log.start(List.of("get_user"), 2000, "5c4e");
        taken = false;
        assertThrows(CallFailure.class, () -> append("c", "get_user", Json.object(), ErrorCode.NOT_FOUND));
        taken = true;
        log.end(AuditLog.EndReason.SIGNAL);
        assertEquals(1, Json.parse(lines.get(2)).orElseThrow().path("calls").asInt());
    }
}
