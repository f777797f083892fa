package dev.userservice.call;

import static dev.userservice.call.Verdict.Health.ANSWERED;
import static dev.userservice.call.Verdict.Health.FAILED;
import static dev.userservice.call.Verdict.Health.UNKNOWN;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.userservice.ManualTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CircuitTest {

    private static final Optional<Duration> PASSES = Optional.empty();
    private static final Optional<Duration> FIFTEEN_SECONDS = Optional.of(Duration.ofSeconds(15));

    private final ManualTime time = new ManualTime();
    private final Circuit circuit = new Circuit(time);

    @ParameterizedTest
    @CsvSource({
        "FFFF,          closed, four failures",
        "FFFFF,         open,   five failures in a row",
        "FFFFAF,        closed, an answer in between starts the count anew",
        "FFFFAFFFF,     closed, four after the answer",
        "FFFFAFFFFF,    open,   five after the answer",
        "UUUUUUUUUU,    closed, a 429 or a cancelled call does not count",
        "FFFFUF,        open,   nor does it reset",
        "FFFFFU,        open,   nor does it close",
        "FFFFFA,        closed, an answer under way before it opened closes it",
    })
    void opensAfterFiveFailuresInARow(String attempts, String state, String reason) {
        attempts.chars().forEach(this::report);
        assertEquals(state.equals("open") ? FIFTEEN_SECONDS : PASSES, circuit.refusal(), reason);
    }

    @Test
    void tellsHowLongItStaysOpen() {
        open();
        time.advance(Duration.ofMillis(14_999));
        assertEquals(Optional.of(Duration.ofMillis(1)), circuit.refusal());
        assertEquals(Optional.of(Duration.ofMillis(1)), circuit.tryPass("too early"));
    }

    @Test
    void letsOneProbeThroughAfterFifteenSeconds() {
        open();
        time.advance(Duration.ofSeconds(15));
        assertEquals(PASSES, circuit.tryPass("probe"));
        assertEquals(Optional.of(Duration.ZERO), circuit.tryPass("second"));
        assertEquals(Optional.of(Duration.ZERO), circuit.refusal());
    }

    @Test
    void asksWithoutTakingTheProbesTurn() {
        open();
        time.advance(Duration.ofSeconds(15));
        assertEquals(PASSES, circuit.refusal());
        assertEquals(PASSES, circuit.refusal());
        assertEquals(PASSES, circuit.tryPass("probe"));
    }

    @Test
    void closesWhenTheProbeIsAnswered() {
        probe("probe");
        circuit.report("probe", ANSWERED);
        assertEquals(PASSES, circuit.tryPass("next"));
        assertEquals(PASSES, circuit.tryPass("and the one after"));
        report('F', 'F', 'F', 'F');
        assertEquals(PASSES, circuit.refusal());
    }

    @Test
    void opensAnewForFifteenSecondsWhenTheProbeFails() {
        probe("probe");
        time.advance(Duration.ofSeconds(2));
        circuit.report("probe", FAILED);
        assertEquals(FIFTEEN_SECONDS, circuit.refusal());
        time.advance(Duration.ofSeconds(15));
        assertEquals(PASSES, circuit.tryPass("next probe"));
    }

    @Test
    void sendsAnotherProbeWhenNothingIsLearntFromTheFirst() {
        probe("probe");
        circuit.report("probe", UNKNOWN);
        assertEquals(PASSES, circuit.tryPass("next probe"));
        assertEquals(Optional.of(Duration.ZERO), circuit.tryPass("a third"));
    }

    @Test
    void isNotProlongedByLatecomers() {
        open();
        time.advance(Duration.ofSeconds(10));
        report('F', 'F', 'F', 'F', 'F');
        assertEquals(Optional.of(Duration.ofSeconds(5)), circuit.refusal());
    }

    @Test
    void doesNotTakeALatecomerForTheProbe() {
        probe("probe");
        circuit.report("latecomer", FAILED);
        assertEquals(Optional.of(Duration.ZERO), circuit.refusal());
        circuit.report("latecomer", UNKNOWN);
        assertEquals(Optional.of(Duration.ZERO), circuit.refusal());
    }

    private void open() {
        report('F', 'F', 'F', 'F', 'F');
    }

    private void probe(Object attempt) {
        open();
        time.advance(Duration.ofSeconds(15));
        circuit.tryPass(attempt);
    }

    private void report(int... healths) {
        Arrays.stream(healths)
                .forEach(health ->
                        circuit.report(new Object(), health == 'A' ? ANSWERED : health == 'F' ? FAILED : UNKNOWN));
    }
}
