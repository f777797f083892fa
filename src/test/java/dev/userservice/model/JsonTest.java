package dev.userservice.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.util.RawValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      {"a":1,"a":1}         | duplicate members
      {"a":{"b":1,"b":2}}   | duplicate members further in
      {"a":1}{}             | a second value
      {"a":1} x             | text after the object
      {"a":1}]              | a bracket after the object
      {"a":1                | cut off
      {a:1}                 | member name without quotes
      {'a':1}               | single quotes
      {"a":1,}              | trailing comma
      [1,,2]                | missing value
      {"a":01}              | leading zero
      {"a":+1}              | plus sign
      {"a":.5}              | no digit before the point
      {"a":0x10}            | hexadecimal
      {"a":NaN}             | not a number
      {"a":Infinity}        | infinite
      {"a":1}//             | comment
      {"a":"\\x"}           | unknown escape
      nul                   | unknown word
      """)
    void refusesWhatIsNotJson(String text, String reason) {
        assertEquals(Optional.empty(), Json.parse(text), reason);
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource
    void refusesWhatIsOutOfBounds(String text, String reason) {
        assertEquals(Optional.empty(), Json.parse(text));
    }

    static Stream<Arguments> refusesWhatIsOutOfBounds() {
        return Stream.of(
                Arguments.of("[".repeat(1001) + "]".repeat(1001), "1,001 arrays"),
                Arguments.of("{\"a\":".repeat(1001) + "1" + "}".repeat(1001), "1,001 objects"),
                Arguments.of("[".repeat(1_000_000), "a million brackets"),
                Arguments.of("7".repeat(5000), "an integer of 5,000 digits"),
                Arguments.of("-" + "7".repeat(5000), "a negative one"),
                Arguments.of("0." + "7".repeat(5000), "a fraction of 5,000 digits"),
                Arguments.of("{\"a\":" + "7".repeat(5000) + "}", "an integer of 5,000 digits in an object"));
    }

    @Test
    void readsToTheBounds() {
        String deep = "[".repeat(1000) + "]".repeat(1000);
        assertEquals(deep, Json.text(Json.parse(deep).orElseThrow()));
        assertEquals(
                new BigInteger("7".repeat(1000)),
                Json.parse("7".repeat(1000)).orElseThrow().bigIntegerValue());
    }

    @Test
    void keepsEveryDigitOfAFraction() {
        assertEquals(
                new BigDecimal("0.10000000000000000000000001"),
                Json.parse("0.10000000000000000000000001").orElseThrow().decimalValue());
        assertEquals(
                "{\"n\":12345678901234567890123}",
                Json.text(Json.parse("{\"n\":12345678901234567890123}").orElseThrow()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t\r\n"})
    void readsABlankTextAsNothing(String text) {
        assertTrue(Json.parse(text).orElseThrow().isMissingNode());
    }

    @Test
    void writesCompactlyAndInOrder() {
        String text = "{\"b\":[1,true,null,\"é😀\"],\"a\":{\"c\":\"x\\ny\"}}";
        assertEquals(
                text,
                Json.text(Json.parse(" { \"b\" : [1, true, null, \"é😀\"], \"a\": {\"c\": \"x\\ny\"}} ")
                        .orElseThrow()));
    }

    @Test
    void writesAsciiOnOneLine() {
        assertEquals(
                "{\"\\u00E9\":\"\\u0000\\n\\u0085\\u2028\\uD83D\\uDE00\\uD800\"}",
                Json.ascii(Json.object().put("é", "\0\n\u0085\u2028😀\uD800")));
    }

    @Test
    void writesForPeople() {
        assertEquals(
                """
        {
          "id": "1",
          "users": [
            {
              "id": "2"
            }
          ]
        }""",
                Json.pretty(
                        Json.parse("{\"id\":\"1\",\"users\":[{\"id\":\"2\"}]}").orElseThrow()));
    }

    @Test
    void redactsEveryStringAndNothingElse() {
        Redactor redactor = new Redactor();
        redactor.know(new Secret("1234567890123456"));
        String text = "{\"1234567890123456\":[\"a 1234567890123456\",{\"b\":\"1234567890123456\"},1234567890123456]}";
        assertEquals(
                "{\"[redacted]\":[\"a [redacted]\",{\"b\":\"[redacted]\"},1234567890123456]}",
                Json.text(Json.parse(text).orElseThrow(), redactor));
        assertEquals(text, Json.text(Json.parse(text).orElseThrow()));
        assertEquals("\"\\u00E9 [redacted]\"", Json.ascii(Json.object().textNode("é 1234567890123456"), redactor));
    }

    @Test
    void writesARawValueAsItIs() {
        assertEquals("{\"id\":1.50}", Json.text(Json.object().putRawValue("id", new RawValue("1.50"))));
    }

    @Test
    void refusesAnExponentBeyondAnIntAsItDoesEveryOtherText() {
        assertEquals(Optional.empty(), Json.parse("1e99999999999"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"10e2147483647", "-10e2147483647", "123456e2147483643", "{\"a\":[10.5e2147483647]}"})
    void refusesANumberThatItCouldNotReadAsItWritesIt(String text) {
        assertEquals(Optional.empty(), Json.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1E+2147483647", "1.0E+2147483647", "1.5E-2147483646", "0E+99", "-0.5", "1.25E+9"})
    void readsANumberAsItWritesIt(String text) {
        assertEquals(text, Json.text(Json.parse(text).orElseThrow()));
    }

    @Test
    void writesNumbersAsTheyCame() {
        assertEquals("{\"n\":-50.0}", Json.text(Json.parse("{\"n\":-50.0}").orElseThrow()));
    }
}
