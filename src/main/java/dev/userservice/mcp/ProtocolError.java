package dev.userservice.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.Json;

/** The JSON-RPC 2.0 errors (section 5.1) that leave this server, each with its one fixed message. */
enum ProtocolError {
    PARSE_ERROR(-32700, "Parse error"),
    INVALID_REQUEST(-32600, "Invalid request"),
    METHOD_NOT_FOUND(-32601, "Method not found"),
    INVALID_PARAMS(-32602, "Invalid params"),
    UNKNOWN_TOOL(-32602, "Unknown tool"),
    INTERNAL_ERROR(-32603, "Internal error"),
    /** MCP 2026-07-28, basic: error codes. */
    UNSUPPORTED_PROTOCOL_VERSION(-32022, "Unsupported protocol version");

    private final int code;
    private final String message;

    ProtocolError(int code, String message) {
        this.code = code;
        this.message = message;
    }

    ObjectNode error() {
        return Json.object().put("code", code).put("message", message);
    }
}
