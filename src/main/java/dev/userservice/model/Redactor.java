package dev.userservice.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Replaces the service account's token by {@code [redacted]} wherever it stands in a text: the current one and the one
 * before it, plain, percent-encoded in any mixture, or in base64 at any alignment. Everything that leaves the process
 * passes here; safe for use by many threads.
 */
public final class Redactor {

  private static final String REPLACEMENT = "[redacted]";

  private volatile Optional<Secret> current = Optional.empty();
  private volatile Needles known = new Needles(List.of());

  /** Makes {@code token} the current one; the one that was current until now stays known, older ones are forgotten. */
  public synchronized void know(Secret token) {
    if (current.filter(token::equals).isPresent()) {
      return;
    }
    known =
        new Needles(
            Stream.concat(Stream.of(token), current.stream())
                .flatMap(Redactor::forms)
                .sorted(Comparator.comparingInt((Needle needle) -> needle.text().length()).reversed())
                .toList());
    current = Optional.of(token);
  }

  /** Returns {@code text} without the token; the same instance where there is nothing to replace. */
  public String redact(String text) {
    Needles needles = known;
    StringBuilder clean = null;
    int copied = 0;
    for (int at = 0; at <= text.length() - needles.shortest; ) {
      int end = needles.end(text, at);
      if (end < 0) {
        at++;
        continue;
      }
      clean = clean == null ? new StringBuilder(text.length()) : clean;
      clean.append(text, copied, at).append(REPLACEMENT);
      at = end;
      copied = end;
    }
    return clean == null ? text : clean.append(text, copied, text.length()).toString();
  }

  /** All forms of the tokens known, the longest first. */
  private static final class Needles {

    private final Needle[] needles;
    private final int shortest;

    /** Characters a form can begin with: most places in a text are passed by one look here. */
    private final boolean[] beginnings = new boolean[128];

    Needles(List<Needle> forms) {
      needles = forms.toArray(Needle[]::new);
      shortest = forms.stream().mapToInt(form -> form.text().length()).min().orElse(Integer.MAX_VALUE);
      forms.forEach(form -> beginnings[form.text().charAt(0)] = true);
      beginnings['%'] = true;
    }

    int end(String text, int at) {
      char first = text.charAt(at);
      if (first >= beginnings.length || !beginnings[first]) {
        return -1;
      }
      for (Needle needle : needles) {
        int end = needle.end(text, at);
        if (end >= 0) {
          return end;
        }
      }
      return -1;
    }
  }

  private static Stream<Needle> forms(Secret token) {
    byte[] bytes = token.reveal().getBytes(StandardCharsets.UTF_8);
    Stream<Needle> encoded =
        IntStream.range(0, 3)
            .boxed()
            .flatMap(shift -> Stream.of(Base64.getEncoder(), Base64.getUrlEncoder())
                .map(encoder -> base64(encoder, bytes, shift)))
            .distinct();
    String plain = token.reveal();
    String inJson = plain.replace("\\", "\\\\").replace("\"", "\\\""); // as a text within a text has it
    return Stream.concat(Stream.of(plain, inJson).distinct().map(text -> new Needle(text, false)), encoded);
  }

  /** What base64 makes of the token when {@code shift} unknown bytes stand before it in their group of three. */
  private static Needle base64(Base64.Encoder encoder, byte[] token, int shift) {
    byte[] shifted = ByteBuffer.allocate(shift + token.length).put(shift, token).array();
    String text = encoder.withoutPadding().encodeToString(shifted);
    int first = shift == 0 ? 0 : shift + 1; // the characters that also hold bits of the unknown bytes
    boolean shared = shifted.length % 3 != 0; // the last character also holds bits of what follows, or padding
    return new Needle(text.substring(first, text.length() - (shared ? 1 : 0)), shared);
  }

  /**
   * One form of the token.
   *
   * @param shared whether base64 goes on with one character more that is partly the token's
   */
  private record Needle(String text, boolean shared) {

    /** Returns where this form ends if it begins at {@code from}, or -1. */
    int end(String haystack, int from) {
      int at = end(haystack, from, 0);
      return at >= 0 && shared ? tail(haystack, at) : at;
    }

    private int end(String haystack, int from, int first) {
      int at = from;
      for (int i = first; i < text.length(); i++) {
        char wanted = text.charAt(i);
        boolean plain = at < haystack.length() && haystack.charAt(at) == wanted;
        boolean escaped = isEscaped(haystack, at, wanted);
        if (plain && escaped) { // a percent sign, or the escape of one
          int end = end(haystack, at + 3, i + 1);
          if (end >= 0) {
            return end;
          }
        }
        if (!plain && !escaped) {
          return -1;
        }
        at += plain ? 1 : 3;
      }
      return at;
    }

    private static boolean isEscaped(String haystack, int at, char wanted) {
      return at + 2 < haystack.length()
          && haystack.charAt(at) == '%'
          && Character.digit(haystack.charAt(at + 1), 16) * 16 + Character.digit(haystack.charAt(at + 2), 16) == wanted;
    }

    private static int tail(String haystack, int from) {
      int at = from;
      if (at < haystack.length() && isBase64(haystack.charAt(at))) {
        at++;
      }
      for (int padding = 0; padding < 2; padding++) {
        boolean plain = at < haystack.length() && haystack.charAt(at) == '=';
        at += plain ? 1 : isEscaped(haystack, at, '=') ? 3 : 0;
      }
      return at;
    }

    private static boolean isBase64(char c) {
      return c < 128 && (Character.isLetterOrDigit(c) || "+/-_".indexOf(c) >= 0);
    }
  }
}
