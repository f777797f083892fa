package dev.userservice.limit;

import java.io.IOException;
import java.util.function.UnaryOperator;

/** Where a count stands. */
interface CountStore {

    /**
     * Replaces the count by what {@code change} makes of it, and returns that; nobody else looks at it or changes it
     * meanwhile. Where {@code change} throws, the count stays as it is.
     */
    HourlyCount update(UnaryOperator<HourlyCount> change) throws IOException;

    /** A count that ends with the process. For one thread at a time. */
    final class InMemory implements CountStore {

        private HourlyCount count = HourlyCount.NONE;

        @Override
        public HourlyCount update(UnaryOperator<HourlyCount> change) {
            count = change.apply(count);
            return count;
        }
    }
}
