package dev.userservice.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random histories of servers on one count, against plain lists of what was counted and what left when. The lists know
 * hours only where the contract does: in when a call is refused.
 */
@Timeout(120)
final class DisclosureHistoryTest {

    private static final int HISTORIES = 10_000;
    private static final int STEPS = 40;
    private static final Duration DAY = Duration.ofHours(24);

    /** Records, and when they left by the clock. */
    private record Item(Instant time, int records) {

        long hour() {
            return time.getEpochSecond() / 3600;
        }

        boolean counts(Instant now) {
            return hour() >= now.getEpochSecond() / 3600 - 24;
        }
    }

    /** The file: its text, and a kill before or after it is written. */
    private static final class Text implements DisclosureBudget.Store {

        private final Runnable onWrite;
        private String text = "";
        private boolean killedBefore;
        private boolean killedAfter;

        private static final class Kill extends RuntimeException {}

        Text(Runnable onWrite) {
            this.onWrite = onWrite;
        }

        private HourlyCount read() {
            return text.isEmpty() ? HourlyCount.NONE : HourlyCount.parse(text).orElseThrow();
        }

        @Override
        public HourlyCount update(UnaryOperator<HourlyCount> change) {
            HourlyCount changed = change.apply(read());
            kill(killedBefore);
            text = changed.text();
            onWrite.run();
            assertTrue(HourlyCount.parse(text).isPresent(), text);
            kill(killedAfter);
            return changed;
        }

        private static void kill(boolean now) {
            if (now) {
                throw new Kill();
            }
        }
    }

    /** One history, and what a plain list makes of it. */
    private static final class History {

        private final Random random;
        private final ManualClock clock = new ManualClock("2026-11-24T20:59:59Z");
        private final Text file = new Text(this::written);
        private final int perDay;
        private final List<DisclosureBudget> servers = new ArrayList<>();
        private List<Item> counted = new ArrayList<>();
        private List<Item> left = new ArrayList<>();
        private int refusals;

        History(long seed) {
            random = new Random(seed);
            perDay = 1 + random.nextInt(12);
            IntStream.range(0, 3).forEach(server -> servers.add(server()));
        }

        private DisclosureBudget server() {
            return new DisclosureBudget(file, perDay, clock);
        }

        void step() {
            switch (random.nextInt(12)) {
                case 0 -> clock.move(Duration.ofHours(random.nextInt(30)));
                case 1 -> clock.move(Duration.ofHours(1));
                case 2 -> clock.move(Duration.ofMinutes(random.nextInt(90)));
                case 3 -> servers.set(random.nextInt(3), server());
                case 4 -> jumpBack();
                default -> call();
            }
        }

        private void jumpBack() {
            if (random.nextInt(4) == 0) {
                clock.move(Duration.ofMinutes(-random.nextInt(4000)));
            }
        }

        private void call() {
            DisclosureBudget server = servers.get(random.nextInt(3));
            int most = 1 + random.nextInt(6);
            int records = random.nextInt(most + 1);
            file.killedBefore = random.nextInt(20) == 0;
            file.killedAfter = random.nextInt(20) == 0;
            try {
                server.requireSome();
                assertTrue(fits(1, clock.instant()), "nothing is left");
                count(server, records, most);
            } catch (CallFailure refusal) {
                assertRefusal(refusal, records, most);
            } catch (Text.Kill kill) {
                servers.set(random.nextInt(3), server());
            }
        }

        private void count(DisclosureBudget server, int records, int most) {
            DisclosureBudget.Counted receipt;
            try {
                receipt = server.disclose(records, most);
            } catch (Text.Kill kill) {
                if (!file.killedBefore) {
                    counted.add(new Item(clock.instant(), records));
                }
                throw kill;
            }
            assertTrue(fits(records, clock.instant()), "they do not fit");
            if (random.nextInt(10) == 0) {
                server.takeBack(receipt); // the call failed
            } else {
                counted.add(new Item(clock.instant(), records));
                left.add(new Item(clock.instant(), records));
                assertTrue(sum(left, clock.instant()) <= perDay, "more left in 24 hours than may");
            }
        }

        private void assertRefusal(CallFailure refusal, int records, int most) {
            assertEquals(ErrorCode.DISCLOSURE_LIMIT, refusal.code());
            refusals++;
            Instant now = clock.instant();
            boolean nothing = !fits(1, now);
            assertTrue(nothing || !fits(records, now), "refused though they fit");
            if (nothing || records <= perDay) {
                int needed = nothing ? 1 : Math.min(most, perDay);
                Instant then = now.plus(refusal.retryAfter().orElseThrow());
                assertTrue(fits(needed, then), "not yet");
                assertTrue(!fits(needed, then.minusNanos(1)), "it could have been told earlier");
            }
        }

        /** Everything is counted at the hour it left, the current and the 24 before it together. */
        private boolean fits(int records, Instant then) {
            int sum = counted.stream()
                    .filter(item -> item.counts(then))
                    .mapToInt(Item::records)
                    .sum();
            return sum + records <= perDay;
        }

        private static int sum(List<Item> items, Instant now) {
            return items.stream()
                    .filter(item -> item.time().isAfter(now.minus(DAY)))
                    .mapToInt(Item::records)
                    .sum();
        }

        /** What is dated ahead is of now from now on, and what has ended does not come back with the clock. */
        private void written() {
            counted = new ArrayList<>(dated(counted, clock.instant()));
            left = new ArrayList<>(dated(left, clock.instant()));
        }

        private static List<Item> dated(List<Item> items, Instant now) {
            return items.stream()
                    .filter(item -> item.counts(now))
                    .map(item -> item.time().isAfter(now) ? new Item(now, item.records()) : item)
                    .toList();
        }
    }

    @Test
    void letsNoMoreLeaveInAny24HoursAndRefusesNothingThatFits() {
        int refusals = 0;
        for (int seed = 0; seed < HISTORIES; seed++) {
            History history = new History(seed);
            for (int step = 0; step < STEPS; step++) {
                try {
                    history.step();
                } catch (AssertionError e) {
                    throw new AssertionError("seed " + seed + ", step " + step + ": " + e.getMessage(), e);
                }
            }
            refusals += history.refusals;
        }
        assertTrue(refusals > HISTORIES, "only " + refusals + " refusals");
    }
}
