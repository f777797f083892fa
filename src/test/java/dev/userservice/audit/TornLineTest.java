package dev.userservice.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.Call;
import dev.userservice.model.Json;
import dev.userservice.model.Outcome;
import dev.userservice.model.Redactor;
import dev.userservice.model.TraceContext;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A torn line passes only where a session without an end can have left it, and no session leaves two. */
final class TornLineTest {

    private static final String WARNING = "warning: the line is cut short, as by a kill while it was written";
    private static final String UNEXPLAINED =
            "the line is cut short, and no session without an end can have left it: changed or inserted";
    private static final String NO_LINE = "this is no audit line: changed or inserted";
    private static final String TIMESTAMP = "{\"timestamp\":\"2026-11-22T07:31:05.123Z\",";

    /** Cuts a line within its session's id; 20 cuts it before the id, and 200 after the sequence. */
    private static final int IN_THE_ID = 90;

    @TempDir
    private Path folder;

    private AuditChain key;

    /** Two sessions under a key, of a start, two calls, the second with strange arguments, and an end each. */
    private List<String> a;

    private List<String> b;

    @BeforeEach
    void write() throws Exception {
        key = AuditChain.keyedBy(Files.writeString(folder.resolve("key"), "k".repeat(32)));
        a = session(key);
        b = session(key);
    }

    private static List<String> session(AuditChain chain) {
        List<String> lines = new ArrayList<>();
        AuditLog log = new AuditLog(
                line -> lines.add(new String(line, StandardCharsets.UTF_8).stripTrailing()),
                chain,
                new Redactor(),
                Clock.systemUTC(),
                new AuditLog.Identity("1.0.0", 1, "svc-users", "ada", Optional.empty()));
        log.start(List.of("get_user"), 2000, "0");
        append(log, Json.object().put("user_id", "1"));
        ObjectNode strange = Json.object();
        strange.putObject("user_id")
                .put("a", "}\u00e9\"\\")
                .put("b", -1.5e9)
                .put("c", true)
                .put("event", "session_start")
                .put("session", "x")
                .put("previous", "y");
        append(log, strange);
        log.end(AuditLog.EndReason.END_OF_INPUT);
        return lines;
    }

    private static void append(AuditLog log, ObjectNode arguments) {
        Call call = new Call(log.nextCallId(), TraceContext.NONE, Duration.ofSeconds(20), () -> 0);
        Outcome outcome = new Outcome.Success(Json.object(), 1, 0);
        AuditLog.Entry entry = new AuditLog.Entry(call, Optional.empty(), Optional.of("get_user"), arguments, outcome);
        log.append(() -> entry);
    }

    /** Returns what is said of the lines, without the sessions and the last line. */
    @SafeVarargs
    private List<String> findings(List<String>... parts) throws Exception {
        List<String> lines = new ArrayList<>();
        for (List<String> part : parts) {
            lines.addAll(part);
        }
        Path file = Files.write(folder.resolve("log"), lines);
        return findings(List.of(file));
    }

