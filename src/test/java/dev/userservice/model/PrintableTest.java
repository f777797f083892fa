package dev.userservice.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PrintableTest {

    @ParameterizedTest(name = "{2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "a\u001B]0;title\u0007b | a?]0;title?b | an escape sequence",
                "a\u009B31mb            | a?31mb       | the same with one C1 control",
                "a\u007Fb               | a?b          | DEL",
                "'a\r\nb\tc'            | a??b?c       | line breaks and tab",
                "a\u2028b\u2029c        | a?b?c        | line and paragraph separator",
                "a\u202Eb\u2066c\u200Fd | a?b?c?d      | bidirectional controls",
                "a\u200Bb\uFEFFc\u00ADd | a?b?c?d      | other format characters",
                "a\uDB40\uDC41b         | a?b          | a tag character, beyond the basic plane",
                "a\uD800b\uDC00         | a?b?         | lone surrogates",
                "a\uE000b               | a?b          | private use",
                "Zoë 王 😀 e\u0301      | Zoë 王 😀 e\u0301 | any script",
            })
    void replacesWhatATerminalWouldObey(String text, String expected, String reason) {
        assertEquals(expected, Printable.of(text), reason);
    }
}
