package dev.userservice.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RateLimiterTest {

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private long now = Long.MAX_VALUE - 1_000_000;

    private RateLimiter limiter(int perMinute, int burst) {
        return new RateLimiter(perMinute, burst, () -> now);
    }

    private void advance(Duration time) {
        now += time.toNanos();
    }

    private static List<Duration> reserve(RateLimiter limiter, int calls) {
        return IntStream.range(0, calls)
                .mapToObj(call -> limiter.reserve(PATIENCE))
                .toList();
    }

    private static Duration refused(RateLimiter limiter) {
        CallFailure failure = assertThrows(CallFailure.class, () -> limiter.reserve(PATIENCE));
        assertEquals(ErrorCode.RATE_LIMITED, failure.code());
        return failure.retryAfter().orElseThrow();
    }

    @Test
    void admitsABurstAtOnceAndThenEvenlyInTheOrderAsked() {
        assertEquals(
                List.of(0, 0, 0, 500, 1000, 1500, 2000).stream()
                        .map(Duration::ofMillis)
                        .toList(),
                reserve(limiter(120, 3), 7));
    }

    @Test
    void refusesAWaitLongerThanPatienceAndTakesNoTurn() {
        RateLimiter limiter = limiter(60, 1);
        reserve(limiter, 3);
        assertEquals(Duration.ofSeconds(3), refused(limiter));
        assertEquals(Duration.ofSeconds(3), refused(limiter), "the refused call took a turn");
        advance(Duration.ofMillis(1500));
        assertEquals(Duration.ofMillis(1500), limiter.reserve(PATIENCE));
    }

    @Test
    void admitsAtOnceWhoeverComesBackAfterTheWaitTold() {
        RateLimiter limiter = limiter(7, 1);
        limiter.reserve(PATIENCE);
        advance(refused(limiter));
        assertEquals(Duration.ZERO, limiter.reserve(Duration.ZERO));
    }

    @Test
    void refusesAtOnceWhereNoPatienceIsLeft() {
        RateLimiter limiter = limiter(60, 1);
        limiter.reserve(Duration.ZERO);
        CallFailure failure = assertThrows(CallFailure.class, () -> limiter.reserve(Duration.ofMillis(-1)));
        assertEquals(Optional.of(Duration.ofSeconds(1)), failure.retryAfter());
    }

    @Test
    void regainsNoMoreThanTheBurstHoweverLongItIsIdle() {
        RateLimiter limiter = limiter(60, 2);
        reserve(limiter, 2);
        advance(Duration.ofDays(300));
        assertEquals(List.of(Duration.ZERO, Duration.ZERO, Duration.ofSeconds(1)), reserve(limiter, 3));
        advance(Duration.ofSeconds(2));
        assertEquals(List.of(Duration.ZERO, Duration.ofSeconds(1)), reserve(limiter, 2));
    }

    @ParameterizedTest
    @CsvSource({
        "60, 1, one a second",
        "120, 30, the default",
        "6, 10, a burst larger than a minute's calls",
        "1200, 5, many a second"
    })
    void admitsNoMoreThanTheRateOverAnyMinuteBesidesTheBurst(int perMinute, int burst, String reason) {
        Random random = new Random(7);
        RateLimiter limiter = limiter(perMinute, burst);
        long begun = now;
        List<Long> turns = new ArrayList<>();
        for (int attempt = 0; attempt < 5000; attempt++) {
            advance(Duration.ofMillis(random.nextInt(120_000 / perMinute)));
            try {
                turns.add(now - begun + limiter.reserve(PATIENCE).toNanos());
            } catch (CallFailure refused) {
                assertEquals(ErrorCode.RATE_LIMITED, refused.code());
            }
        }
        long minute = Duration.ofMinutes(1).toNanos();
        int span = perMinute + burst - 1;
        for (int i = span; i < turns.size(); i++) {
            assertTrue(turns.get(i) - turns.get(i - span) >= minute, reason + ", turn " + i);
        }
        assertEquals(turns.stream().sorted().toList(), turns, "turns are in the order asked");
    }

    @Test
    void standsTheLargestSettings() {
        assertEquals(Duration.ofNanos(60_000), reserve(limiter(1_000_000, 1), 2).get(1));
        RateLimiter limiter = limiter(1, 1_000_000);
        IntStream.range(0, 1_000_000).forEach(call -> assertEquals(Duration.ZERO, limiter.reserve(PATIENCE)));
        assertEquals(Duration.ofMinutes(1), refused(limiter));
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 833_334, 999_999})
    void admitsNoMoreThanARateThatDoesNotDivideTheMinute(int perMinute) {
        RateLimiter limiter = limiter(perMinute, 1);
        Duration last = Duration.ZERO;
        for (int call = 0; call <= perMinute; call++) {
            last = limiter.reserve(Duration.ofMinutes(2));
        }
        assertTrue(last.compareTo(Duration.ofMinutes(1)) >= 0, last.toString());
    }
}
