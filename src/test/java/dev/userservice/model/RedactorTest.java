package dev.userservice.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RedactorTest {

    /** Its base64 holds a plus and a slash, so the two alphabets differ. */
    private static final String TOKEN = "svc+T0ken/~~~?>>>=&4x";

    /** One of each kind: what no encoding changes, and what only one or two of them do. */
    private static final String MARKED = "t0k3n.with-all_marks~*!'()/0123";

    private final Redactor redactor = new Redactor();

    @ParameterizedTest(name = "{2}: {1}")
    @MethodSource
    void replacesTheTokenHoweverItIsPercentEncoded(String token, String written, String reason) {
        redactor.know(new Secret(token));
        assertEquals("/a/[redacted]?b", redactor.redact("/a/" + written + "?b"));
    }

    static Stream<Arguments> replacesTheTokenHoweverItIsPercentEncoded() {
        return Stream.of(
                Arguments.of(TOKEN, TOKEN, "plain"),
                Arguments.of(TOKEN, "svc%2BT0ken%2F~~~%3F%3E%3E%3E%3D%264x", "what RFC 3986 does not leave as it is"),
                Arguments.of(TOKEN, "svc%2bT0ken%2f~~~%3f%3e%3e%3e%3d%264x", "the same in lower case"),
                Arguments.of(TOKEN, URLEncoder.encode(TOKEN, StandardCharsets.UTF_8), "as an HTML form has it"),
                Arguments.of(TOKEN, every(TOKEN, "%%%02X"), "every character"),
                Arguments.of(TOKEN, every(TOKEN, "%%%02x"), "every character, in lower case"),
                Arguments.of(MARKED, MARKED, "plain"),
                Arguments.of(MARKED, "t0k3n.with-all_marks~%2A%21%27%28%29%2F0123", "as RFC 3986 has it"),
                Arguments.of(MARKED, "t0k3n.with-all_marks%7E*%21%27%28%29%2F0123", "as an HTML form has it"),
                Arguments.of(MARKED, "t0k3n.with-all_marks%7e*%21%27%28%29%2f0123", "the same in lower case"),
                Arguments.of(MARKED, "t0k3n.with-all_marks~*!'()%2F0123", "as encodeURIComponent has it"),
                Arguments.of("svc-100%-0123456789", "svc-100%25-0123456789", "a percent sign"),
                Arguments.of("clé-\u20AC-0123456789", "cl%C3%A9-%E2%82%AC-0123456789", "what is no ASCII"),
                Arguments.of("\u20AC-0123456789abc", "\u20AC-0123456789abc", "no ASCII to begin with"));
    }

    private static String every(String token, String format) {
        return token.chars().mapToObj(format::formatted).collect(Collectors.joining());
    }

    @Test
    void replacesTheTokenAsATextWithinATextHasIt() {
        redactor.know(new Secret("back\\slash\"quote/0123456789"));
        assertEquals(
                "[redacted] [redacted]",
                redactor.redact("back\\slash\"quote/0123456789 back\\\\slash\\\"quote/0123456789"));
    }

    @ParameterizedTest(name = "{0} after {1} bytes, before {2}, token shortened by {3}")
    @MethodSource
    void replacesTheTokenInBase64(Base64.Encoder encoder, int before, int after, int shortened) {
        String token = TOKEN.substring(shortened);
        redactor.know(new Secret(token));
        String encoded = encoder.encodeToString(
                ("p".repeat(before) + token + "s".repeat(after)).getBytes(StandardCharsets.UTF_8));
        int first = (8 * before + 5) / 6;
        int end = (8 * (before + token.length()) + 5) / 6;
        String rest = after == 0 ? "" : encoded.substring(end);
        assertEquals(
                "(" + encoded.substring(0, first) + "[redacted]" + rest + ")", redactor.redact("(" + encoded + ")"));
        assertEquals(
                encoded.substring(0, first) + "[redacted]" + rest, redactor.redact(encoded), "at the end of a text");
    }

    static Stream<Arguments> replacesTheTokenInBase64() {
        List<Arguments> cases = new ArrayList<>();
        for (Base64.Encoder alphabet : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
            for (Base64.Encoder encoder : List.of(alphabet, alphabet.withoutPadding())) {
                for (int i = 0; i < 36; i++) {
                    cases.add(Arguments.of(encoder, i % 3, i / 3 % 4, i / 12));
                }
            }
        }
        return cases.stream();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
      MDEyMzQ1Njc4OWFiY2RlZg==     | [redacted]    | padding of two
      MDEyMzQ1Njc4OWFiY2RlZg=      | [redacted]    | padding cut short
      MDEyMzQ1Njc4OWFiY2RlZg       | [redacted]    | no padding
      MDEyMzQ1Njc4OWFiY2RlZ        | [redacted]    | its last bits cut off
      MDEyMzQ1Njc4OWFiY2RlZ!       | [redacted]!   | no base64 follows
      MDEyMzQ1Njc4OWFiY2RlZé       | [redacted]é   | no ASCII follows
      MDEyMzQ1Njc4OWFiY2RlZg===    | [redacted]=   | too much padding
      MDEyMzQ1Njc4OWFiY2RlZn0=     | [redacted]0=  | one character of what follows
      MDEyMzQ1Njc4OWFiY2RlZ+/      | [redacted]/   | its last bits a plus
      MDEyMzQ1Njc4OWFiY2RlZ/+      | [redacted]+   | a slash
      MDEyMzQ1Njc4OWFiY2RlZ-_      | [redacted]_   | a hyphen
      MDEyMzQ1Njc4OWFiY2RlZ_-      | [redacted]-   | an underscore
      MDEyMzQ1Njc4OWFiY2RlZg%3D    | [redacted]%3D | padding percent-encoded
      MDEyMzQ1Njc4OWFiY2Rl         | MDEyMzQ1Njc4OWFiY2Rl | two of the token's bytes are not there
      """)
    void takesTheCharacterThatIsPartlyTheTokensAndItsPadding(String text, String expected, String reason) {
        redactor.know(new Secret("0123456789abcdef"));
        assertEquals(expected, redactor.redact(text), reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
      MDEyMzQ1Njc4OWFiY2RlZmdo   | [redacted]               | no bits are shared
      MDEyMzQ1Njc4OWFiY2RlZmdoo= | [redacted]o=             | what follows is not the token's
      MDEyMzQ1Njc4OWFiY2RlZmdo=  | [redacted]=              | no padding of it
      MDEyMzQ1Njc4OWFiY2RlZmdp   | MDEyMzQ1Njc4OWFiY2RlZmdp | another last character
      """)
    void takesNothingMoreWhereBase64EndsWithTheToken(String text, String expected, String reason) {
        redactor.know(new Secret("0123456789abcdefgh"));
        assertEquals(expected, redactor.redact(text), reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
      twice 1111111111111111, 1111111111111111      | twice [redacted], [redacted]       | more than once
      11111111111111111111111111111111              | [redacted][redacted]               | without a gap
      11111111111111111                             | [redacted]1                        | with a tail
      1111111111111111=                             | [redacted]=                        | what would be padding
      1111111111%                                   | 1111111111%                        | an escape cut short
      """)
    void replacesEveryOccurrence(String text, String expected, String reason) {
        redactor.know(new Secret("1".repeat(16)));
        assertEquals(expected, redactor.redact(text), reason);
    }

    @Test
    void knowsTheCurrentTokenAndTheSevenBefore() {
        List<String> tokens =
                IntStream.range(0, 9).mapToObj("token-%d-0123456789"::formatted).toList();
        String all = String.join(" ", tokens);
        tokens.subList(0, 8).forEach(token -> redactor.know(new Secret(token)));
        assertEquals("[redacted] ".repeat(8) + tokens.get(8), redactor.redact(all));
        redactor.know(new Secret(tokens.get(8)));
        assertEquals(tokens.get(0) + " [redacted]".repeat(8), redactor.redact(all));
    }

    @Test
    void forgetsNoTokenForOneThatIsReadAgain() {
        List<String> tokens =
                IntStream.range(0, 8).mapToObj("token-%d-0123456789"::formatted).toList();
        tokens.forEach(token -> redactor.know(new Secret(token)));
        redactor.know(new Secret(tokens.get(7)));
        redactor.know(new Secret(tokens.get(0)));
        assertEquals("[redacted] ".repeat(8).trim(), redactor.redact(String.join(" ", tokens)));
        redactor.know(new Secret("token-8-0123456789"));
        assertEquals(
                "[redacted] token-1-0123456789",
                redactor.redact("token-0-0123456789 token-1-0123456789"),
                "the first was current last");
    }

    @Test
    void forgetsNoClientSecretForTokensThatAreGotWithIt() {
        IntStream.range(0, 9).forEach(i -> redactor.knowClientSecret(new Secret("secret-%d-0123456789".formatted(i))));
        IntStream.range(0, 9).forEach(i -> redactor.know(new Secret("token-%d-0123456789".formatted(i))));
        assertEquals(
                "secret-0-0123456789 [redacted] [redacted] token-0-0123456789 [redacted] [redacted]",
                redactor.redact("secret-0-0123456789 secret-1-0123456789 secret-8-0123456789"
                        + " token-0-0123456789 token-1-0123456789 token-8-0123456789"));
    }

    /** RFC 6749, 2.3.1: id and secret are form-urlencoded first. */
    @ParameterizedTest
    @ValueSource(strings = {"a", "id", "user-service", "user+service"})
    void replacesASecretAsHttpBasicSendsIt(String id) {
        redactor.knowClientSecret(new Secret(TOKEN));
        String before = id + ":";
        String pair = before + URLEncoder.encode(TOKEN, StandardCharsets.UTF_8);
        String encoded = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
        assertEquals(encoded.substring(0, (8 * before.length() + 5) / 6) + "[redacted]", redactor.redact(encoded));
    }

    @Test
    void leavesNoTailOfATokenThatBeginsLikeAnother() {
        redactor.know(new Secret("abcdefgh12345678"));
        redactor.know(new Secret("abcdefgh12345678-rotated"));
        redactor.know(new Secret("abcdefgh12345678-rot"));
        assertEquals(
                "[redacted] [redacted] [redacted]",
                redactor.redact("abcdefgh12345678-rotated abcdefgh12345678-rot abcdefgh12345678"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Ada Lovelace",
                "svc+T0ken/~~~?>>>=&4",
                "vc+T0ken/~~~?>>>=%4x",
                "SVC+T0KEN/~~~?>>>=&4X",
                "100% of %73%7",
                "====",
                "李小龍 \u00F3\u0173 😀"
            })
    void returnsTheSameInstanceWhereThereIsNoToken(String text) {
        assertSame(text, redactor.redact(text), "before a token is known");
        redactor.know(new Secret(TOKEN));
        assertSame(text, redactor.redact(text));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
      %73vc+T0ken/~~~?>>>=&4x                            | the first character percent-encoded only
      svc+T0ken/~~~?>>>=&4%78                            | the last character only
      svc%2BT0ken%2f~~~%3F%3E%3E%3E%3D%264x              | hex digits of both cases
      svc%2BT0ken/~~~%3F%3E%3E%3E%3D%264x                | all but the slash, as Python's quote has it
      %73%76%63%2b%54%30%6b%65%6e%2f%7e%7e%7e%3f%3e%3e%3e%3d%26%34%78 | every character
      """)
    void findsPercentEncodingWhateverAnEncoderLeaves(String text, String reason) {
        redactor.know(new Secret(TOKEN));
        assertEquals("[redacted]", redactor.redact(text), reason);
        assertEquals("%7[redacted]%7", redactor.redact("%7" + text + "%7"), reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
      svc%252BT0ken%252F~~~%253F%253E%253E%253E%253D%25264x | percent-encoded twice
      svc+T0ken/~~~?>>>= &4x                             | something in between
      7376632b54306b656e2f7e7e7e3f3e3e3e3d263478         | hex
      """)
    void findsNoMoreThanItPromises(String text, String reason) {
        redactor.know(new Secret(TOKEN));
        assertSame(text, redactor.redact(text), reason);
    }

    @Test
    void replacesEveryFormOfEveryKnownTokenAndNothingElse() {
        Random random = new Random(20_261_122);
        for (int round = 0; round < 60; round++) {
            Redactor redactor = new Redactor();
            List<String> tokens = Stream.generate(() -> token(random)).limit(8).toList();
            tokens.forEach(token -> redactor.know(new Secret(token)));
            for (String token : tokens) {
                forms(token, random.nextInt(4))
                        .forEach((written, expected) ->
                                assertEquals("«" + expected + "» é", redactor.redact("«" + written + "» é"), token));
            }
        }
    }

    /** Visible ASCII as a token may be: letters and digits, those of base64, or any. */
    private static String token(Random random) {
        int kind = random.nextInt(3);
        StringBuilder token = new StringBuilder();
        while (token.length() < 16 + kind * 5) {
            char c = (char) ('!' + random.nextInt('~' - '!' + 1));
            if (kind == 2 || Character.isLetterOrDigit(c) || kind == 1 && "+/=".indexOf(c) >= 0) {
                token.append(c);
            }
        }
        return token.append(random.nextInt(1000)).toString();
    }

    private static Map<String, String> forms(String token, int before) {
        Map<String, String> forms = new LinkedHashMap<>();
        String component = URLEncoder.encode(token, StandardCharsets.UTF_8)
                .replace("*", "%2A")
                .replace("%7E", "~");
        for (String form : List.of(
                token,
                Json.text(Json.object().textNode(token)).replaceAll("^\"|\"$", ""),
                component,
                URLEncoder.encode(token, StandardCharsets.UTF_8),
                every(token, "%%%02X"),
                every(token, "%%%02x"))) {
            forms.put(form, "[redacted]");
        }
        String text = "x".repeat(before) + token;
        for (Base64.Encoder encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
            String encoded = encoder.encodeToString(text.getBytes(StandardCharsets.UTF_8));
            forms.put(encoded, encoded.substring(0, (8 * before + 5) / 6) + "[redacted]");
        }
        return forms;
    }
}
