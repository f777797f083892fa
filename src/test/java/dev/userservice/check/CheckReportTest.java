package dev.userservice.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CheckReportTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void printsALineForEachStageAsItEnds() {
        CheckReport report = report(false);
        report.passed("settings", "read");
        assertEquals("ok    settings        read\n", printed());
        report.failed("TLS", "it has expired", "renew it");
        report.end(false);
        assertEquals(
                "ok    settings        read\nFAIL  TLS             it has expired. Remedy: renew it.\n", printed());
    }

    @Test
    void printsEachFindingOfAStageOnALineOfItsOwn() {
        report(false).failed("settings", List.of("A is wrong", "B is\nwrong."), "correct both");
        assertEquals("""
        FAIL  settings        A is wrong.
                              B is?wrong. Remedy: correct both.
        """, printed());
        out.reset();
        CheckReport object = report(true);
        object.failed("settings", List.of("A is wrong", "B is wrong"), "correct both");
        object.end(false);
        assertTrue(printed().contains("\"finding\": \"A is wrong; B is wrong\""), printed());
    }

    @Test
    void printsOneObjectAtTheEnd() {
        CheckReport report = report(true);
        report.passed("settings", "read");
        assertEquals("", printed());
        report.end(true);
        assertEquals("""
        {
          "ok": true,
          "stages": [
            {
              "stage": "settings",
              "status": "ok",
              "finding": "read"
            }
          ]
        }
        """, printed());
    }

    @Test
    void printsAFileNameWithoutItsControls() {
        CheckReport lines = report(false);
        lines.passed("audit log", "/a\u001B[2J\nok    TLS\u202E");
        assertEquals("ok    audit log       /a?[2J?ok    TLS?\n", printed());
        out.reset();
        CheckReport object = report(true);
        object.passed("audit log", "/a\u009B2J\u202E");
        object.end(true);
        assertTrue(printed().contains("\"finding\": \"/a?2J?\""), printed());
    }

    @Test
    void knowsWhichStagesHaveEnded() {
        CheckReport report = report(false);
        assertFalse(report.has("settings"));
        report.passed("settings", "TLS");
        report.failed("audit log", "x", "y");
        assertTrue(report.has("settings"));
        assertTrue(report.has("audit log"));
        assertFalse(report.has("TLS"));
    }

    private CheckReport report(boolean json) {
        return new CheckReport(new PrintStream(out, true, StandardCharsets.UTF_8), json);
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }
}
