package dev.userservice.call;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads {@code Retry-After} (RFC 9110, 10.2.3: seconds, or a date). Whatever it holds, the result is 0 to 30 seconds.
 */
final class RetryAfter {

    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final int MAX_DIGITS = 10;
    private static final Pattern SECONDS = Pattern.compile("[0-9]+");

    /** RFC 9110, 5.6.7: recipients accept all three. */
    private static final List<DateTimeFormatter> DATES = List.of(
            DateTimeFormatter.RFC_1123_DATE_TIME,
            DateTimeFormatter.ofPattern("EEEE, dd-MMM-yy HH:mm:ss 'GMT'", Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC),
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC));

    private RetryAfter() {}

    /** Returns the wait the header asks for; zero where it asks for none or cannot be read. */
    static Duration parse(String header, Instant now) {
        String text = header.strip();
        if (SECONDS.matcher(text).matches()) {
            String digits = text.replaceFirst("^0+", "0");
            return digits.length() > MAX_DIGITS ? LONGEST : clamp(Duration.ofSeconds(Long.parseLong(digits)));
        }
        return DATES.stream()
                .flatMap(format -> date(text, format).stream())
                .findFirst()
                .map(date -> clamp(between(now, date)))
                .orElse(Duration.ZERO); // a wait that cannot be read is none
    }

    private static Optional<ZonedDateTime> date(String text, DateTimeFormatter format) {
        try {
            return Optional.of(ZonedDateTime.parse(text, format));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Duration between(Instant now, ZonedDateTime date) {
        return date.toInstant().isBefore(now) ? Duration.ZERO : Duration.between(now, date);
    }

    private static Duration clamp(Duration wait) {
        return wait.isNegative() ? Duration.ZERO : wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
    }
}
