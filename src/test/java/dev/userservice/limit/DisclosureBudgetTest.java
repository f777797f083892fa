package dev.userservice.limit;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.userservice.LogLines;
import dev.userservice.limit.DisclosureBudget.Counted;
import dev.userservice.limit.DisclosureBudget.Left;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one process sees of the budget, by a clock that is moved by hand. */
final class DisclosureBudgetTest {

    private static final String WARNING = "WARN 80 % of the user records that may leave in 24 hours have left";

    private final ManualClock clock = new ManualClock("2026-11-24T20:59:59Z");
    private final DisclosureBudget budget = DisclosureBudget.inMemory(10, clock);

    private static Duration refused(Runnable step) {
        CallFailure failure = assertThrows(CallFailure.class, step::run);
        assertEquals(ErrorCode.DISCLOSURE_LIMIT, failure.code());
        return failure.retryAfter().orElseThrow();
    }

    @Test
    void letsLeaveWhatTheSettingPermitsAndNotOneRecordMore() {
        budget.disclose(4, 50);
        budget.disclose(6, 50);
        Duration day = Duration.parse("PT24H1S");
        assertEquals(day, refused(budget::requireSome));
        assertEquals(day, refused(() -> budget.disclose(1, 1)));
    }

    @Test
    void refusesAPageAsAWholeAndCountsNothingOfIt() {
        budget.disclose(8, 8);
        refused(() -> budget.disclose(3, 50));
        budget.requireSome();
        budget.disclose(2, 50);
    }

    @Test
    void givesNothingBackBefore24HoursHavePassedWhateverTheHour() {
        budget.disclose(10, 10);
        clock.move(Duration.ofHours(24));
        assertEquals(Duration.ofSeconds(1), refused(budget::requireSome));
        clock.move(Duration.ofSeconds(1));
        budget.requireSome();
        budget.disclose(10, 10);
    }

    @Test
    void saysWhenEnoughHasRunOutForThisVeryCall() {
        budget.disclose(1, 1);
        clock.move(Duration.ofHours(2));
        budget.disclose(3, 3);
        clock.move(Duration.ofHours(3));
        budget.disclose(6, 6);
        assertEquals(Duration.parse("PT19H1S"), refused(budget::requireSome), "one record");
        assertEquals(Duration.parse("PT19H1S"), refused(() -> budget.disclose(1, 1)), "one record");
        assertEquals(Duration.parse("PT21H1S"), refused(() -> budget.disclose(1, 4)), "a page of four");
        assertEquals(Duration.parse("PT24H1S"), refused(() -> budget.disclose(1, 5)), "a page of five");
        assertEquals(Duration.parse("PT24H1S"), refused(() -> budget.disclose(1, 50)), "more than the setting permits");
    }

    @Test
    void givesNothingBackWhereTheClockIsSetBack() {
        budget.disclose(10, 10);
        clock.move(Duration.ofDays(-400));
        assertEquals(Duration.parse("PT24H1S"), refused(budget::requireSome));
        clock.move(Duration.ofHours(24));
        refused(budget::requireSome);
        clock.move(Duration.ofSeconds(1));
        budget.requireSome();
    }

    @Test
    void takesBackWhatDoesNotLeaveFromItsOwnHour() {
        Counted counted = budget.disclose(4, 4);
        clock.move(Duration.ofSeconds(1));
        budget.disclose(6, 6);
        budget.takeBack(counted);
        assertEquals(new Left(4, 10, Optional.of(Instant.parse("2026-11-25T22:00:00Z"))), budget.left());
        budget.takeBack(counted);
        assertEquals(4, budget.left().records(), "never more than is there");
    }

    @Test
    void tellsTheOperatorWhatIsLeft() {
        assertEquals(new Left(10, 10, Optional.empty()), budget.left());
        budget.disclose(4, 4);
        clock.move(Duration.ofHours(1));
        budget.disclose(5, 5);
        assertEquals(new Left(1, 10, Optional.of(Instant.parse("2026-11-25T21:00:00Z"))), budget.left());
    }

