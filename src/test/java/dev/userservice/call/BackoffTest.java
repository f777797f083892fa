package dev.userservice.call;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BackoffTest {

    @ParameterizedTest
    @CsvSource({
        "1,  200, the first",
        "2,  400, doubled",
        "3,  800, doubled again",
        "4, 1600, and again",
        "5, 2000, never more than two seconds",
    })
    void waitsAnywhereBetweenNothingAndTheDoublingCeiling(int retry, long ceilingMillis, String reason) {
        assertEquals(Duration.ZERO, Attempts.backoff(retry, atTheBottom()), reason);
        assertEquals(Duration.ofMillis(ceilingMillis), Attempts.backoff(retry, atTheTop()), reason);
    }

    private static RandomGenerator atTheBottom() {
        return bounded(0);
    }

    private static RandomGenerator atTheTop() {
        return bounded(1);
    }

    /** Returns the lowest number below a bound, or the highest. */
    private static RandomGenerator bounded(int highest) {
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                throw new AssertionError("without a bound the jitter has no limit");
            }

            @Override
            public long nextLong(long bound) {
                return highest * (bound - 1);
            }
        };
    }
}
