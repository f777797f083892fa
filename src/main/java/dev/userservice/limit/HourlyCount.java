package dev.userservice.limit;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * How many user records left in which hour. An hour is a number, of hours since the epoch (UTC); an hour counts until
 * the 24 after it have passed, so whatever left in the last 24 hours is in the sum. Immutable.
 *
 * @param hours the records of each hour
 */
record HourlyCount(SortedMap<Long, Long> hours) {

    static final HourlyCount NONE = new HourlyCount(new TreeMap<>());

    /** The hours that count: the current, which has only begun, and the 24 before it. */
    static final int WINDOW_HOURS = 25;

    /** No setting permits more. */
    static final long MAX_RECORDS = 100_000_000;

    /** The most characters of the text form. */
    static final int MAX_CHARACTERS = WINDOW_HOURS * "2026-11-24T20 100000000\n".length();

    private static final int SECONDS_PER_HOUR = 3600;
    private static final int NAME_CHARACTERS = "2026-11-24T20".length();

    HourlyCount {
        hours = Collections.unmodifiableSortedMap(new TreeMap<>(hours));
    }

    /**
     * Returns what counts in an hour: earlier hours no more once 24 lie between, later ones as if they were this. This
     * hour is always in it, so that the text form is never empty, as a damaged file may be.
     */
    HourlyCount at(long now) {
        SortedMap<Long, Long> counting = new TreeMap<>(Map.of(now, 0L));
        hours.forEach((hour, records) -> {
            if (hour > now - WINDOW_HOURS && records > 0) {
                counting.merge(Math.min(hour, now), records, Long::sum);
            }
        });
        return new HourlyCount(counting);
    }

    /** Returns the last hour that has a count, which may be zero. */
    long last() {
        return hours.lastKey();
    }

    long sum() {
        long sum = 0;
        for (long records : hours.values()) {
            sum += records;
        }
        return sum;
    }

    /**
     * Returns the count with so many more records in an hour that it has, or fewer where they are negative, but at
     * least 0.
     */
    HourlyCount plus(long hour, long records) {
        SortedMap<Long, Long> changed = new TreeMap<>(hours);
        changed.computeIfPresent(hour, (same, counted) -> Math.max(0, counted + records));
        return new HourlyCount(changed);
    }

    /** Returns the first hour, from the last one on, in which so many records more are within {@code limit}. */
    long firstFit(long records, long limit) {
        return LongStream.rangeClosed(last(), last() + WINDOW_HOURS)
                .filter(hour -> at(hour).sum() + records <= limit)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("more records than the limit"));
    }

    /** Returns the text form: a line for each hour. */
    String text() {
        StringBuilder text = new StringBuilder();
        hours.forEach((hour, records) ->
                text.append(name(hour)).append(' ').append(records).append('\n'));
        return text.toString();
    }

    private static String name(long hour) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(hour * SECONDS_PER_HOUR, 0, ZoneOffset.UTC);
        return time.toString().substring(0, NAME_CHARACTERS);
    }

    /** Parses the text form; returns nothing where a text is not exactly what {@link #text()} can return. */
    static Optional<HourlyCount> parse(String text) {
        SortedMap<Long, Long> hours = new TreeMap<>();
        try {
            for (String line : text.split("\n")) {
                long records = Long.parseLong(line.substring(NAME_CHARACTERS + 1));
                if (records < 0 || records > MAX_RECORDS) {
                    return Optional.empty();
                }
                hours.put(hour(line), records);
            }
        } catch (DateTimeException | NumberFormatException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
        // Written again, it is the same: so nothing else is in it, the hours are in order, and each is there once.
        HourlyCount count = new HourlyCount(hours);
        return Optional.of(count)
                .filter(same -> hours.size() <= WINDOW_HOURS && count.sum() <= MAX_RECORDS)
                .filter(same -> count.text().equals(text));
    }

    /** Reads the hour at the beginning of a line, whatever separates its parts. */
    private static long hour(String line) {
        LocalDateTime time =
                LocalDateTime.of(number(line, 0, 4), number(line, 5, 7), number(line, 8, 10), number(line, 11, 13), 0);
        return time.toEpochSecond(ZoneOffset.UTC) / SECONDS_PER_HOUR;
    }

    private static int number(String line, int from, int to) {
        return Integer.parseInt(line, from, to, 10);
    }
}
