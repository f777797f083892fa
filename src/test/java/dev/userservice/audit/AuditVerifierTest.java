package dev.userservice.audit;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.userservice.model.Call;
import dev.userservice.model.Json;
import dev.userservice.model.Outcome;
import dev.userservice.model.Redactor;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class AuditVerifierTest {

    private static final int CALLS = 4;

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
                new AuditLog.Identity("1.0.0", 1, "svc-users", "ada"));
        log.start(List.of("get_user"), "0");
        for (int i = 1; i <= CALLS; i++) {
            Call call = new Call(log.nextCallId(), Optional.empty(), Duration.ofSeconds(20), () -> 0);
            Outcome outcome = new Outcome.Success(Json.object(), 1, 0);
            AuditEntry entry = new AuditEntry(
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

    @Test
    void findsAWholeLogWhole() throws IOException {
        assertTrue(verify(Optional.empty(), lines), report());
        assertTrue(report().contains(": 6 lines, head "), report());
        assertTrue(report().endsWith("lines: 6, sessions: 1, problems: 0, warnings: 0; the log is whole\n"), report());
    }

    static Stream<Arguments> tampered() {
        return Stream.of(
                row("changed", all -> replace(all, 2, all.get(2).replace("\"2\"", "\"9\"")), ":3:", "does not fit"),
                row("removed", all -> without(all, 2), ":3:", "1 missing before it, from line 3 on"),
                row("doubled", all -> with(all, 3, all.get(2)), ":4:", "the line is doubled"),
                row("swapped", all -> with(without(all, 2), 3, all.get(2)), ":4:", "doubled, reordered or inserted"),
                row(
                        "rehashed",
                        all -> replace(all, 2, rehashed(all.get(2).replace("\"2\"", "\"9\""))),
                        ":4:",
                        "does not follow the one before it"),
                row(
                        "inserted",
                        all -> with(all, 3, rehashed(all.get(2).replace("\"2\"", "\"9\""))),
                        ":4:",
                        "doubled, reordered or inserted"),
                row("garbage", all -> with(all, 1, "garbage"), ":2:", "this is no audit line"),
                row("blank", all -> with(all, 1, ""), ":2:", "this is no audit line"),
                row("huge", all -> with(all, 1, "x".repeat(1_000_000)), ":2:", "this is no audit line"),
                row(
                        "ends of lines",
                        all -> all.stream().map(line -> line + "\r").toList(),
                        ":1:",
                        "this is no audit line"),
                row(
                        "torn twice",
                        all -> with(with(all, 1, "{\"timestamp\":\"20"), 1, "{"),
                        ":3:",
                        "this is no audit line"),
                row(
                        "torn and huge",
                        all -> with(all, 1, "{\"timestamp\":\"" + "x".repeat(70_000)),
                        ":2:",
                        "this is no audit line"),
                row("no start", all -> without(all, 0), ":1:", "lines before 2 are missing"),
                row("after the end", all -> with(all, 6, all.get(3)), ":7:", "after the end of its session"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void tampered(String what, UnaryOperator<List<String>> tampering, String place, String finding) throws IOException {
        assertFalse(verify(Optional.empty(), tampering.apply(lines)), what);
        assertTrue(
                report().lines().anyMatch(line -> line.contains(folder + "/a" + place) && line.contains(finding)),
                report());
    }

    @Test
    void findsNothingWholeInALogOfTornLines() throws IOException {
        assertFalse(verify(Optional.empty(), List.of("{\"timestamp\":\"2026")));
        assertTrue(report().contains("not one audit line"), report());
    }

    @Test
    void findsAReplayHoweverManySessionsCameBetween() throws IOException {
        List<String> all = new ArrayList<>(lines);
        while (all.size() < 6 * 10_100) {
            lines.clear();
            session(AuditChain.plain());
            all.addAll(lines);
        }
        all.addAll(all.subList(0, 6));
        assertFalse(verify(Optional.empty(), all));
        assertTrue(report().contains(":60601:") && report().contains("after the end of its session"));
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
        String content = line.replaceFirst(",\"hash\":\"[0-9a-f]{64}\"\\}$", "}");
        return content.substring(0, content.length() - 1) + ",\"hash\":\"" + AuditChain.digest(content) + "\"}";
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

    private static Arguments row(String what, UnaryOperator<List<String>> tampering, String place, String finding) {
        return Arguments.of(what, tampering, place, finding);
    }
}
