package dev.userservice.limit;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/**
 * How many user records left in which hour. An hour is a number, of hours since the epoch (UTC); an hour counts until
 * the 24 after it have passed, so whatever left in the last 24 hours is in the sum. Immutable.
 *
 * @param hours the records of each hour
 */
record HourlyCount(SortedMap<Long, Long> hours) {

    /** Nothing has left. */
    static final HourlyCount NONE = new HourlyCount(new TreeMap<>());

    /** The hours that count: the current, which has only begun, and the 24 before it. */
    static final int WINDOW_HOURS = 25;

    /** No setting permits more. */
    static final long MAX_RECORDS = 100_000_000;

    /** The most characters of the text form. */
    static final int MAX_CHARACTERS = WINDOW_HOURS * "2026-11-24T20 100000000\n".length();

    private static final int SECONDS_PER_HOUR = 3600;
    private static final Pattern LINES = Pattern.compile("(?:[^\\n]+\\n){1," + WINDOW_HOURS + "}");
    private static final Pattern LINE =
            Pattern.compile("(\\d{4}-\\d\\d-\\d\\dT\\d\\d) (0|[1-9]\\d{0,8})", Pattern.MULTILINE);

    HourlyCount {
        hours = Collections.unmodifiableSortedMap(new TreeMap<>(hours));
    }

    /** Returns what counts in an hour: earlier hours no more once 24 lie between, later ones as if they were this. */
    HourlyCount at(long now) {
        SortedMap<Long, Long> counting = new TreeMap<>();
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
        return hours.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Returns the count with more records in an hour; with zero, the hour is in the text form all the same. */
    HourlyCount plus(long hour, long records) {
        SortedMap<Long, Long> more = new TreeMap<>(hours);
        more.merge(hour, records, Long::sum);
        return new HourlyCount(more);
    }

    /** Returns the count with fewer records in an hour, but never fewer than none. */
    HourlyCount minus(long hour, long records) {
        SortedMap<Long, Long> fewer = new TreeMap<>(hours);
        fewer.computeIfPresent(hour, (same, counted) -> Math.max(0, counted - records));
        return new HourlyCount(fewer);
    }

    /** Returns the first hour from {@code now} on in which so many records, at most {@code limit}, fit under it. */
    long firstFit(long now, long records, long limit) {
        return LongStream.rangeClosed(now, now + WINDOW_HOURS)
                .filter(hour -> at(hour).sum() + records <= limit)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("more records than the limit"));
    }

    /** Returns the hour in which the first of these records count no more; nothing where there are none. */
    Optional<Long> nextEnd() {
        return hours.keySet().stream()
                .filter(hour -> hours.get(hour) > 0)
                .findFirst()
                .map(hour -> hour + WINDOW_HOURS);
    }

    /** Returns the text form: a line for each hour. */
    String text() {
        StringBuilder text = new StringBuilder();
        hours.forEach((hour, records) ->
                text.append(name(hour)).append(' ').append(records).append('\n'));
        return text.toString();
    }

    private static String name(long hour) {
        String minute = LocalDateTime.ofEpochSecond(hour * SECONDS_PER_HOUR, 0, ZoneOffset.UTC)
                .toString();
        return minute.substring(0, "2026-11-24T20".length());
    }

    /** Parses the text form; returns nothing where a text is not exactly what {@link #text()} can return. */
    static Optional<HourlyCount> parse(String text) {
        if (!LINES.matcher(text).matches()) {
            return Optional.empty();
        }
        SortedMap<Long, Long> hours = new TreeMap<>();
        try {
            for (String line : text.lines().toList()) {
                Matcher parts = LINE.matcher(line);
                if (!parts.matches()) {
                    return Optional.empty();
                }
                long seconds = LocalDateTime.parse(parts.group(1) + ":00").toEpochSecond(ZoneOffset.UTC);
                hours.put(seconds / SECONDS_PER_HOUR, Long.valueOf(parts.group(2)));
            }
        } catch (DateTimeException e) {
            return Optional.empty(); // a day or an hour that no calendar has
        }
        // Written again, it is the same: so the hours are in order, and each is there once.
        return Optional.of(new HourlyCount(hours))
                .filter(count -> count.text().equals(text) && count.sum() <= MAX_RECORDS);
    }
}
