package dev.userservice.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
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

  private final Redactor redactor = new Redactor();

  @ParameterizedTest(name = "{1}")
  @MethodSource
  void replacesTheTokenHoweverItIsPercentEncoded(String written, String reason) {
    redactor.know(new Secret(TOKEN));
    assertEquals("/a/[redacted]?b", redactor.redact("/a/" + written + "?b"));
  }

  static Stream<Arguments> replacesTheTokenHoweverItIsPercentEncoded() {
    String whole = TOKEN.chars().mapToObj("%%%02X"::formatted).collect(Collectors.joining());
    return Stream.of(
        Arguments.of(TOKEN, "plain"),
        Arguments.of(URLEncoder.encode(TOKEN, StandardCharsets.UTF_8), "what has to be"),
        Arguments.of(whole, "every character"),
        Arguments.of(whole.toLowerCase(), "lower-case digits"),
        Arguments.of("%73" + TOKEN.substring(1), "the first character only"),
        Arguments.of(TOKEN.substring(0, TOKEN.length() - 1) + "%78", "the last character only"),
        Arguments.of("s%76c" + whole.substring(9), "a mixture"));
  }

  @Test
  void replacesTheTokenAsATextWithinATextHasIt() {
    redactor.know(new Secret("back\\slash\"quote/0123456789"));
    assertEquals("[redacted] [redacted]",
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
    assertEquals("(" + encoded.substring(0, first) + "[redacted]" + rest + ")", redactor.redact("(" + encoded + ")"));
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
      twice 1111111111111111, 1111111111111111      | twice [redacted], [redacted]       | more than once
      11111111111111111111111111111111              | [redacted][redacted]               | without a gap
      11111111111111111                             | [redacted]1                        | with a tail
      1111111111%                                   | 1111111111%                        | an escape cut short
      """)
  void replacesEveryOccurrence(String text, String expected, String reason) {
    redactor.know(new Secret("1".repeat(16)));
    assertEquals(expected, redactor.redact(text), reason);
  }

  @Test
  void knowsTheTokenBeforeAndForgetsTheOldest() {
    Stream.of("oldest-token-0001", "former-token-0002", "latest-token-0003", "latest-token-0003")
        .forEach(token -> redactor.know(new Secret(token)));
    assertEquals(
        "oldest-token-0001 [redacted] [redacted]",
        redactor.redact("oldest-token-0001 former-token-0002 latest-token-0003"));
  }

  @Test
  void leavesNoTailOfATokenThatBeginsLikeTheOneBefore() {
    redactor.know(new Secret("abcdefgh12345678"));
    redactor.know(new Secret("abcdefgh12345678-rotated"));
    assertEquals("[redacted] [redacted]", redactor.redact("abcdefgh12345678-rotated abcdefgh12345678"));
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "", "Ada Lovelace", "svc+T0ken/~~~?>>>=&4", "vc+T0ken/~~~?>>>=%4x", "SVC+T0KEN/~~~?>>>=&4X", "100% of %73%7", "===="
  })
  void returnsTheSameInstanceWhereThereIsNoToken(String text) {
    assertSame(text, redactor.redact(text), "before a token is known");
    redactor.know(new Secret(TOKEN));
    assertSame(text, redactor.redact(text));
  }

  @Test
  void replacesAPercentEncodedTokenThatHoldsAPercentSign() {
    Redactor redactor = new Redactor();
    redactor.know(new Secret("svc-100%-0123456789"));
    assertEquals("[redacted]", redactor.redact("svc-100%25-0123456789"));
  }

  @Test
  void leavesNoPaddingOfBase64ThatIsPercentEncoded() {
    Redactor redactor = new Redactor();
    redactor.know(new Secret("0123456789abcdef"));
    String encoded = Base64.getEncoder().encodeToString("0123456789abcdef".getBytes()).replace("=", "%3D");
    assertEquals("[redacted]", redactor.redact(encoded));
  }
}
