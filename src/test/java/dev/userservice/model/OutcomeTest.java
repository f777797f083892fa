package dev.userservice.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class OutcomeTest {

    @Test
    void isConsumedByTheFunctionThatFits() {
        Outcome success = new Outcome.Success(Json.object(), 2, 1);
        Outcome failure = new Outcome.Failure(ErrorCode.NOT_FOUND, "none", OptionalLong.empty(), Optional.empty());
        assertEquals("2 records", success.fold(found -> found.records() + " records", Outcome.Failure::text));
        assertEquals("none", failure.fold(found -> found.records() + " records", Outcome.Failure::text));
    }
}
