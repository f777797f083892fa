package dev.userservice.call;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Reads {@code Retry-After} (RFC 9110, 10.2.3: seconds, or a date) as a wait of 0 to 30 seconds, whatever it holds. */
final class RetryAfter {

    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final Pattern SECONDS = Pattern.compile("[0-9]+");

    /** RFC 9110, 5.6.7: recipients accept all three. */
    private static final List<DateTimeFormatter> DATES = List.of(
            DateTimeFormatter.RFC_1123_DATE_TIME,
            utc("EEEE, dd-MMM-yy HH:mm:ss 'GMT'"),
            utc("EEE MMM ppd HH:mm:ss yyyy"));

    private RetryAfter() {}

    /** Returns the wait the header asks for; zero where it asks for none or cannot be read. */
    static Duration parse(String header, Instant now) {
        String text = header.strip();
        if (SECONDS.matcher(text).matches()) {
            String digits = text.replaceFirst("^0+", "0");
            return digits.length() > 10 ? LONGEST : clamp(Duration.ofSeconds(Long.parseLong(digits)));
        }
        for (DateTimeFormatter format : DATES) {
            try {
                return clamp(Duration.between(now, format.parse(text, Instant::from)));
            } catch (DateTimeException e) {
                // another format, or none of the three
            }
        }
        return Duration.ZERO;
    }

    private static DateTimeFormatter utc(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).withZone(ZoneOffset.UTC);
    }

    private static Duration clamp(Duration wait) {
        return wait.isNegative() ? Duration.ZERO : wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
    }
}
