package dev.userservice.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.userservice.UserApiFactory;
import dev.userservice.model.Json;
import dev.userservice.model.Redactor;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A message is one line of JSON without the token; its id is as the client wrote it. */
final class OutboundTest {

    private static final String TOKEN = UserApiFactory.TOKEN.reveal();

    private final Redactor redactor = new Redactor();

    OutboundTest() {
        redactor.know(UserApiFactory.TOKEN);
    }

    @Test
    void isAResult() {
        Outbound message = Outbound.answer(
                Optional.of("\"" + TOKEN + "\""), "result", Json.object().put("x", TOKEN), redactor);
        assertEquals(
                "{\"jsonrpc\":\"2.0\",\"id\":\"" + TOKEN + "\",\"result\":{\"x\":\"[redacted]\"}}", message.line());
    }

    @Test
    void isAnErrorWithAnId() {
        Outbound message =
                Outbound.answer(Optional.of("7"), "error", Json.object().put("message", TOKEN), redactor);
        assertEquals("{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{\"message\":\"[redacted]\"}}", message.line());
    }

    @Test
    void isAnErrorWithoutAnId() {
        Outbound message = Outbound.answer(Optional.empty(), "error", Json.object(), redactor);
        assertEquals("{\"jsonrpc\":\"2.0\",\"error\":{}}", message.line());
    }

    @Test
    void isANotification() {
        Outbound message = Outbound.notification("m", Json.object().put("x", TOKEN), redactor);
        assertEquals("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":{\"x\":\"[redacted]\"}}", message.line());
    }

    @Test
    void isAsLongAsOnTheWire() {
        Outbound message =
                Outbound.answer(Optional.empty(), "error", Json.object().put("x", "\u00e9\ud83d\ude00\n"), redactor);
        assertEquals("{\"jsonrpc\":\"2.0\",\"error\":{\"x\":\"\u00e9\ud83d\ude00\\n\"}}", message.line());
        assertEquals(message.line().length() + 1 + 2, message.bytes()); // two bytes for one character, four for two
        assertEquals("2.0", message.jsonrpc());
    }
}
