package dev.userservice.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class LongStringsTest {

  private static final int MAX = LongStrings.MAX_BYTES;
  private static final int[] PIECE_BYTES = {1, 2, 3, 7, 1000, Integer.MAX_VALUE};

  @ParameterizedTest
  @MethodSource
  void shortensAStringBetweenTwoCharacters(String string, String kept, String reason) {
    String around = "{\"a\":[\"%s\",\"x\\\"\",{\"%s\":1}],\"b\":\"y\"}";
    assertEquals(around.formatted(kept, kept), shorten(around.formatted(string, string)), reason);
  }

  static Stream<Arguments> shortensAStringBetweenTwoCharacters() {
    String full = "A".repeat(MAX);
    String almost = "A".repeat(MAX - 1);
    return Stream.of(
        Arguments.of("", "", "nothing in it"),
        Arguments.of(full, full, "the longest"),
        Arguments.of(full + "A", full, "one more"),
        Arguments.of(full + "B".repeat(MAX), full, "far more"),
        Arguments.of(almost + "é!", almost + "é", "a character of two bytes on the border"),
        Arguments.of(almost + "😀!", almost + "😀", "a character of four bytes on the border"),
        Arguments.of(almost + "\\n!", almost + "\\n", "a short escape on the border"),
        Arguments.of(almost + "\\\"!", almost + "\\\"", "an escaped quote on the border"),
        Arguments.of(almost + "\\u00e9!", almost + "\\u00e9", "a long escape on the border"),
        Arguments.of(full + "\\\"\\\\\\u0022", full, "quotes, escaped, in what is left out"),
        Arguments.of(full + "é\\n😀", full, "characters of all kinds in what is left out"));
  }

  @Test
  void leavesAWantedStringWhole() {
    String text = "[\"" + "A".repeat(2 * MAX) + "\",\"" + "B".repeat(2 * MAX) + "\"]";
    AtomicInteger asked = new AtomicInteger();
    LongStrings strings = new LongStrings(() -> asked.incrementAndGet() == 1);
    ByteBuffer kept = strings.shorten(StandardCharsets.UTF_8.encode(text));
    String expected = "[\"" + "A".repeat(2 * MAX) + "\",\"" + "B".repeat(MAX) + "\"]";
    assertEquals(expected, StandardCharsets.UTF_8.decode(kept).toString());
    assertEquals(2, asked.get());
  }

  @Test
  void copiesNothingWhereNothingIsTooLong() {
    ByteBuffer piece = ByteBuffer.wrap("{\"a\":\"b\"}".getBytes(StandardCharsets.UTF_8));
    assertSame(piece, new LongStrings(() -> false).shorten(piece));
  }

  /** Shortens in pieces of several sizes, which must not make a difference. */
  private static String shorten(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    String first = null;
    for (int size : PIECE_BYTES) {
      LongStrings strings = new LongStrings(() -> false);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      for (int at = 0; at < bytes.length; at += Math.min(size, bytes.length - at)) {
        ByteBuffer kept = strings.shorten(ByteBuffer.wrap(bytes, at, Math.min(size, bytes.length - at)));
        byte[] copy = new byte[kept.remaining()];
        kept.get(copy);
        out.writeBytes(copy);
      }
      String all = out.toString(StandardCharsets.UTF_8);
      first = first == null ? all : first;
      assertEquals(first, all, "pieces of " + size);
    }
    return first;
  }
}