    private List<String> findings(List<Path> files) {
        ByteArrayOutputStream report = new ByteArrayOutputStream();
        new AuditVerifier(Optional.of(key), new PrintStream(report, true, StandardCharsets.UTF_8), bytes -> {})
                .verify(files);
        return report.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith(folder.toString()))
                .map(line -> line.substring(folder.toString().length() + 1))
                .toList();
    }

    private static List<String> cut(String line, int length) {
        return List.of(line.substring(0, length));
    }

    @Test
    void passesWhereverTheNextLineIsCut() throws Exception {
        for (int next = 1; next < 4; next++) {
            for (int length = 1; length < a.get(next).length(); length++) {
                List<String> torn = cut(a.get(next), length);
                assertEquals(
                        List.of("log:" + (next + 1) + ": " + WARNING), findings(a.subList(0, next), torn), "" + torn);
            }
        }
    }

    @Test
    void failsWhereverTheSessionHasItsEnd() throws Exception {
        for (int length = 1; length < a.get(2).length(); length++) {
            List<String> torn = cut(a.get(2), length);
            assertEquals(List.of("log:5: " + UNEXPLAINED), findings(a, torn), "" + torn);
        }
    }

    /** Nothing that the chain vouches for says that there was such a session. */
    @Test
    void failsWhereverAFirstLineIsCutThatShowsItsEvent() throws Exception {
        int shown = TIMESTAMP.length() + "\"event\":\"session_s".length();
        for (int length = shown; length < b.get(0).length(); length++) {
            List<String> torn = cut(b.get(0), length);
            assertEquals(List.of("log:3: " + UNEXPLAINED), findings(a.subList(0, 2), torn), "" + torn);
        }
    }

    @Test
    void failsWhereNoLineAtAllIsWhole() throws Exception {
        assertEquals(List.of("log:1: " + UNEXPLAINED), findings(cut(a.get(0), 20)));
        assertEquals(List.of("log:1: " + UNEXPLAINED), findings(cut(a.get(1), 200)));
    }

    static Stream<Arguments> failsWhereTheNextLineIsAnother() {
        return Stream.of(
                row("\"event\":\"tool_call\"", "\"event\":\"session_start\"", UNEXPLAINED),
                row("\"sequence\":2,", "\"sequence\":3,", UNEXPLAINED),
                row("\"sequence\":2,", "\"sequence\":22,", UNEXPLAINED),
                row("\"session\":\".", "\"session\":\"-", NO_LINE),
                row("\"session\":\"........-", "\"session\":\"00000000-", UNEXPLAINED),
                row("\"previous\":\".", "\"previous\":\"x", UNEXPLAINED),
                row("\"previous\":\"[0-9a-f]{64}", "\"previous\":\"" + "0".repeat(64), UNEXPLAINED),
                row("\"hash\":\".", "\"hash\":\"x", UNEXPLAINED),
                row("\"user_id\":\"1\"", "\"user_id\":\"2\"", UNEXPLAINED), // the hash that is shown does not fit
                row("\"attempts\":0", "attempts:0", NO_LINE),
                row("\"attempts\":0", "\"attempts\":0}", NO_LINE),
                row("svc-users", "svc\u00e9users", NO_LINE),
                row("svc-users", "svc\u0007users", NO_LINE),
                row("svc-users", "svc" + "x".repeat(70_000), NO_LINE),
                row("\"timestamp\":\"....-", "\"timestamp\":\"2026 ", NO_LINE),
                row("\"timestamp\"", "\"time\"", NO_LINE),
                row("\"event\":\"tool_call\",", "", NO_LINE),
                row("tool_call", "tool_cell", NO_LINE),
                row(".*", "{\"timestamp\":\"2026\"", NO_LINE),
                row(".*", "", NO_LINE));
    }

    @ParameterizedTest
    @MethodSource
    void failsWhereTheNextLineIsAnother(String part, String planted, String finding) throws Exception {
        String next = a.get(1);
        String torn = next.substring(0, next.length() - 4).replaceFirst(part, planted);
        assertEquals(List.of("log:2: " + finding), findings(a.subList(0, 1), List.of(torn)), torn);
    }

    private static Arguments row(String part, String planted, String finding) {
        return Arguments.of(part, planted, finding);
    }

    @Test
    void failsWhereWhatComesFirstIsShownAndNoLongerInItsPlace() throws Exception {
        assertEquals(List.of("log:1: " + UNEXPLAINED), findings(cut(a.get(1), 200), b));
        assertEquals(List.of("log:4: " + UNEXPLAINED), findings(a.subList(0, 3), cut(a.get(1), 200)));
    }

    @Test
    void findsTheWholeLineThatFollowsATornOneOfItsSession() throws Exception {
        String id = a.get(0).replaceFirst(".*\"session\":\"([^\"]*)\".*", "$1");
        assertEquals(
                List.of(
                        "log:2: " + WARNING,
                        "log:3: session " + id
                                + ", line 2: the line follows a torn one, after which its session cannot have gone on"),
                findings(a.subList(0, 1), cut(a.get(1), 200), a.subList(1, 4)));
        assertEquals(
                List.of("log:2: " + UNEXPLAINED), findings(a.subList(0, 1), cut(a.get(1), IN_THE_ID), a.subList(1, 3)));
    }

    @Test
    void takesOneTornLineOfASession() throws Exception {
        List<String> begun = a.subList(0, 2);
        List<String> named = cut(a.get(2), 200);
        List<String> nameless = cut(a.get(2), 20);
        assertEquals(List.of("log:3: " + WARNING, "log:4: " + UNEXPLAINED), findings(begun, named, named));
        assertEquals(List.of("log:3: " + WARNING, "log:4: " + UNEXPLAINED), findings(begun, named, nameless));
        assertEquals(List.of("log:4: " + WARNING, "log:3: " + UNEXPLAINED), findings(begun, nameless, named));
        assertEquals(List.of("log:3: " + WARNING, "log:4: " + UNEXPLAINED), findings(begun, nameless, nameless));
    }

    @Test
    void takesOneTornLineOfEachSession() throws Exception {
        assertEquals(
                List.of("log:4: " + WARNING, "log:5: " + WARNING),
                findings(a.subList(0, 2), b.subList(0, 1), cut(a.get(2), 200), cut(b.get(1), 200)));
        assertEquals(
                List.of("log:2: " + WARNING, "log:4: " + WARNING),
                findings(a.subList(0, 1), cut(a.get(1), 20), b.subList(0, 1), cut(b.get(1), 20)));
    }

    @Test
    void leavesALineToTheSessionWhoseIdItBegins() throws Exception {
        List<String> other = a;
        while (other.get(0).charAt(TIMESTAMP.length() + 36) == idBegins(a)) {
            other = session(key);
        }
        assertEquals(
                List.of("log:4: " + WARNING, "log:3: " + WARNING),
                findings(a.subList(0, 1), other.subList(0, 1), cut(a.get(1), 20), cut(a.get(1), IN_THE_ID)));
    }

    private static char idBegins(List<String> session) {
        return session.get(0).charAt(TIMESTAMP.length() + 36);
    }

    @Test
    void matchesOverSeveralFiles() throws Exception {
        Path first = Files.write(folder.resolve("1"), a.subList(0, 2));
        Path second = Files.write(folder.resolve("2"), b);
        Path third = Files.writeString(folder.resolve("3"), a.get(2).substring(0, 200));
        Path nameless = Files.writeString(folder.resolve("4"), a.get(2).substring(0, 20));
        assertEquals(List.of("3:1: " + WARNING), findings(List.of(first, second, third)));
        assertEquals(List.of("3:1: " + UNEXPLAINED), findings(List.of(third, first, second)));
        assertEquals(List.of("4:1: " + WARNING), findings(List.of(first, nameless, second)));
        assertEquals(List.of("4:1: " + UNEXPLAINED), findings(List.of(nameless, first, second)));
    }

    @Test
    void remembersABoundedNumberOfLinesThatShowNoSession() throws Exception {
        List<String> torn = IntStream.range(0, 1_001).mapToObj(i -> "{").toList();
        List<String> findings = findings(a.subList(0, 2), torn);
        assertEquals("log:1003: " + UNEXPLAINED, findings.get(0));
        assertEquals("log:3: " + WARNING, findings.get(1));
        assertEquals(1_001, findings.size());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      {                     | 1 | an object
      {"a":[{"b             | 3 | further in
      {"a":{"b":1}          | 1 | an object closed
      {"a":"}{\\"           | 1 | brackets and an escaped quote in a string
      {"a":"\\u00           | 1 | half an escape
      {"a":tr               | 1 | half a word
      {"a":-                | 1 | half a number
      {"a":1.               | 1 | half a fraction
      {"a":1,               | 1 | a comma
      {"a":1}               | 0 | a whole
      "a                    | 0 | a string alone
      ``                    | 0 | nothing
      {"a" 1,               | 0 | no colon
      {"a":1}]              | 0 | a bracket too many
      {"a":1 "b"            | 0 | no comma
      {"a":"\\q",           | 0 | unknown escape
      """)
    void countsTheLevelsOpenAtTheEndOfABeginning(String text, int levels, String reason) {
        assertEquals(levels, TornLine.openLevels(text), reason);
    }
}
