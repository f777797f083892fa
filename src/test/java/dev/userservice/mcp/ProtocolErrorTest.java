package dev.userservice.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.userservice.model.Json;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Codes and messages are fixed. */
final class ProtocolErrorTest {

    @ParameterizedTest
    @CsvSource({
        "PARSE_ERROR, -32700, Parse error",
        "INVALID_REQUEST, -32600, Invalid request",
        "METHOD_NOT_FOUND, -32601, Method not found",
        "INVALID_PARAMS, -32602, Invalid params",
        "UNKNOWN_TOOL, -32602, Unknown tool",
        "INTERNAL_ERROR, -32603, Internal error",
        "UNSUPPORTED_PROTOCOL_VERSION, -32022, Unsupported protocol version"
    })
    void hasOneCodeAndOneMessage(ProtocolError error, int code, String message) {
        assertEquals("{\"code\":" + code + ",\"message\":\"" + message + "\"}", Json.text(error.error()));
    }
}
