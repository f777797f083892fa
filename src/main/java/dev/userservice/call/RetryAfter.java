package dev.userservice.call;

import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;

/**
 * Reads {@code Retry-After} (RFC 9110, 10.2.3: seconds, or a date). Whatever it holds, the result is 0 to 30 seconds.
 */
final class RetryAfter {

  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,1000}");

  private RetryAfter() {}

  /** Returns the wait the header asks for; zero where it asks for none or cannot be read. */
  static Duration parse(String header, Instant now) {
    String text = header.strip();
    if (SECONDS.matcher(text).matches()) {
      return clamp(Duration.ofSeconds(new BigInteger(text).min(BigInteger.valueOf(LONGEST.toSeconds())).longValue()));
    }
    try {
      return clamp(Duration.between(now, ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)));
    } catch (DateTimeException | ArithmeticException e) {
      return Duration.ZERO; // RFC 9110, 5.6.7 allows older forms of a date; a wait we cannot read is none
    }
  }

  private static Duration clamp(Duration wait) {
    return wait.isNegative() ? Duration.ZERO : wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
  }
}
