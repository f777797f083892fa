package dev.userservice.call;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RetryPolicyTest {

    @ParameterizedTest
    @CsvSource({
        "1,  200, the first",
        "2,  400, doubled",
        "3,  800, doubled again",
        "4, 1600, and again",
        "5, 2000, never more than two seconds",
    })
    void waitsAnywhereBetweenNothingAndTheDoublingCeiling(int retry, long ceilingMillis, String reason) {
        assertEquals(Duration.ZERO, RetryPolicy.backoff(retry, atTheBottom()), reason);
        assertEquals(Duration.ofMillis(ceilingMillis), RetryPolicy.backoff(retry, atTheTop()), reason);
    }

    @ParameterizedTest
    @CsvSource({
        "200, false",
        "301, false",
        "400, false",
        "401, false",
        "404, false",
        "408, false",
        "418, false",
        "429, true",
        "500, false",
        "501, false",
        "502, true",
        "503, true",
        "504, true",
        "505, false",
        "599, false",
    })
    void triesAgainOnlyWhereTheTroublePasses(int status, boolean passing) {
        assertEquals(passing, RetryPolicy.isTransient(status));
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
