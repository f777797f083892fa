package dev.userservice.call;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RetryAfterTest {

    private static final Instant NOW = Instant.parse("2026-11-22T07:31:05Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = true,
            value = {
                "7                                | PT7S  | seconds",
                "0                                | PT0S  | no wait",
                "30                               | PT30S | the longest wait",
                "31                               | PT30S | longer than the longest",
                "999999999                        | PT30S | as many digits as are looked at",
                "99999999999999999999999999999999 | PT30S | more than any number type holds",
                "00000000000000000000000000000007 | PT7S  | zeros before it",
                "00000000000000000000000000000000 | PT0S  | nothing but zeros",
                "Sunday, 22-Nov-26 07:31:12 GMT   | PT7S  | a date of RFC 850",
                "Sun Nov 22 07:31:12 2026         | PT7S  | a date of asctime",
                "Sun Nov  1 07:31:12 2026         | PT0S  | a day of one digit, gone by",
                "'  7 '                           | PT7S  | white space around it",
                "Sun, 22 Nov 2026 07:31:12 GMT    | PT7S  | a date",
                "Sun, 22 Nov 2026 07:31:05 GMT    | PT0S  | now",
                "Sun, 22 Nov 2026 07:31:04 GMT    | PT0S  | a date gone by",
                "Sun, 22 Nov 2026 08:31:05 GMT    | PT30S | an hour away",
                "Fri, 31 Dec 9999 23:59:59 GMT    | PT30S | the last date there is",
                "Mon, 22 Nov 2026 07:31:12 GMT    | PT0S  | a Sunday called Monday",
                "Sun, 31 Nov 2026 07:31:12 GMT    | PT0S  | a day November does not have",
                "-7                               | PT0S  | negative",
                "+7                               | PT0S  | signed",
                "7.5                              | PT0S  | a fraction",
                "1e1                              | PT0S  | an exponent",
                "٧                                | PT0S  | a digit, but not of ASCII",
                "soon                             | PT0S  | a word",
                "''                               | PT0S  | nothing",
            })
    void readsSecondsOrADateAndNeverMoreThanThirtySeconds(String header, Duration wait, String reason) {
        assertEquals(wait, RetryAfter.parse(header, NOW), reason);
    }
}
