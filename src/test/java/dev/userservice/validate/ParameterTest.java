package dev.userservice.validate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.userservice.model.IdFormat;
import dev.userservice.model.Json;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ParameterTest {

    private static final Parameter USER_ID = new Parameter.Id("user_id", "user ID", "The ID.", IdFormat.DIGITS);
    private static final Parameter LIMIT = new Parameter.WholeNumber("limit", "How many.", 1, 100, 50);
    private static final Parameter OFFSET = new Parameter.WholeNumber("offset", "From where.", 0, 1_000_000, 0);
    private static final Parameter DEPARTMENT = new Parameter.Choice(
            "department", "The department.", "This department cannot be listed here", List.of("engineering", "sales"));

    private static Optional<JsonNode> accept(Parameter parameter, String json) {
        return parameter.accept(Json.parse(json).orElseThrow());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      ""                     | empty
      " "                    | blank
      " 123"                 | leading space
      "123 "                 | trailing space
      "123\\n"               | newline at the end
      "\\n123"               | newline first
      "1\\n2"                | newline within
      "123\\u0000"           | NUL
      "1234567890123456789"  | 19 digits
      "0000000000000000001"  | 19 digits with zeros
      "+1"                   | plus sign
      "-1"                   | minus sign
      "\\u22121"             | minus sign of typography
      "1.0"                  | fraction in a string
      "1e3"                  | exponent in a string
      "0x1F"                 | hexadecimal
      "1_000"                | underscore
      "1,000"                | comma
      "abc"                  | letters
      "12a"                  | a letter at the end
      "\\u0661\\u0662"       | Arabic-Indic digits
      "\\uFF11\\uFF12"       | fullwidth digits
      "\\u00B2"              | superscript
      "\\uD835\\uDFD9"       | double-struck digit
      "1\\u200B"             | zero width space
      "../1"                 | path
      "1/2"                  | slash
      "1%2F2"                | percent-encoded
      "1?a=b"                | query
      "1;DROP TABLE users"   | SQL
      -1                     | negative
      -0.5                   | negative fraction
      1.5                    | fraction
      123.000000001          | nearly whole
      1e-1                   | fraction by exponent
      1000000000000000000    | number of 19 digits
      1e18                   | 19 digits by exponent
      1e999999999            | a short text, a very long number
      1e2147483647           | the largest exponent
      1e-999999999           | a short text, a very small number
      -1e999999999           | the same below zero
      true                   | boolean
      [1]                    | array
      ["123"]                | array of a good one
      {}                     | object
      {"user_id":"1"}        | object of a good one
      """)
    void refusesHostileUserIds(String json, String reason) {
        assertEquals(Optional.empty(), accept(USER_ID, json), reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      "1"                    | 1                   | shortest
      "123456789012345678"   | 123456789012345678  | longest
      "000000000000000001"   | 000000000000000001  | zeros count, they may name another user
      0                      | 0                   | zero
      123                    | 123                 | number
      999999999999999999     | 999999999999999999  | number of 18 digits
      123.0                  | 123                 | whole, with a fraction of zero
      1e3                    | 1000                | whole, with an exponent
      1.5e1                  | 15                  | whole, with both
      1e17                   | 100000000000000000  | 18 digits by exponent
      """)
    void takesUserIdsInEveryLosslessSpelling(String json, String expected, String reason) {
        assertEquals(Optional.of(TextNode.valueOf(expected)), accept(USER_ID, json), reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      0                 | below
      101               | above
      "0"               | below, in a string
      "101"             | above, in a string
      -5                | negative
      1.5               | fraction
      50.000001         | nearly whole
      1e3               | above by exponent
      1e999999999       | far above
      1e2147483647      | as far above as can be
      9999999999999999999 | beyond a long
      5e-1              | fraction by exponent
      4294967297        | one, if it wrapped around
      18446744073709551617 | one, if it wrapped around twice
      "4294967297"      | the same in a string
      ""                | empty
      " 5"              | leading space
      "5 "              | trailing space
      "5\\n"            | newline
      "+5"              | plus sign
      "-5"              | minus sign
      "5.0"             | fraction in a string
      "5e1"             | exponent in a string
      "\\u0665"         | Arabic-Indic digit
      "fifty"           | word
      true              | boolean
      [50]              | array
      {}                | object
      """)
    void refusesLimits(String json, String reason) {
        assertEquals(Optional.empty(), accept(LIMIT, json), reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      1        | 1   | lowest
      100      | 100 | highest
      "50"     | 50  | string of digits
      "0050"   | 50  | zeros first
      50.0     | 50  | whole, with a fraction of zero
      5e1      | 50  | whole, with an exponent
      0.5e2    | 50  | whole, with both
      """)
    void takesLimitsInEveryLosslessSpelling(String json, int expected, String reason) {
        assertEquals(Optional.of(IntNode.valueOf(expected)), accept(LIMIT, json), reason);
    }

    @Test
    void takesOffsetsToTheirBounds() {
        assertEquals(Optional.of(IntNode.valueOf(0)), accept(OFFSET, "0"));
        assertEquals(Optional.of(IntNode.valueOf(1_000_000)), accept(OFFSET, "1000000"));
        assertEquals(Optional.empty(), accept(OFFSET, "1000001"));
        assertEquals(Optional.empty(), accept(OFFSET, "-1"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      "hr"        | unlisted
      "Sales"     | capital
      "sales "    | trailing space
      "sal"       | beginning of one
      ""          | empty
      "sales,engineering" | two of them
      0           | an index
      ["sales"]   | array
      true        | boolean
      """)
    void refusesOtherDepartments(String json, String reason) {
        assertEquals(Optional.empty(), accept(DEPARTMENT, json), reason);
    }

    @Test
    void tellsWhatItTakesAndNotWhatWasGiven() {
        assertEquals(
                "Error: Invalid user ID format. user_id must be a string of 1 to 18 digits, for example \"123\".",
                USER_ID.refusal());
        assertEquals(
                "Error: This department cannot be listed here. Choose one of: engineering, sales.",
                DEPARTMENT.refusal());
        assertEquals("Error: limit must be a whole number from 1 to 100.", LIMIT.refusal());
        assertEquals("Error: offset must be a whole number from 0 to 1000000.", OFFSET.refusal());
    }
}
