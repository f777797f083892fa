package dev.userservice.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.userservice.model.Json;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every line is something: a request, a notification, nothing, or an error under the id it can be sent under. */
final class InboundTest {

    static Stream<Arguments> lines() {
        return Stream.of(
                row("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\"}", "request 1 m {} true", "no params"),
                row(
                        "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"m\",\"params\":{\"x\":1}}",
                        "request \"a\" m {\"x\":1} true",
                        "a string id"),
                row(request("-5"), "request -5 m {} true", "a negative id"),
                row(
                        request("123456789012345678901234567890"),
                        "request 123456789012345678901234567890 m {} true",
                        "beyond 2^63"),
                row(request("\"\\u00e9\\u2028\""), "request \"\\u00E9\\u2028\" m {} true", "an id that is not ASCII"),
                row(request("1").replace("}", ",\"params\":[]}"), "request 1 m {} false", "params a list"),
                row(request("1").replace("}", ",\"params\":null}"), "request 1 m {} false", "params null"),
                row("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":{\"x\":1}}", "notification m {\"x\":1}", "no id"),
                row(
                        "{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":[1]}",
                        "notification m {}",
                        "no id, params a list"),
                row("", "nothing", "an empty line"),
                row("  \t", "nothing", "a blank line"),
                row("{\"jsonrpc\":\"2.0\",\"id\":9,\"result\":{}}", "nothing", "a stray response"),
                row("{\"jsonrpc\":\"2.0\",\"id\":9,\"error\":{}}", "nothing", "a stray error"),
                row(
                        "{\"jsonrpc\":\"2.0\",\"id\":9,\"result\":{},\"method\":\"m\"}",
                        "request 9 m {} true",
                        "a result with a method"),
                row("nope", "PARSE_ERROR", "not JSON"),
                row("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\"", "PARSE_ERROR", "cut off"),
                row(request("1") + " x", "PARSE_ERROR", "text after the object"),
                row("{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"m\"}", "PARSE_ERROR", "duplicate members"),
                row("[".repeat(200_000), "PARSE_ERROR", "200,000 levels"),
                row("[".repeat(1001) + "]".repeat(1001), "PARSE_ERROR", "1,001 levels"),
                row("[".repeat(1000) + "]".repeat(1000), "INVALID_REQUEST", "1,000 levels"),
                row(request("1".repeat(1001)), "PARSE_ERROR", "too long a number"),
                row("1", "INVALID_REQUEST", "a scalar"),
                row("null", "INVALID_REQUEST", "null"),
                row("[]", "INVALID_REQUEST", "a list"),
                row("[" + request("1") + "]", "INVALID_REQUEST", "a batch"),
                row("{}", "INVALID_REQUEST", "nothing in it"),
                row("{\"id\":1,\"method\":\"m\"}", "INVALID_REQUEST 1", "no jsonrpc"),
                row("{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"m\"}", "INVALID_REQUEST 1", "another jsonrpc"),
                row("{\"jsonrpc\":2.0,\"id\":1,\"method\":\"m\"}", "INVALID_REQUEST 1", "jsonrpc a number"),
                row(
                        "{\"jsonrpc\":\"1.0\",\"id\":1,\"result\":{}}",
                        "INVALID_REQUEST 1",
                        "a response of another protocol"),
                row("{\"jsonrpc\":\"2.0\",\"id\":1}", "INVALID_REQUEST 1", "nothing but an id"),
                row("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7}", "INVALID_REQUEST 1", "method a number"),
                row("{\"jsonrpc\":\"2.0\",\"method\":7}", "INVALID_REQUEST", "method a number, no id"),
                row(
                        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7,\"result\":{}}",
                        "INVALID_REQUEST 1",
                        "a result with a false method"),
                row(request("null"), "INVALID_REQUEST", "id null"),
                row(request("1.5"), "INVALID_REQUEST", "id fractional"),
                row(request("1.0"), "INVALID_REQUEST", "id written as a fraction"),
                row(request("true"), "INVALID_REQUEST", "id boolean"),
                row(request("{}"), "INVALID_REQUEST", "id an object"));
    }

