package dev.userservice.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.Call;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Json;
import dev.userservice.model.Outcome;
import dev.userservice.model.Redactor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * One session's lines: its start, one per tool call, its end, each tied to the line before. A line is with the
 * operating system when the method that writes it returns; otherwise that method throws a {@link CallFailure} with
 * {@link ErrorCode#AUDIT_UNAVAILABLE}. A line of which nothing was written uses no sequence number. Thread-safe.
 */
public final class AuditLog {

    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private static final int MAX_NAME_CODE_POINTS = 64;
    private static final int MAX_REJECTED_CODE_POINTS = 128;

    private final Sink sink;
    private final AuditChain chain;
    private final Redactor redactor;
    private final Clock clock;
    private final Identity identity;
    private final String session = UUID.randomUUID().toString();
    private final AtomicLong lastCall = new AtomicLong();
    private long sequence;
    private String head = AuditChain.GENESIS_HASH;
    private boolean ended;

    /** Who writes the log; {@code sudoUser} is the person who became {@code osUser} by {@code sudo}. */
    public record Identity(String version, long pid, String account, String osUser, Optional<String> sudoUser) {}

    /**
     * What the log says of one tool call. A declared argument of a rejected call is cut to 128 code points of its JSON;
     * whatever the caller chose stays inside its JSON string.
     *
     * @param client what the client says of itself, {@code name/version}
     * @param arguments those that the tool declares
     */
    public record Entry(
            Call call, Optional<String> client, Optional<String> operation, ObjectNode arguments, Outcome outcome) {}

    /** Where lines go. A line once begun is written whole, or the process ends before. */
    public interface Sink {

        /**
         * Writes one line, given with its newline.
         *
         * @return whether the operating system has it; false where it was begun and is still waiting to be taken
         * @throws IOException where nothing of it was or will be written
         */
        boolean write(byte[] line) throws IOException;
    }

    /** Why a session ended; the log has the names in lower case. */
    public enum EndReason {
        END_OF_INPUT,
        SIGNAL,
        STDOUT_CLOSED
    }

    /** Opens a session; nothing is written yet. */
    public AuditLog(Sink sink, AuditChain chain, Redactor redactor, Clock clock, Identity identity) {
        this.sink = sink;
        this.chain = chain;
        this.redactor = redactor;
        this.clock = clock;
        this.identity = identity;
    }

    /** Writes the session's first line; {@code schemas} is the SHA-256 of what is published of the tools. */
    public synchronized void start(List<String> tools, int disclosurePerDay, String schemas) {
        ObjectNode line = line("session_start");
        line.put("version", identity.version()).put("pid", identity.pid());
        describeIdentity(line);
        tools.forEach(line.putArray("tools")::add);
        line.put("disclosure_per_day", disclosurePerDay);
        line.put("schemas", schemas).put("chain", chain.algorithm());
        chain.keyId().ifPresent(id -> line.put("key", id));
        append(line);
    }

    /** Returns the next call's id: the session's first eight digits, a dash, the call's number from 1. */
    public String nextCallId() {
        return session.substring(0, 8) + "-" + lastCall.incrementAndGet();
    }

    /** Writes a call's line; asks for the entry only at this line's turn, so the line decides about a cancellation. */
    public synchronized void append(Supplier<Entry> entry) {
        if (ended) { // nothing may follow the last line
            throw new CallFailure(ErrorCode.AUDIT_UNAVAILABLE, "the session has ended");
        }
        ObjectNode line = line("tool_call");
        describe(entry.get(), line);
        append(line);
    }

    /** Writes the session's last line, once, and returns its length and head hash, for a collector to anchor. */
    public synchronized Optional<String> end(EndReason reason) {
        if (ended) {
            return Optional.empty();
        }
        ended = true;
        long calls = sequence - 1; // every line but the first
        append(line("session_end")
                .put("calls", calls)
                .put("reason", reason.name().toLowerCase(Locale.ROOT)));
        return Optional.of("session " + session + " ended with " + sequence + " lines, head " + head);
    }

    private ObjectNode line(String event) {
        return Json.object()
                .put("timestamp", TIMESTAMP.format(clock.instant()))
                .put("event", event)
                .put("session", session)
                .put("sequence", sequence + 1);
    }

    private void describeIdentity(ObjectNode line) {
        line.put("account", identity.account()).put("os_user", identity.osUser());
        identity.sudoUser().ifPresent(person -> line.put("sudo_user", person));
    }

    /** Adds a call's members, in the documented order; one that has no value is left out. */
    private void describe(Entry entry, ObjectNode line) {
        Call call = entry.call();
        line.put("call_id", call.id());
        describeIdentity(line);
        entry.client().ifPresent(name -> line.put("client", cut(redactor.redact(name), MAX_NAME_CODE_POINTS)));
        call.trace().traceId().ifPresent(id -> line.put("trace_id", id));
        entry.operation().ifPresent(name -> line.put("operation", cut(redactor.redact(name), MAX_NAME_CODE_POINTS)));
        if (!entry.arguments().isEmpty()) {
            ObjectNode recorded = line.putObject("arguments");
            entry.arguments().properties().forEach(member -> recorded.set(member.getKey(), cut(member.getValue())));
        }
        String result =
                entry.outcome().fold(success -> "ok", failure -> failure.code().label());
        line.put("result", result);
        call.httpStatus().ifPresent(status -> line.put("http_status", status));
        line.put("attempts", call.attempts()).put("duration_ms", call.elapsed().toMillis());
        if (entry.outcome() instanceof Outcome.Success success) {
            line.put("records", success.records()).put("cleaned", success.cleaned());
        }
    }

    /**
     * Redacts before it cuts, so that no half of the token is left. Where redacting makes two names of an object one,
     * the value would not be JSON any more; it is recorded as text. Accepted values are all shorter than the limit.
     */
    private JsonNode cut(JsonNode value) {
        String text = Json.text(value, redactor);
        String cut = cut(text, MAX_REJECTED_CODE_POINTS);
        boolean whole = cut.equals(text) && Json.parse(text).isPresent();
        return whole ? value : Json.object().textNode(cut);
    }

    private static String cut(String text, int codePoints) {
        int kept = Math.min(codePoints, text.codePointCount(0, text.length()));
        return text.substring(0, text.offsetByCodePoints(0, kept));
    }

    private void append(ObjectNode line) {
        String text = Json.ascii(line.put("previous", head), redactor);
        String hash = chain.hash(text.getBytes(StandardCharsets.UTF_8));
        String hashed = AuditChain.withHash(text, hash) + "\n";
        boolean taken;
        try {
            taken = sink.write(hashed.getBytes(StandardCharsets.UTF_8));
        } catch (IOException | RuntimeException e) {
            throw new CallFailure(ErrorCode.AUDIT_UNAVAILABLE, "the audit line could not be written", e);
        }
        sequence++;
        head = hash;
        if (!taken) {
            throw new CallFailure(ErrorCode.AUDIT_UNAVAILABLE, "the audit stream did not take the line in time");
        }
    }
}
