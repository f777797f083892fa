package dev.userservice.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Json;
import dev.userservice.model.Secret;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GrantTest {

    private static final String TOKEN = "0123456789abcdef";

    @ParameterizedTest
    @CsvSource({
        "3600,        PT1H,    PT59M30S, 30 seconds early",
        "300,         PT5M,    PT4M30S,  the two rules meet",
        "100,         PT1M40S, PT1M30S,  a tenth early",
        "'\"100\"',   PT1M40S, PT1M30S,  its digits in a string",
        "100.0,       PT1M40S, PT1M30S,  a number",
        "1,           PT1S,    PT0.9S,   the shortest",
        "0,           PT0S,    PT0S,     over already",
        "-60,         PT0S,    PT0S,     over before it began",
        "'\"-60\"',   PT0S,    PT0S,     the same as digits",
        "99999999999999999999, PT8760H, PT8759H59M30S, longer than anybody counts",
        "1e300,       PT8760H, PT8759H59M30S, longer still",
        "null,        PT5M,    PT4M30S,  not said",
        "'\"soon\"',  PT5M,    PT4M30S,  said in a way that nobody can read",
        "'\"\"',      PT5M,    PT4M30S,  no digit",
        "true,        PT5M,    PT4M30S,  no number",
    })
    void isUsedUntilShortlyBeforeItsEnd(String expiresIn, Duration life, Duration use, String reason)
            throws IOException {
        Grant grant = grant("\"" + TOKEN + "\"", "\"Bearer\"", expiresIn);
        assertEquals(new Grant(new Secret(TOKEN), life), grant, reason);
        assertEquals(use, grant.use(), reason);
    }

    @Test
    void livesFiveMinutesWhereTheAnswerDoesNotSay() throws IOException {
        Grant grant = Grant.of(Json.parse("{\"access_token\":\"" + TOKEN + "\",\"token_type\":\"BEARER\"}")
                .orElseThrow());
        assertEquals(Duration.ofMinutes(5), grant.life());
    }

    @ParameterizedTest
    @CsvSource({
        "null,                 '\"Bearer\"', is no token",
        "17,                   '\"Bearer\"', is no token",
        "{},                   '\"Bearer\"', is no token",
        "'\"\"',               '\"Bearer\"', is no token",
        "'\"0123456789abcde\"','\"Bearer\"', is too short to be redacted",
        "'\"0123456789 abcdef\"','\"Bearer\"', has a space",
        "'\"0123456789\\r\\nabcdef\"','\"Bearer\"', would be a header",
        "'\"0123456789abcdefé\"','\"Bearer\"', is beyond ASCII",
        "'\"0123456789abcdef\"','\"mac\"',   is of another type",
        "'\"0123456789abcdef\"','\"N_A\"',   is of another type",
        "'\"0123456789abcdef\"','\"\"',      has no type",
        "'\"0123456789abcdef\"',null,        has no type",
    })
    void isRefusedWhereTheToken(String token, String type, String reason) {
        CallFailure failure = assertThrows(CallFailure.class, () -> grant(token, type, "3600"), reason);
        assertEquals(ErrorCode.UPSTREAM_DENIED, failure.code(), reason);
        assertEquals(Optional.of("check INTERNAL_API_OAUTH_TOKEN_URL"), failure.remedy(), reason);
    }

    @Test
    void takesATokenOfUpTo8192Characters() throws IOException {
        String longest = "x".repeat(8192);
        assertEquals(
                new Secret(longest),
                grant("\"" + longest + "\"", "\"bearer\"", "60").token());
        assertThrows(CallFailure.class, () -> grant("\"" + longest + "x\"", "\"bearer\"", "60"));
    }

    private static Grant grant(String token, String type, String expiresIn) throws IOException {
        return Grant.of(Json.parse(
                        "{\"access_token\":" + token + ",\"token_type\":" + type + ",\"expires_in\":" + expiresIn + "}")
                .orElseThrow());
    }
}
