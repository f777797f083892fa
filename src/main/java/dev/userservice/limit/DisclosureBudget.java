package dev.userservice.limit;

import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * No more user records leave in any 24 hours than the operator permits. They are counted before they leave, so whatever
 * ends the process, too much may be counted and never too little. Thread-safe: one lock guards it, under which its
 * methods may wait for the file, so whoever must not wait stays away.
 */
public final class DisclosureBudget {

    private static final Logger LOG = LoggerFactory.getLogger(DisclosureBudget.class);

    private static final long MILLIS_PER_HOUR = Duration.ofHours(1).toMillis();
    private static final int HOURS_PER_DAY = 24;
    private static final int WARNING_PERCENT = 80;

    private final Store store;
    private final int perDay;
    private final Clock clock;
    private Optional<Long> warned = Optional.empty();

    /** Where a count stands. */
    interface Store {

        /**
         * Replaces the count by what {@code change} makes of it, and returns that; nobody else looks at it or changes
         * it meanwhile. Where {@code change} throws, the count stays as it is.
         */
        HourlyCount update(UnaryOperator<HourlyCount> change) throws IOException;

        /** A count that ends with the process. For one thread at a time. */
        final class InMemory implements Store {

            private HourlyCount count = HourlyCount.NONE;

            @Override
            public HourlyCount update(UnaryOperator<HourlyCount> change) {
                count = change.apply(count);
                return count;
            }
        }
    }

    /** Records that are counted, and the hour in which they were. */
    public record Counted(long hour, int records) {}

    /** How many records may still leave of those in 24 hours, and when the first that have left count no more. */
    public record Left(long records, int perDay, Optional<Instant> next) {}

    /** @param perDay user records that may leave in 24 hours, 1 to 100,000,000 */
    DisclosureBudget(Store store, int perDay, Clock clock) {
        this.store = store;
        this.perDay = perDay;
        this.clock = clock;
    }

    /** Returns a budget that the process does not share. */
    public static DisclosureBudget inMemory(int perDay, Clock clock) {
        return new DisclosureBudget(new Store.InMemory(), perDay, clock);
    }

    /**
     * Returns the budget that all servers with the same audit log share.
     *
     * @throws IOException where it could not be counted now; its message says why, and what to do about it
     */
    public static DisclosureBudget beside(Path auditFile, int perDay, Clock clock) throws IOException {
        DisclosureFile file = new DisclosureFile(DisclosureFile.beside(auditFile));
        DisclosureBudget budget = new DisclosureBudget(file, perDay, clock);
        file.update(found -> found.at(hour(clock.instant())));
        return budget;
    }

    /** @throws CallFailure with {@link ErrorCode#DISCLOSURE_LIMIT} where not a single record may leave now */
    public synchronized void requireSome() {
        // This also writes down as of now what is dated ahead, whether or not a record may leave.
        requireFit(update(count -> count), 1, 1);
    }

    /**
     * Counts records that are about to leave.
     *
     * @param most records that the same call may want to disclose another time
     * @return what was counted, to be taken back where they do not leave
     * @throws CallFailure with {@link ErrorCode#DISCLOSURE_LIMIT} where they are more than is left, and nothing is
     *     counted
     */
    public synchronized Counted disclose(int records, int most) {
        HourlyCount counted = update(count -> {
            requireFit(count, records, most);
            warnAtFirst(count, records);
            return count.plus(count.last(), records);
        });
        return new Counted(counted.last(), records);
    }

    /** Takes back what does not leave; from its own hour, since of another it would free what has left later. */
    public synchronized void takeBack(Counted counted) {
        update(count -> count.plus(counted.hour(), -counted.records()));
    }

    /** Returns what is left, for the operator alone. */
    public synchronized Left left() {
        HourlyCount count = update(same -> same);
        long sum = count.sum();
        Optional<Instant> next = sum == 0 ? Optional.empty() : Optional.of(start(count.firstFit(1, sum)));
        return new Left(Math.max(0, perDay - sum), perDay, next);
    }

    private void requireFit(HourlyCount count, int records, int most) {
        if (count.sum() + records > perDay) {
            Instant enough = start(count.firstFit(Math.min(most, perDay), perDay));
            throw new CallFailure(ErrorCode.DISCLOSURE_LIMIT, "more user records than may leave in 24 hours")
                    .retryAfter(Duration.between(clock.instant(), enough));
        }
    }

    /** Warns where the count passes 80 % of the budget, so of several servers one does, and that once a day. */
    private void warnAtFirst(HourlyCount before, int records) {
        long hour = before.last();
        long enough = (long) perDay * WARNING_PERCENT;
        boolean silent =
                warned.filter(then -> Math.abs(hour - then) < HOURS_PER_DAY).isPresent();
        if (before.sum() * 100 < enough && (before.sum() + records) * 100 >= enough && !silent) {
            warned = Optional.of(hour);
            LOG.warn("{} % of the user records that may leave in 24 hours have left", WARNING_PERCENT);
        }
    }

    /** The hour is looked up once for a change, and only under the lock: who waits for that can see one end. */
    private HourlyCount update(UnaryOperator<HourlyCount> change) {
        try {
            return store.update(found -> change.apply(found.at(hour(clock.instant()))));
        } catch (IOException e) {
            throw new CallFailure(ErrorCode.AUDIT_UNAVAILABLE, e.getMessage(), e);
        }
    }

    private static long hour(Instant time) {
        return Math.floorDiv(time.toEpochMilli(), MILLIS_PER_HOUR);
    }

    private static Instant start(long hour) {
        return Instant.ofEpochMilli(hour * MILLIS_PER_HOUR);
    }
}
