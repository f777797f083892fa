package dev.userservice.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.userservice.model.Json;
import dev.userservice.model.Redactor;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each line goes through the SDK untouched, as what it was read as. */
final class MessagesTest {

    private static final Messages MESSAGES = new Messages();

    @ParameterizedTest
    @ValueSource(strings = {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}", "nope", "", "[]", "{\"result\":1}"})
    void carriesAnyLineThroughTheSdk(String line) throws IOException {
        assertEquals(
                Optional.of(Inbound.read(line)), Messages.unwrap(McpSchema.deserializeJsonRpcMessage(MESSAGES, line)));
    }

    @Test
    void unwrapsNothingElse() {
        assertEquals(Optional.empty(), Messages.unwrap(new McpSchema.JSONRPCNotification("m", "params")));
        assertEquals(
                Optional.empty(),
                Messages.unwrap(Outbound.answer(Optional.empty(), "error", Json.object(), new Redactor())));
    }

    @Test
    void writesALineAsItWasRendered() {
        Outbound message =
                Outbound.answer(Optional.of("1"), "result", Json.object().put("x", "\u00e9"), new Redactor());
        assertEquals(
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"x\":\"\u00e9\"}}", MESSAGES.writeValueAsString(message));
    }

    static Stream<Executable> unused() {
        TypeRef<String> type = new TypeRef<>() {};
        return Stream.of(
                () -> MESSAGES.convertValue("x", type),
                () -> MESSAGES.readValue("x", String.class),
                () -> MESSAGES.readValue(new byte[0], String.class),
                () -> MESSAGES.readValue(new byte[0], type),
                () -> MESSAGES.writeValueAsBytes("x"));
    }

    @ParameterizedTest
    @MethodSource("unused")
    void doesNothingThatTheTransportDoesNotAskFor(Executable unused) {
        assertThrows(UnsupportedOperationException.class, unused);
    }
}
