package dev.userservice.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.Call;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Json;
import dev.userservice.model.Outcome;
import dev.userservice.model.Redactor;
import dev.userservice.model.Secret;
import dev.userservice.model.TraceContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class AuditLogTest {

    private static final String TOKEN = "svc-token-0123456789";
    private static final String ZEROS = "0".repeat(64);

    /** A sink that keeps what it is given and can be told to fail. */
    private static final class Lines implements AuditLog.Sink {

        private final List<String> written = new ArrayList<>();
        private Optional<IOException> failure = Optional.empty();
        private boolean taken = true;

        @Override
        public boolean write(byte[] line) throws IOException {
            if (failure.isPresent()) {
                throw failure.get();
            }
            written.add(new String(line, StandardCharsets.UTF_8));
            return taken;
        }
    }

    private final Lines lines = new Lines();
    private final Redactor redactor = new Redactor();
    private final AuditLog log = log(lines);

    private AuditLog log(AuditLog.Sink sink) {
        Clock clock = Clock.fixed(Instant.parse("2026-11-22T07:31:05Z"), ZoneOffset.ofHours(5));
        return new AuditLog(
                sink,
                AuditChain.plain(),
                redactor,
                clock,
                new AuditLog.Identity("1.0.0", 4711, "svc-users", "ada", Optional.empty()));
    }

    private static Call call(String id) {
        return new Call(id, TraceContext.NONE, Duration.ofSeconds(20), () -> 0);
    }

    private static AuditLog.Entry entry(String operation, ObjectNode arguments) {
        return new AuditLog.Entry(
                call("6f0c1d2e-1"),
                Optional.of("cli/1"),
                Optional.of(operation),
                arguments,
                new Outcome.Success(Json.object(), 1, 0));
    }

    private void appendOne() {
        log.append(() -> entry("get_user", Json.object().put("user_id", "123")));
    }

    private static CallFailure refused(Runnable append) {
        CallFailure failure = assertThrows(CallFailure.class, append::run);
        assertEquals(ErrorCode.AUDIT_UNAVAILABLE, failure.code());
        return failure;
    }

    private static String member(String line, String name) throws IOException {
        return Json.parse(line).orElseThrow().path(name).asText();
    }

    /** Returns the line as the contract says it must be written, its hash reckoned from its own bytes. */
    private static String line(String beforeHash) throws Exception {
        byte[] sha256 =
                MessageDigest.getInstance("SHA-256").digest((beforeHash + "}").getBytes(StandardCharsets.UTF_8));
        return beforeHash + ",\"hash\":\"" + HexFormat.of().formatHex(sha256) + "\"}\n";
    }

    @Test
    void writesNothingBehindTheLastLine() {
        log.start(List.of("get_user"), 2000, "5c4e");
        log.end(AuditLog.EndReason.SIGNAL);
        refused(this::appendOne);
        assertEquals(2, lines.written.size());
    }

    @Test
    void writesASessionLineByLineEachChainedToTheOneBefore() throws Exception {
        String id = log.nextCallId();
        log.start(List.of("get_user", "list_users_by_department"), 2000, "5c4e");
        appendOne();
        Optional<String> head = log.end(AuditLog.EndReason.END_OF_INPUT);

        String session = member(lines.written.get(0), "session");
        assertEquals(session.substring(0, 8) + "-1", id);
        String common = "{\"timestamp\":\"2026-11-22T07:31:05.000Z\",\"event\":\"%s\",\"session\":\"" + session + "\"";
        String first = line(common.formatted("session_start") + """
        ,"sequence":1,"version":"1.0.0","pid":4711,"account":"svc-users","os_user":"ada",\
        "tools":["get_user","list_users_by_department"],"disclosure_per_day":2000,"schemas":"5c4e","chain":"sha256","previous":"%s\"""".formatted(ZEROS));
        String second = line(common.formatted("tool_call") + """
        ,"sequence":2,"call_id":"6f0c1d2e-1","account":"svc-users","os_user":"ada","client":"cli/1",\
        "operation":"get_user","arguments":{"user_id":"123"},"result":"ok","attempts":0,"duration_ms":0,\
        "records":1,"cleaned":0,"previous":"%s\"""".formatted(member(first, "hash")));
        String third = line(common.formatted("session_end") + """
        ,"sequence":3,"calls":1,"reason":"end_of_input","previous":"%s\"""".formatted(member(second, "hash")));
        assertEquals(List.of(first, second, third), lines.written);
        assertEquals(Optional.of("session " + session + " ended with 3 lines, head " + member(third, "hash")), head);
    }

    @Test
    void numbersCallsWithinTheSession() {
        List<String> ids = List.of(log.nextCallId(), log.nextCallId(), log.nextCallId());
        String digits = ids.get(0).substring(0, 8);
        assertEquals(List.of(digits + "-1", digits + "-2", digits + "-3"), ids);
        assertTrue(digits.matches("[0-9a-f]{8}"), digits);
    }

    @Test
    void usesNoSequenceNumberForALineThatCouldNotBeWritten() throws Exception {
        log.start(List.of(), 2000, "5c4e");
        IOException full = new IOException("disk full");
        lines.failure = Optional.of(full);
        assertSame(full, refused(this::appendOne).getCause());
        lines.failure = Optional.empty();
        appendOne();
        log.end(AuditLog.EndReason.SIGNAL);
        assertEquals("2", member(lines.written.get(1), "sequence"));
        assertEquals(member(lines.written.get(0), "hash"), member(lines.written.get(1), "previous"));
        assertEquals("1", member(lines.written.get(2), "calls"));
        assertEquals("signal", member(lines.written.get(2), "reason"));
    }

    @Test
    void goesOnFromALineThatWasBegunButFailsItsCall() throws Exception {
        log.start(List.of(), 2000, "5c4e");
        lines.taken = false;
        refused(this::appendOne);
        lines.taken = true;
        appendOne();
        assertEquals("3", member(lines.written.get(2), "sequence"));
        assertEquals(member(lines.written.get(1), "hash"), member(lines.written.get(2), "previous"));
    }

    @Test
    void endsOnce() {
        assertTrue(log.end(AuditLog.EndReason.STDOUT_CLOSED).isPresent());
        assertEquals(Optional.empty(), log.end(AuditLog.EndReason.SIGNAL));
        assertEquals(1, lines.written.size());
    }

    @Test
    void redactsTheTokenAndWritesAscii() throws Exception {
        redactor.know(new Secret(TOKEN));
        ObjectNode arguments = Json.object().put("user_id", "é" + TOKEN + "\n");
        arguments.putObject("limit").put("nested", TOKEN);
        log.append(() -> entry(TOKEN, arguments));
        String line = lines.written.get(0);
        assertFalse(line.contains(TOKEN), line);
        assertTrue(line.contains("\"operation\":\"[redacted]\""), line);
        assertTrue(
                line.contains(
                        "\"arguments\":{\"user_id\":\"\\u00E9[redacted]\\n\",\"limit\":{\"nested\":\"[redacted]\"}}"),
                line);
        assertEquals(line(line.substring(0, line.lastIndexOf(",\"hash\""))), line);
    }

    @Test
    void decidesBetweenResultAndCancellationOnlyWhenTheLineIsWritten() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        AuditLog slow = log(line -> {
            writing.countDown();
            await(release);
            return lines.write(line);
        });
        Thread first = new Thread(() -> slow.append(() -> entry("get_user", Json.object())));
        first.start();
        await(writing);
        Call contested = call("6f0c1d2e-2");
        Thread second = new Thread(() -> slow.append(() -> settled(contested)));
        second.start();
        while (second.getState() != Thread.State.BLOCKED && second.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        assertTrue(contested.cancel(), "nothing is settled while another line is being written");
        release.countDown();
        first.join();
        second.join();
        assertEquals("cancelled", member(lines.written.get(1), "result"));
    }

    private static AuditLog.Entry settled(Call call) {
        Outcome cancelled = new Outcome.Failure(ErrorCode.CANCELLED, "", OptionalLong.empty(), Optional.empty());
        Outcome outcome = call.settle() ? new Outcome.Success(Json.object(), 1, 0) : cancelled;
        return new AuditLog.Entry(call, Optional.empty(), Optional.empty(), Json.object(), outcome);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
