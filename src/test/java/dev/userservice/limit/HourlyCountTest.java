package dev.userservice.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HourlyCountTest {

    private static final long NOW = Instant.parse("2026-11-24T20:00:00Z").getEpochSecond() / 3600;

    private static HourlyCount count(long... hoursAndRecords) {
        SortedMap<Long, Long> hours = new TreeMap<>();
        for (int i = 0; i < hoursAndRecords.length; i += 2) {
            hours.put(NOW + hoursAndRecords[i], hoursAndRecords[i + 1]);
        }
        return new HourlyCount(hours);
    }

    @Test
    void countsAnHourUntilThe24AfterItHavePassed() {
        HourlyCount count = count(0, 3);
        assertEquals(3, count.at(NOW + 24).sum());
        assertEquals(count(25, 0), count.at(NOW + 25), "the hour itself is always there");
    }

    @Test
    void datesHoursThatHaveNotComeToNow() {
        HourlyCount count = count(-1, 1, 0, 2, 1, 4, 9999, 8);
        assertEquals(count(-1, 1, 0, 14), count.at(NOW));
    }

    @Test
    void addsAndTakesBackWithinAnHour() {
        assertEquals(count(-1, 1, 0, 5), count(-1, 1, 0, 2).plus(NOW, 3));
        assertEquals(count(-1, 1, 0, 2), count(-1, 1, 0, 5).plus(NOW, -3));
        assertEquals(count(-1, 1, 0, 0), count(-1, 1, 0, 5).plus(NOW, -6), "never less than none");
        assertEquals(count(-1, 1), count(-1, 1).plus(NOW, -6), "of its own hour alone");
        assertEquals(NOW, count(-1, 1, 0, 0).last());
    }

    @ParameterizedTest
    @CsvSource({
        "1,   0, 'one fits still'",
        "2,   1, 'once the two of the oldest hour have ended'",
        "3,   1, 'which are enough for three'",
        "4,   5, 'not before the next have ended, too'",
        "7,   5, 'exactly what these and the two leave'",
        "8,  25, 'once all of the current hour have ended'",
        "10, 25, 'the whole limit'",
    })
    void saysInWhichHourRecordsFitAgain(long records, long hours, String reason) {
        HourlyCount count = count(-24, 2, -20, 4, 0, 3);
        assertEquals(NOW + hours, count.firstFit(records, 10), reason);
    }

    @Test
    void refusesToSayWhenMoreThanTheLimitFit() {
        assertThrows(IllegalArgumentException.class, () -> count(0, 1).firstFit(11, 10));
    }

    @Test
    void saysWhenTheFirstOfItsRecordsCountNoMore() {
        assertEquals(NOW + 5, count(-22, 0, -20, 4, 0, 3).firstFit(1, 7));
    }

    @Test
    void isWrittenAndReadAsLinesOfHourAndNumber() {
        String text = "2026-11-23T20 2\n2026-11-24T20 0\n";
        assertEquals(text, count(-24, 2, 0, 0).text());
        assertEquals(Optional.of(count(-24, 2, 0, 0)), HourlyCount.parse(text));
        String longest = IntStream.range(0, 25)
                .mapToObj(hour -> "2026-11-%02dT%02d 4000000\n".formatted(23 + hour / 24, hour % 24))
                .collect(Collectors.joining());
        assertEquals(100_000_000, HourlyCount.parse(longest).orElseThrow().sum());
        assertTrue(longest.length() <= HourlyCount.MAX_CHARACTERS);
        assertEquals(Optional.empty(), HourlyCount.parse(longest + "2026-11-24T01 0\n"), "26 lines");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            delimiter = '|',
            value = {
                "\"\"                                  | nothing, as after a power loss",
                "\"2026-11-24T20 12\"                  | cut before the newline",
                "\"2026-11-24T20 1\n\n\"               | an empty line",
                "\"2026-11-24T20 1\r\n\"               | a line end of another kind",
                "\"2026-11-24T20 -1\n\"                | fewer than none",
                "\"2026-11-24T20 01\n\"                | a zero in front",
                "\"2026-11-24T20  1\n\"                | two spaces",
                "\" 2026-11-24T20 1\n\"                | a space in front",
                "\"2026-11-24T20 1000000000\n\"        | too long a number",
                "\"2026-11-24T20 100000001\n\"         | more than any setting permits",
                "\"2026-11-24T20 60000000\n2026-11-24T21 60000000\n\" | more than any setting permits together",
                "\"2026-11-24T24 1\n\"                 | an hour that no day has",
                "\"2026-02-30T20 1\n\"                 | a day that no month has",
                "\"2026-11-24T21 1\n2026-11-24T20 1\n\" | out of order",
                "\"2026-11-24T20 1\n2026-11-24T20 1\n\" | an hour twice",
                "\"2026-11-24T20:00 1\n\"              | minutes",
                "\"2026-11-24T20 ١\n\"                 | digits of another script",
                "\"2026-11-24T20 1 ada\n\"             | a word",
            })
    void readsNothingElse(String text, String reason) {
        assertEquals(Optional.empty(), HourlyCount.parse(text), reason);
    }
}
