package dev.userservice.check;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.Json;
import dev.userservice.model.Printable;
import java.io.PrintStream;
import java.util.List;

/**
 * The findings of {@code check}, printable whatever they name: a line for each stage as it ends, or one JSON object at
 * the end. For one thread.
 */
public final class CheckReport {

    private final PrintStream out;
    private final boolean json;
    private final ArrayNode stages = Json.object().putArray("stages");

    /** Ends a check whose failure is in the report. */
    static final class StageFailure extends Exception {}

    /** @param json whether to print one JSON object */
    public CheckReport(PrintStream out, boolean json) {
        this.out = out;
        this.json = json;
    }

    void passed(String stage, String finding) {
        add(stage, "ok", finding);
        line("ok    %-15s %s".formatted(stage, finding));
    }

    /** Reports a failure; returns the exception that ends the check here, to be thrown. */
    StageFailure failed(String stage, String finding, String remedy) {
        return failed(stage, List.of(finding), remedy);
    }

    /** Reports a failure for which more than one thing is to blame. */
    StageFailure failed(String stage, List<String> findings, String remedy) {
        add(stage, "failed", String.join("; ", findings)).put("remedy", remedy);
        String beginning = "FAIL  %-15s ".formatted(stage);
        for (String finding : findings.subList(0, findings.size() - 1)) {
            line(beginning + sentence(finding));
            beginning = " ".repeat(beginning.length());
        }
        line(beginning + sentence(findings.get(findings.size() - 1)) + " Remedy: " + sentence(remedy));
        return new StageFailure();
    }

    private static String sentence(String text) {
        return text.endsWith(".") ? text : text + ".";
    }

    /** Returns whether the stage has passed or failed already. */
    boolean has(String stage) {
        return stages.findValuesAsText("stage").contains(stage);
    }

    /** Prints the JSON object, if one is asked for. */
    void end(boolean ok) {
        if (json) {
            out.println(Json.pretty(Json.object().put("ok", ok).set("stages", stages)));
        }
    }

    private ObjectNode add(String stage, String status, String finding) {
        return stages.addObject().put("stage", stage).put("status", status).put("finding", Printable.of(finding));
    }

    private void line(String text) {
        if (!json) {
            out.println(Printable.of(text));
        }
    }
}
