package dev.userservice.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.userservice.model.Json;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a forger writes into a log is judged, and never gets a say on the auditor's terminal. */
final class ForgedLogTest {

    private static final String FORGED = "\u001B[2J\u001B]0;x\u0007\u009B31m\nlines: 1, problems: 0; the log is whole";
    private static final String SESSION = "6f0c1d2e-0000-4000-8000-000000000000";

    @TempDir
    private Path folder;

    @Test
    void takesNoLineOfASessionThatIsNoUuid() throws Exception {
        assertEquals(
                List.of(
                        "<file>:1: this is no audit line: changed or inserted",
                        "lines: 1, sessions: 0, problems: 1, warnings: 0; the log is NOT whole"),
                verify(line(FORGED, 1, "session_start", "", AuditChain.GENESIS_HASH)));
    }

    @Test
    void printsNothingOfAReasonButItsLetters() throws Exception {
        String first = line(SESSION, 1, "session_start", "", AuditChain.GENESIS_HASH);
        String head = first.substring(first.length() - 66, first.length() - 2);
        List<String> report = verify(first, line(SESSION, 2, "session_end", FORGED, head));
        assertEquals(2, report.size(), report.toString());
        assertTrue(report.get(0).matches("[\\x20-\\x7E]+"), report.get(0));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS) // where no name has controls
    void printsAFileNameWithoutItsControls() throws Exception {
        Path file = Files.writeString(folder.resolve("a" + FORGED.replace('\u009B', 'C')), "x\n");
        assertEquals(
                List.of(
                        folder + "/a?[2J?]0;x?C31m?lines: 1, problems: 0; the log is whole"
                                + ":1: this is no audit line: changed or inserted",
                        "lines: 1, sessions: 0, problems: 1, warnings: 0; the log is NOT whole"),
                verify(file));
    }

    private static String line(String session, int sequence, String event, String reason, String previous) {
        String text = Json.text(Json.object()
                .put("timestamp", "2026-11-22T07:31:05.123Z")
                .put("event", event)
                .put("session", session)
                .put("sequence", sequence)
                .put("reason", reason)
                .put("chain", "sha256")
                .put("previous", previous));
        return text.substring(0, text.length() - 1) + ",\"hash\":\"" + AuditChain.digest(text) + "\"}";
    }

    private List<String> verify(String... lines) throws Exception {
        Path file = Files.write(folder.resolve("audit.jsonl"), List.of(lines));
        return verify(file).stream()
                .map(line -> line.replace(file.toString(), "<file>"))
                .toList();
    }

    private static List<String> verify(Path file) {
        ByteArrayOutputStream report = new ByteArrayOutputStream();
        new AuditVerifier(Optional.empty(), new PrintStream(report, true, StandardCharsets.UTF_8), bytes -> {})
                .verify(List.of(file));
        return report.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
