package dev.userservice.limit;

import java.util.function.UnaryOperator;

/** A count that ends with the process. For one thread at a time. */
final class CountInMemory implements CountStore {

    private HourlyCount count = HourlyCount.NONE;

    @Override
    public HourlyCount update(UnaryOperator<HourlyCount> change) {
        count = change.apply(count);
        return count;
    }
}
