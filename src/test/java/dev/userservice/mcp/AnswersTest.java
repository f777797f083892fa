package dev.userservice.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.LogLines;
import dev.userservice.model.Json;
import dev.userservice.model.Redactor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each request is answered at most once, whatever becomes of its answer, and one message leaves at a time. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class AnswersTest {

    private final Ledger ledger = new Ledger();
    private final Wire wire = new Wire(ledger::written);
    private final AtomicInteger failures = new AtomicInteger();
    private final Answers answers = new Answers(wire, ledger, new Redactor(), failures::incrementAndGet);

    @Test
    void answersARequestOnce() {
        Ledger.Entry key = open("1");
        answers.result(key, Json::object);
        answers.result(key, Json::object);
        answers.error(key, ProtocolError.INVALID_PARAMS);
        assertEquals(List.of(Edge.pong("1")), wire.sent());
        ledger.awaitQuiet();
    }

    @Test
    void answersNothingThatIsDropped() {
        Ledger.Entry key = open("1");
        ledger.drop(key);
        answers.result(key, () -> {
            throw new AssertionError("rendered");
        });
        assertEquals(List.of(), wire.sent());
    }

    @Test
    void answersNothingThatIsDroppedWhileItsAnswerIsRendered() {
        Ledger.Entry key = open("1");
        answers.result(key, () -> {
            ledger.drop(key);
            return Json.object();
        });
        assertEquals(List.of(), wire.sent());
        ledger.awaitQuiet();
    }

    @Test
    void sendsErrors() {
        answers.error(open("1"), ProtocolError.METHOD_NOT_FOUND);
        answers.error(open("2"), Json.object().put("code", 5).put("message", "five"));
        answers.error(Optional.of("3"), ProtocolError.INVALID_REQUEST);
        answers.error(Optional.empty(), ProtocolError.PARSE_ERROR);
        assertEquals(
                List.of(
                        Edge.error("1", -32601, "Method not found"),
                        Edge.error("2", 5, "five"),
                        Edge.error("3", -32600, "Invalid request"),
                        "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32700,\"message\":\"Parse error\"}}"),
                wire.sent());
        ledger.awaitQuiet();
    }

    @Test
    void countsEveryMessageBeforeItIsHandedOver() {
        List<String> written = new ArrayList<>();
        wire.beforeEach(() -> {
            ledger.written(); // fails where nothing is counted
            ledger.send(0); // for the reading below
            written.add("one");
        });
        answers.result(open("1"), Json::object);
        answers.notification("m", Json.object());
        assertEquals(List.of(Edge.pong("1"), "{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":{}}"), wire.sent());
        assertEquals(2, written.size());
        assertEquals(0, failures.get());
    }

    static Stream<Supplier<ObjectNode>> faults() {
        return Stream.of(
                () -> {
                    throw new IllegalStateException("secret");
                },
                AnswersTest::overflow,
                () -> {
                    ObjectNode unwritable = Json.object();
                    unwritable.putPOJO("x", new Object());
                    return unwritable;
                });
    }

    private static ObjectNode overflow() {
        ObjectNode deeper = overflow();
        return Json.object().setAll(deeper);
    }

    @ParameterizedTest
    @MethodSource("faults")
    void answersWhatCannotBeRenderedByAnInternalError(Supplier<ObjectNode> fault) {
        try (LogLines log = new LogLines(Answers.class)) {
            answers.result(open("1"), fault);
            assertEquals(List.of(Edge.error("1", -32603, "Internal error")), wire.sent());
            assertEquals(1, log.lines().size());
            assertFalse(log.lines().get(0).contains("secret"));
        }
    }

    @Test
    void tellsOfATransportThatTakesNoMoreMessages() {
        wire.breakDown();
        try (LogLines log = new LogLines(Answers.class)) {
            answers.result(open("1"), Json::object);
            assertEquals(1, failures.get());
            assertEquals(List.of("WARN a message could not be sent (IllegalStateException)"), log.lines());
        }
    }

    @Test
    void handsOneMessageOverAtATime() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        AtomicInteger within = new AtomicInteger();
        AtomicBoolean overlapped = new AtomicBoolean();
        Thread second = new Thread(() -> answers.notification("second", Json.object()));
        wire.beforeEach(() -> {
            overlapped.compareAndSet(false, within.incrementAndGet() > 1);
            boolean isFirst = inside.getCount() == 1;
            inside.countDown();
            while (isFirst && !overlapped.get() && second.getState() != Thread.State.BLOCKED) {
                Thread.onSpinWait();
            }
            within.decrementAndGet();
        });
        Thread first = new Thread(() -> answers.notification("first", Json.object()));
        first.start();
        inside.await();
        second.start();
        first.join();
        second.join();
        assertFalse(overlapped.get());
        assertEquals(2, wire.sent().size());
    }

    private Ledger.Entry open(String id) {
        return ledger.open(id, 0).orElseThrow();
    }
}