    @ParameterizedTest(name = "{2}")
    @MethodSource("lines")
    void readsEveryLine(String line, String expected, String reason) {
        assertEquals(expected, described(Inbound.read(line)), reason);
    }

    private static String described(Inbound inbound) {
        if (inbound instanceof Inbound.Request request) {
            return "request " + request.id() + " " + request.method() + " " + Json.text(request.params()) + " "
                    + request.wellFormed();
        }
        if (inbound instanceof Inbound.Notification notification) {
            return "notification " + notification.method() + " " + Json.text(notification.params());
        }
        if (inbound instanceof Inbound.Invalid invalid) {
            return invalid.error() + invalid.id().map(id -> " " + id).orElse("");
        }
        return inbound instanceof Inbound.Nothing ? "nothing" : "null";
    }

    @Test
    void knowsACallByItsMethod() {
        assertEquals(true, call("{}").isCall());
        assertEquals(false, ((Inbound.Request) Inbound.read(request("1"))).isCall());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"_meta\":null}", "{\"_meta\":[1]}", "{\"_meta\":{}}"})
    void hasEmptyMetadataWhereThereIsNone(String params) {
        assertEquals(Json.object(), call(params).meta());
    }

    @Test
    void hasTheMetadataOfItsParameters() {
        assertEquals(Json.object().put("x", 1), call("{\"_meta\":{\"x\":1}}").meta());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "\"a\""})
    void readsTheIdOfACancellation(String id) {
        assertEquals(Optional.of(id), Inbound.id(Edge.parsed(id)));
    }

    static Stream<Arguments> weights() {
        return Stream.of(
                Arguments.of("{}", 160),
                Arguments.of("{\"ab\":1}", 160 + 96 + 2 * 2 + 96 + 2),
                Arguments.of("{\"a\":\"xyz\"}", 160 + 96 + 2 + 96 + 2 * 3),
                Arguments.of("{\"a\":[]}", 160 + 96 + 2 + 160),
                Arguments.of("{\"a\":[0,{\"b\":null}]}", 160 + 96 + 2 + 160 + 96 + 2 + 160 + 96 + 2 + 96 + 2 * 4));
    }

    @ParameterizedTest
    @MethodSource("weights")
    void weighsWhatACallKeeps(String params, long bytes) {
        assertEquals(512 + 2 * 3 + bytes, call(params).weight());
    }

    @Test
    void weighsNoParametersThatAreNotKept() {
        assertEquals(
                512 + 2,
                ((Inbound.Request) Inbound.read(request("1").replace("}", ",\"params\":{\"x\":1}}"))).weight());
    }

    @ParameterizedTest(name = "{2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"name\":\"c\",\"version\":\"1\"} | c/1 | both",
                "{\"name\":\"c\"}                   | c   | no version",
                "{\"name\":\"c\",\"version\":\"\"}  | c   | an empty version",
                "{\"name\":\"c\",\"version\":1}     | c   | a version that is no string",
                "{\"version\":\"1\"}                |     | no name",
                "{\"name\":\"\",\"version\":\"1\"}  |     | an empty name",
                "{\"name\":7,\"version\":\"1\"}     |     | a name that is no string",
                "[]                                 |     | no object"
            })
    void callsAClientByNameAndVersion(String implementation, String name, String reason) {
        assertEquals(Optional.ofNullable(name), Inbound.client(Edge.parsed(implementation)), reason);
    }

    private static String request(String id) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"m\"}";
    }

    private static Inbound.Request call(String params) {
        return (Inbound.Request) Inbound.read(Edge.request("\"a\"", "tools/call", params));
    }

    private static Arguments row(String line, String expected, String reason) {
        return Arguments.of(line, expected, reason);
    }
}
