package dev.userservice.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.userservice.model.Call;
import dev.userservice.model.Json;
import dev.userservice.model.Outcome;
import dev.userservice.model.Redactor;
import dev.userservice.model.TraceContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class AuditVerifierTest {

    private static final int CALLS = 4;
    private static final String SESSION = "6f0c1d2e-0000-4000-8000-000000000000";

    @TempDir
    private Path folder;

    private final List<String> lines = new ArrayList<>();
    private final ByteArrayOutputStream report = new ByteArrayOutputStream();

    /** A session of six lines: its start, four calls, its end. */
    @BeforeEach
    void write() {
        session(AuditChain.plain());
    }

    private void session(AuditChain chain) {
        AuditLog log = new AuditLog(
                line -> lines.add(new String(line, StandardCharsets.UTF_8).stripTrailing()),
                chain,
                new Redactor(),
                Clock.systemUTC(),
                new AuditLog.Identity("1.0.0", 1, "svc-users", "ada", Optional.empty()));
        log.start(List.of("get_user"), 2000, "0");
        for (int i = 1; i <= CALLS; i++) {
            Call call = new Call(log.nextCallId(), TraceContext.NONE, Duration.ofSeconds(20), () -> 0);
            Outcome outcome = new Outcome.Success(Json.object(), 1, 0);
            AuditLog.Entry entry = new AuditLog.Entry(
                    call,
                    Optional.empty(),
                    Optional.of("get_user"),
                    Json.object().put("user_id", "" + i),
                    outcome);
            log.append(() -> entry);
        }
        log.end(AuditLog.EndReason.END_OF_INPUT);
    }

    private boolean verify(Optional<AuditChain> key, List<String> file) throws IOException {
        return verifyFiles(key, List.of(Files.write(folder.resolve("a"), file)));
    }

    private boolean verifyFiles(Optional<AuditChain> key, List<Path> files) throws IOException {
        report.reset();
        return new AuditVerifier(key, new PrintStream(report, true, StandardCharsets.UTF_8), bytes -> {}).verify(files);
    }

    private String report() {
        return report.toString(StandardCharsets.UTF_8);
    }

    private String session(int line) {
        return member(lines.get(line), "session");
    }

    private String hash(int line) {
        return member(lines.get(line), "hash");
    }

    private static String member(String line, String name) {
        return line.replaceFirst(".*\"" + name + "\":\"([^\"]*)\".*", "$1");
    }

    @Test
    void findsAWholeLogWhole() throws IOException {
        assertTrue(verify(Optional.empty(), lines), report());
        assertEquals(
                "session %s: 6 lines, head %s, ended by end_of_input\n".formatted(session(0), hash(5))
                        + "lines: 6, sessions: 1, problems: 0, warnings: 0; the log is whole\n",
                report());
    }

    @Test
    void readsALastLineWithoutItsNewline() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), String.join("\n", lines.subList(0, 3)) + "\n{\"timesta");
        assertTrue(verifyFiles(Optional.empty(), List.of(file)), report());
        assertEquals(
                file + ":4: warning: the line is cut short, as by a kill while it was written\n"
                        + "session %s: 3 lines, head %s, ".formatted(session(0), hash(2))
                        + "warning: without an end, so still running or killed\n"
                        + "lines: 4, sessions: 1, problems: 0, warnings: 2; the log is whole\n",
                report());
    }

    @Test
    void doesNotTakeALogForWholeThatItCannotRead() throws IOException {
        Path whole = Files.write(folder.resolve("a"), lines);
        Path missing = folder.resolve("missing");
        assertFalse(verifyFiles(Optional.empty(), List.of(missing, whole)));
        assertEquals(
                missing + ": the file cannot be read: not there\n"
                        + "session %s: 6 lines, head %s, ended by end_of_input\n".formatted(session(0), hash(5))
                        + "lines: 6, sessions: 1, problems: 1, warnings: 0; the log is NOT whole\n",
                report());
    }

    @Test
    void doesNotTakeALogForChangedOfWhichItCanReadNothing() throws IOException {
        Path packed = Files.write(folder.resolve("a.gz"), new byte[] {0x1f, (byte) 0x8b, 8});
        assertFalse(verifyFiles(Optional.empty(), List.of(packed)));
        assertTrue(
                report().endsWith("\nlines: 0, sessions: 0, problems: 1, warnings: 0; nothing was verified\n"),
                report());
    }

    @Test
    void findsNothingWholeWhereThereIsNoLine() throws IOException {
        Path empty = Files.createFile(folder.resolve("empty"));
        assertFalse(verifyFiles(Optional.empty(), List.of(empty, empty)));
        assertEquals("no line, nothing to verify\n", report());
        assertTrue(verifyFiles(Optional.empty(), List.of(empty, Files.write(folder.resolve("a"), lines))), report());
    }

    @Test
    void takesALineOfUpTo64KiB() throws IOException {
        String line = foreignLine(65_536);
        assertTrue(verify(Optional.empty(), List.of(line)), report());
        assertFalse(verify(Optional.empty(), List.of(foreignLine(65_537))));
        assertTrue(report().contains(":1: this is no audit line"), report());
    }

    /** Returns the first line of a session, with a member that makes it as long as wanted. */
    private static String foreignLine(int length) {
        String line = line(SESSION, 1, "session_start", AuditChain.GENESIS_HASH, "");
        return line(SESSION, 1, "session_start", AuditChain.GENESIS_HASH, "x".repeat(length - line.length()));
    }

    static Stream<Arguments> tampered() {
        String noLine = "this is no audit line: changed or inserted";
        return Stream.of(
                row(
                        "changed",
                        all -> replace(all, 2, altered(all)),
                        ":3: session <1>, line 3: the line was changed: its hash does not fit"),
                row("removed", all -> without(all, 2), ":3: session <1>, line 4: 1 missing before it, from line 3 on"),
                row(
                        "several removed",
                        all -> without(without(all, 2), 2),
                        ":3: session <1>, line 5: 2 missing before it, from line 3 on"),
                row("doubled", all -> with(all, 3, all.get(2)), ":4: session <1>, line 3: the line is doubled"),
                row(
                        "doubled later",
                        all -> with(all, 4, all.get(2)),
                        ":5: session <1>, line 3: the line is doubled, reordered or inserted: line 4 came before it"),
                row(
                        "swapped",
                        all -> with(without(all, 2), 3, all.get(2)),
                        ":3: session <1>, line 4: 1 missing before it, from line 3 on",
                        ":4: session <1>, line 3: the line is doubled, reordered or inserted: line 4 came before it"),
                row(
                        "rehashed",
                        all -> replace(all, 2, rehashed(altered(all))),
                        ":4: session <1>, line 4: the line does not follow the one before it: "
                                + "one of the two was changed or replaced"),
                row(
                        "inserted",
                        all -> with(all, 3, rehashed(altered(all))),
                        ":4: session <1>, line 3: the line is doubled, reordered or inserted: line 3 came before it"),
                row(
                        "another beginning",
                        all -> List.of(rehashed(all.get(0).replace("0".repeat(64), "1".repeat(64)))),
                        ":1: session <1>, line 1: the session's first line was changed"),
                row("garbage", all -> with(all, 1, "garbage"), ":2: " + noLine),
                row("blank", all -> with(all, 1, ""), ":2: " + noLine),
                row("huge", all -> with(all, 1, "x".repeat(1_000_000)), ":2: " + noLine),
                row("no hash", all -> with(all, 1, all.get(1).replace(",\"hash\":", ",\"hush\":")), ":2: " + noLine),
                row(
                        "no JSON",
                        all -> with(all, 1, all.get(1).replace("{\"timestamp\"", "{timestamp")),
                        ":2: " + noLine),
                row("a control in a torn line", all -> with(all, 1, "{\"timestamp\":\"\u001F"), ":2: " + noLine),
                row("no beginning", all -> with(all, 1, "{\"event\":\"tool_c"), ":2: " + noLine),
                row("an end", all -> with(all, 1, "{\"timestamp\":\"2026\"}"), ":2: " + noLine),
                row("torn and huge", all -> with(all, 1, "{\"timestamp\":\"" + "x".repeat(70_000)), ":2: " + noLine),
                row(
                        "no start",
                        all -> without(all, 0),
                        ":1: session <1>, line 2: the session's lines before 2 are missing"),
                row(
                        "no start but a first line",
                        all -> List.of(rehashed(all.get(0).replace("session_start", "tool_call"))),
                        ":1: session <1>, line 1: the session's lines before 1 are missing"),
                row(
                        "a start of another number",
                        all -> List.of(rehashed(all.get(0).replace("\"sequence\":1", "\"sequence\":3"))),
                        ":1: session <1>, line 3: the session's lines before 3 are missing"),
                row(
                        "after the end",
                        all -> with(all, 6, all.get(3)),
                        ":7: session <1>, line 4: "
                                + "the line stands after the end of its session: doubled, reordered or inserted"));
    }

    /** The third line with another user's ID. */
    private static String altered(List<String> all) {
        return all.get(2).replace("\"2\"", "\"9\"");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void tampered(String what, UnaryOperator<List<String>> tampering, List<String> findings) throws IOException {
        assertFalse(verify(Optional.empty(), tampering.apply(lines)), what);
        assertEquals(findings, findings(), report());
        assertTrue(report().contains("problems: " + findings.size() + ", "), report());
    }

    @Test
    void findsNoLineThatEndsInACarriageReturn() throws IOException {
        assertFalse(
                verify(Optional.empty(), lines.stream().map(line -> line + "\r").toList()));
        assertEquals(6, findings().size(), report());
        assertEquals(
                ":1: this is no audit line: changed or inserted", findings().get(0));
    }

    /** Returns the lines that name a place but are no warning, the one session's ID replaced. */
    private List<String> findings() {
        return report().lines()
                .filter(line -> line.startsWith(folder + "/a:") && !line.contains(": warning: "))
                .map(line -> line.substring(folder.toString().length() + 2).replace(session(0), "<1>"))
                .toList();
    }

    @Test
    void findsAReplayHoweverManySessionsCameBetween() throws IOException {
        List<String> all = new ArrayList<>(lines);
        for (int i = 0; i < 10_100; i++) {
            String start = start(i);
            all.add(start);
            all.add(line(session(start), 2, "session_end", member(start, "hash"), ""));
        }
        all.addAll(lines);
        assertFalse(verify(Optional.empty(), all));
        assertTrue(
                report().contains("/a:20207: session %s, line 1: the line stands after the end".formatted(session(0))));
    }

    @Test
    void reportsTheSessionSilentForLongestWhereTooManyAreOpen() throws IOException {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            all.add(start(i));
        }
        all.add(line(session(all.get(0)), 2, "tool_call", member(all.get(0), "hash"), ""));
        all.add(start(10_000));
        all.add(line(session(all.get(1)), 2, "tool_call", member(all.get(1), "hash"), ""));
        assertFalse(verify(Optional.empty(), all));
        List<String> report = report().lines().toList();
        assertEquals(
                "session %s: 1 lines, head %s, warning: without an end, so still running or killed"
                        .formatted(session(all.get(1)), member(all.get(1), "hash")),
                report.get(0));
        assertEquals(
                folder + "/a:10003: session %s, line 2: ".formatted(session(all.get(1)))
                        + "the line stands after the end of its session: doubled, reordered or inserted",
                report.get(1));
        assertEquals(
                "lines: 10003, sessions: 10002, problems: 1, warnings: 10002; the log is NOT whole",
                report.get(report.size() - 1));
    }

    @Test
    void saysOnceThatItCanRememberNoMoreSessions() throws IOException {
        Stream<String> starts = IntStream.range(0, 110_002).mapToObj(AuditVerifierTest::start);
        Path file = Files.write(folder.resolve("a"), (Iterable<String>) starts::iterator);
        assertFalse(verifyFiles(Optional.empty(), List.of(file)));
        assertEquals(
                List.of(folder + "/a:110001: more than 100000 sessions: a doubled one would not show; "
                        + "verify fewer files at a time"),
                report().lines().filter(line -> line.startsWith(folder + "/a")).toList());
    }

    /** Returns the one line of a session of its own. */
    private static String start(int number) {
        return line(
                SESSION.substring(0, 28) + "%08x".formatted(number), 1, "session_start", AuditChain.GENESIS_HASH, "");
    }

    private static String session(String line) {
        return member(line, "session");
    }

    /** Returns a line with the members that a chain needs, and another one. */
    private static String line(String session, int sequence, String event, String previous, String other) {
        return hashed("{\"event\":\"%s\",\"session\":\"%s\",\"sequence\":%d,\"other\":\"%s\",\"previous\":\"%s\"}"
                .formatted(event, session, sequence, other, previous));
    }

    private static String hashed(String content) {
        return content.substring(0, content.length() - 1) + ",\"hash\":\"" + AuditChain.digest(content) + "\"}";
    }

    @Test
    void findsAFileMissingFromTheMiddle() throws IOException {
        Path first = Files.write(folder.resolve("1"), lines.subList(0, 2));
        Files.write(folder.resolve("2"), lines.subList(2, 4));
        Path third = Files.write(folder.resolve("3"), lines.subList(4, 6));
        assertTrue(verifyFiles(Optional.empty(), List.of(first, folder.resolve("2"), third)), report());
        assertFalse(verifyFiles(Optional.empty(), List.of(first, third)));
        assertTrue(report().contains(third + ":1: "), report());
        assertTrue(report().contains("2 missing before it, from line 3 on"), report());
    }

    @Test
    void warnsOfASessionWithoutItsEndAndOfATornLine() throws IOException {
        List<String> killed = new ArrayList<>(lines.subList(0, 4));
        killed.add(lines.get(4).substring(0, 100));
        session(AuditChain.plain());
        killed.addAll(lines.subList(6, 12));
        assertTrue(verify(Optional.empty(), killed), report());
        assertTrue(report().contains(":5: warning: the line is cut short"), report());
        assertTrue(report().contains("4 lines, head"), report());
        assertTrue(report().endsWith("sessions: 2, problems: 0, warnings: 2; the log is whole\n"), report());
    }

    @Test
    void tellsTheRightKeyFromAWrongOneAndNone() throws IOException {
        AuditChain right = key('r');
        lines.clear();
        session(right);
        assertTrue(verify(Optional.of(right), lines), report());
        assertFalse(verify(Optional.of(key('w')), lines));
        assertTrue(report().contains("written under another key"), report());
        assertFalse(verify(Optional.empty(), lines));
        assertTrue(report().contains("without --key-file"), report());
        lines.set(2, rehashed(lines.get(2).replace("\"2\"", "\"9\"")));
        assertFalse(verify(Optional.of(right), lines));
        assertTrue(report().contains(":3: "), report());
    }

    @Test
    void doesNotTakeAnUnkeyedSessionForAKeyedOne() throws IOException {
        assertFalse(verify(Optional.of(key('r')), lines));
        assertTrue(report().contains("the session is not keyed"), report());
    }

    private AuditChain key(char fill) throws IOException {
        return AuditChain.keyedBy(Files.writeString(
                folder.resolve("key-" + fill), String.valueOf(fill).repeat(32)));
    }

    /** What somebody without a key can do. */
    private static String rehashed(String line) {
        return hashed(line.replaceFirst(",\"hash\":\"[0-9a-f]{64}\"\\}$", "}"));
    }

    private static List<String> without(List<String> all, int index) {
        List<String> copy = new ArrayList<>(all);
        copy.remove(index);
        return copy;
    }

    private static List<String> with(List<String> all, int index, String line) {
        List<String> copy = new ArrayList<>(all);
        copy.add(index, line);
        return copy;
    }

    private static List<String> replace(List<String> all, int index, String line) {
        return with(without(all, index), index, line);
    }

    private static Arguments row(String what, UnaryOperator<List<String>> tampering, String... findings) {
        return Arguments.of(what, tampering, List.of(findings));
    }
}
