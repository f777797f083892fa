package dev.userservice.call;

import com.fasterxml.jackson.databind.JsonNode;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The records of a list that one call wants, as far as they have come. A total that is known is believed as long as the
 * records do not contradict it; where there are more or fewer, the call fails with {@link ErrorCode#UPSTREAM_CONTRACT}.
 * For one thread at a time.
 */
final class Window {

    private final int offset;
    private final int limit;
    private final List<JsonNode> records = new ArrayList<>();
    private OptionalLong total = OptionalLong.empty();

    Window(int offset, int limit) {
        this.offset = offset;
        this.limit = limit;
    }

    /** Returns how many records of the list stand before the next one wanted. */
    long position() {
        return (long) offset + records.size();
    }

    /** Returns how many records are wanted still. */
    int left() {
        return limit - records.size();
    }

    OptionalLong total() {
        return total;
    }

    /**
     * Takes note of the total that an answer tells, if it does; not of one without users past the total known, which
     * may count those it holds.
     */
    void learn(Fetched answer) {
        if (answer.count() == 0 && isAtTotal()) {
            return;
        }
        total = answer.total().isPresent() ? answer.total() : total;
        if (!records.isEmpty()) {
            requireWithinTotal(position());
        }
    }

    /** Returns whether the total leaves nothing for this window, whatever else an answer holds. */
    boolean isPastTotal() {
        return total.isPresent() && offset >= total.getAsLong();
    }

    /** Takes the records of one answer, before which {@code start} records of the list stand. */
    void add(long start, Fetched answer) {
        requireWithinTotal(start + answer.count());
        records.addAll(answer.records());
    }

    /** Returns whether no further answer is needed. */
    boolean isComplete() {
        return left() == 0 || isAtTotal();
    }

    /** Returns whether the total leaves nothing after what has come. */
    boolean isAtTotal() {
        return total.isPresent() && position() >= total.getAsLong();
    }

    /** Returns the records where the list ends after {@code end} of them. */
    ApiAnswer closed(long end) {
        if (total.isPresent() && total.getAsLong() > end) {
            throw contract("there are fewer users than the total says");
        }
        return new ApiAnswer(records, total, position() < end);
    }

    /** Returns the records where the list may go on, as the total says if it is known. */
    ApiAnswer open() {
        return new ApiAnswer(records, total, total.isEmpty() || position() < total.getAsLong());
    }

    private void requireWithinTotal(long end) {
        if (total.isPresent() && end > total.getAsLong()) {
            throw contract("there are more users than the total says");
        }
    }

    private static CallFailure contract(String sentence) {
        return CallFailure.contract(
                sentence, "check INTERNAL_API_TOTAL, and INTERNAL_API_PAGINATION with the settings that belong to it");
    }
}