    @Test
    void keepsToASettingThatWasLowered() {
        DisclosureBudget.Store.InMemory shared = new DisclosureBudget.Store.InMemory();
        new DisclosureBudget(shared, 10, clock).disclose(8, 8);
        DisclosureBudget lowered = new DisclosureBudget(shared, 5, clock);
        assertEquals(0, lowered.left().records());
        assertEquals(Duration.parse("PT24H1S"), refused(lowered::requireSome));
        assertDoesNotThrow(() -> new DisclosureBudget(shared, 9, clock).disclose(1, 1));
    }

    @Test
    void warnsOnceADayWhereItPasses80Percent() {
        try (LogLines log = new LogLines(DisclosureBudget.class)) {
            budget.disclose(7, 7);
            assertEquals(List.of(), log.lines());
            Counted eighth = budget.disclose(1, 1);
            budget.takeBack(eighth);
            budget.disclose(1, 1);
            budget.disclose(2, 2);
            assertEquals(List.of(WARNING), log.lines());
            clock.move(Duration.ofHours(26));
            budget.disclose(10, 10);
            assertEquals(List.of(WARNING, WARNING), log.lines());
        }
    }

    @Test
    void leavesTheWarningToTheServerThatPasses80Percent() {
        try (LogLines log = new LogLines(DisclosureBudget.class)) {
            DisclosureBudget.Store.InMemory shared = new DisclosureBudget.Store.InMemory();
            new DisclosureBudget(shared, 10, clock).disclose(8, 8);
            new DisclosureBudget(shared, 10, clock).disclose(1, 1);
            assertEquals(List.of(WARNING), log.lines());
        }
    }

    @Test
    void looksAtTheClockUnderTheLock() {
        DisclosureBudget.Store waiting = new DisclosureBudget.Store() {
            private final DisclosureBudget.Store.InMemory count = new DisclosureBudget.Store.InMemory();

            @Override
            public HourlyCount update(UnaryOperator<HourlyCount> change) {
                clock.move(Duration.ofSeconds(1)); // the wait for the lock
                return count.update(change);
            }
        };
        DisclosureBudget slow = new DisclosureBudget(waiting, 10, clock);
        slow.disclose(10, 10);
        assertEquals(
                Optional.of(Instant.parse("2026-11-25T22:00:00Z")), slow.left().next());
    }

    /** An hour that ends at any look is neither skipped nor used together with the next. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void usesOneHourForOneChange(int looksBeforeTheHourEnds) {
        clock.move(Duration.ofSeconds(-looksBeforeTheHourEnds));
        Clock ticking = clock.tickingBy(Duration.ofSeconds(1));
        DisclosureBudget.Store.InMemory store = new DisclosureBudget.Store.InMemory();
        DisclosureBudget ticked = new DisclosureBudget(store, 10, ticking);
        ticked.requireSome();
        Counted counted = ticked.disclose(4, 4);
        assertEquals(HourlyCount.NONE.at(counted.hour()).plus(counted.hour(), 4), store.update(same -> same));
    }

    @Test
    void failsAsTheAuditDoesWhereNothingCanBeCounted() {
        IOException trouble = new IOException("the disclosure count is damaged");
        DisclosureBudget.Store broken = new DisclosureBudget.Store() {
            @Override
            public HourlyCount update(UnaryOperator<HourlyCount> change) throws IOException {
                throw trouble;
            }
        };
        DisclosureBudget closed = new DisclosureBudget(broken, 10, clock);
        for (Runnable step : List.<Runnable>of(closed::requireSome, () -> closed.disclose(1, 1), closed::left)) {
            CallFailure failure = assertThrows(CallFailure.class, step::run);
            assertEquals(ErrorCode.AUDIT_UNAVAILABLE, failure.code());
            assertEquals("the disclosure count is damaged", failure.getMessage());
            assertSame(trouble, failure.getCause());
        }
    }
}
