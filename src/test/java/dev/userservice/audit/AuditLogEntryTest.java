package dev.userservice.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.Call;
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
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class AuditLogEntryTest {

    private static final Outcome SUCCESS = new Outcome.Success(Json.object().put("name", "Ada"), 50, 3);

    private final Redactor redactor = new Redactor();
    private long now;
    private final Call call = new Call("6f0c1d2e-1", TraceContext.NONE, Duration.ofSeconds(20), () -> now);

    private AuditLog.Identity identity = new AuditLog.Identity("1", 1, "svc-users", "ada", Optional.empty());

    private static Outcome failure(ErrorCode code) {
        return new Outcome.Failure(code, "Error", OptionalLong.of(3), Optional.of("6f0c1d2e-1"));
    }

    private String describe(AuditLog.Entry entry) {
        List<String> lines = new ArrayList<>();
        AuditLog.Sink sink = line -> lines.add(new String(line, StandardCharsets.UTF_8));
        new AuditLog(sink, AuditChain.plain(), redactor, Clock.systemUTC(), identity).append(() -> entry);
        String line = lines.get(0);
        String members = line.substring(line.indexOf("\"call_id\""), line.lastIndexOf(",\"previous\""));
        return Json.text(Json.parse("{" + members + "}").orElseThrow());
    }

    private String describe(String client, String operation, ObjectNode arguments, Outcome outcome) {
        return describe(new AuditLog.Entry(call, Optional.of(client), Optional.of(operation), arguments, outcome));
    }

    @Test
    void describesASuccessInTheDocumentedOrder() {
        call.countAttempt();
        call.countAttempt();
        call.httpStatus(200);
        now += Duration.ofMillis(18).toNanos() + 999_999;
        assertEquals(
                """
        {"call_id":"6f0c1d2e-1","account":"svc-users","os_user":"ada","client":"claude-code/2.1.330",\
        "operation":"get_user","arguments":{"user_id":"123"},"result":"ok","http_status":200,"attempts":2,\
        "duration_ms":18,"records":50,"cleaned":3}""", describe("claude-code/2.1.330", "get_user", Json.object().put("user_id", "123"), SUCCESS));
    }

    @Test
    void namesThePersonBehindSudoAfterTheUser() {
        identity = new AuditLog.Identity("1", 1, "svc-users", "directory", Optional.of("ada"));
        String line = describe("c", "o", Json.object(), SUCCESS);
        assertTrue(line.contains(",\"os_user\":\"directory\",\"sudo_user\":\"ada\",\"client\":"), line);
    }

    @Test
    void leavesOutWhatHasNoValue() {
        assertEquals(
                """
        {"call_id":"6f0c1d2e-1","account":"svc-users","os_user":"ada","result":"invalid_params","attempts":0,\
        "duration_ms":0}""",
                describe(new AuditLog.Entry(
                        call, Optional.empty(), Optional.empty(), Json.object(), failure(ErrorCode.INVALID_PARAMS))));
    }

    @ParameterizedTest
    @EnumSource
    void namesTheResultByItsCode(ErrorCode code) {
        assertEquals(
                "{\"call_id\":\"6f0c1d2e-1\",\"account\":\"svc-users\",\"os_user\":\"ada\",\"client\":\"c\","
                        + "\"operation\":\"o\",\"result\":\"" + code.label() + "\",\"attempts\":0,\"duration_ms\":0}",
                describe("c", "o", Json.object(), failure(code)));
    }

    @ParameterizedTest
    @CsvSource({
        "n, 64, n, 64, as long as may be",
        "n, 65, n, 64, one too many",
        "n, 100000, n, 64, many too many",
        "😀, 64, 😀, 64, counted in code points",
        "😀, 65, 😀, 64, no pair is torn"
    })
    void cutsClientAndOperation(String unit, int times, String kept, int keptTimes, String reason) {
        String cut = kept.repeat(keptTimes);
        assertEquals(
                "{\"call_id\":\"6f0c1d2e-1\",\"account\":\"svc-users\",\"os_user\":\"ada\",\"client\":\"" + cut
                        + "\",\"operation\":\"" + cut
                        + "\",\"result\":\"unknown_tool\",\"attempts\":0,\"duration_ms\":0}",
                describe(unit.repeat(times), unit.repeat(times), Json.object(), failure(ErrorCode.UNKNOWN_TOOL)),
                reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      "abc"                       | "abc"                     | a short string as it is
      {"a":[1,true,null]}         | {"a":[1,true,null]}       | a short value as it is
      "%126x"                     | "%126x"                   | 128 code points of JSON
      "%127x"                     | "\\"%127x"                | 129 code points of JSON
      "%126y"                     | "%126y"                   | counted in code points
      "%127y"                     | "\\"%127y"                | no pair is torn
      [%200n]                     | "[%127n"                  | an array becomes its JSON's beginning
      %500n                       | "%128n"                   | a long number too
      """)
    void cutsTheArgumentsOfARejectedCall(String given, String written, String reason) {
        ObjectNode arguments = (ObjectNode)
                Json.parse("{\"user_id\":" + grown(given) + ",\"limit\":1}").orElseThrow();
        assertEquals(
                "{\"call_id\":\"6f0c1d2e-1\",\"account\":\"svc-users\",\"os_user\":\"ada\",\"client\":\"c\","
                        + "\"operation\":\"get_user\",\"arguments\":{\"user_id\":" + grown(written) + ",\"limit\":1},"
                        + "\"result\":\"invalid_input\",\"attempts\":0,\"duration_ms\":0}",
                describe("c", "get_user", arguments, failure(ErrorCode.INVALID_INPUT)),
                reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      {"a-token-0123456789":1,"b":2}    | {"[redacted]":1,"b":2}      | one name that holds it
      {"a-token-0123456789":1,"YS10b2tlbi0wMTIzNDU2Nzg5":2} \
      | "{\\"[redacted]\\":1,\\"[redacted]\\":2}"                     | two names that become one
      [[{"x a-token-0123456789":1,"x YS10b2tlbi0wMTIzNDU2Nzg5":2}]] \
      | "[[{\\"x [redacted]\\":1,\\"x [redacted]\\":2}]]"             | further in
      {"b":{"c":{"a-token-0123456789":{},"%61%2d%74%6f%6b%65%6e%2d%30%31%32%33%34%35%36%37%38%39":[]}}} \
      | "{\\"b\\":{\\"c\\":{\\"[redacted]\\":{},\\"[redacted]\\":[]}}}" | objects in objects
      [{"a-token-0123456789":1},{"YS10b2tlbi0wMTIzNDU2Nzg5":2}] \
      | [{"[redacted]":1},{"[redacted]":2}]                         | in two objects
      {"a-token-0123456789":{"YS10b2tlbi0wMTIzNDU2Nzg5":2}} \
      | {"[redacted]":{"[redacted]":2}}                             | one in the other
      {"a":"a-token-0123456789","b":"YS10b2tlbi0wMTIzNDU2Nzg5"} \
      | {"a":"[redacted]","b":"[redacted]"}                         | values, not names
      """)
    void staysJsonWhereTwoNamesHoldTheToken(String given, String written, String reason) {
        redactor.know(new Secret("a-token-0123456789"));
        ObjectNode arguments = Json.object().set("user_id", Json.parse(given).orElseThrow());
        String line = describe("c", "get_user", arguments, failure(ErrorCode.INVALID_INPUT));
        assertEquals(
                "{\"user_id\":" + written + "}",
                Json.text(Json.parse(line).orElseThrow().path("arguments")),
                reason);
    }

    @Test
    void redactsBeforeItCuts() {
        redactor.know(new Secret("a-token-0123456789"));
        String cut = "x".repeat(50) + "a-token-0123456789" + "y".repeat(50);
        assertEquals(
                "{\"call_id\":\"6f0c1d2e-1\",\"account\":\"svc-users\",\"os_user\":\"ada\",\"client\":\""
                        + "x".repeat(50) + "[redacted]yyyy\",\"operation\":\"" + "x".repeat(50)
                        + "[redacted]yyyy\",\"arguments\":{\"user_id\":\"\\\"" + "x".repeat(115) + "[redacted]yy\"},"
                        + "\"result\":\"invalid_input\",\"attempts\":0,\"duration_ms\":0}",
                describe(
                        cut,
                        cut,
                        Json.object().put("user_id", "x".repeat(115) + "a-token-0123456789" + "y".repeat(50)),
                        failure(ErrorCode.INVALID_INPUT)));
    }

    /** Writes {@code %126x} out as 126 letters, {@code y} as as many emoji, {@code n} as digits. */
    private static String grown(String pattern) {
        return Pattern.compile("%(\\d+)([xyn])").matcher(pattern).replaceAll(found -> switch (found.group(2)) {
            case "y" -> "😀".repeat(Integer.parseInt(found.group(1)));
            case "n" -> "7".repeat(Integer.parseInt(found.group(1)));
            default -> "x".repeat(Integer.parseInt(found.group(1)));
        });
    }
}
