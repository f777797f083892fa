package dev.userservice.check;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.Json;
import java.io.PrintStream;

/** The findings of {@code check}: a line for each stage as it ends, or one JSON object at the end of all. */
public final class CheckReport {

    private final PrintStream out;
    private final boolean json;
    private final ArrayNode stages = Json.object().putArray("stages");

    /**
     * @param out takes the report
     * @param json whether as one JSON object
     */
    public CheckReport(PrintStream out, boolean json) {
        this.out = out;
        this.json = json;
    }

    void passed(String stage, String finding) {
        stages.addObject().put("stage", stage).put("status", "ok").put("finding", finding);
        if (!json) {
            out.println("ok    %-15s %s".formatted(stage, finding));
        }
    }

    void failed(String stage, String finding, String remedy) {
        stages.addObject()
                .put("stage", stage)
                .put("status", "failed")
                .put("finding", finding)
                .put("remedy", remedy);
        if (!json) {
            out.println("FAIL  %-15s %s. Remedy: %s.".formatted(stage, finding, remedy));
        }
    }

    /** Returns whether the stage has passed or failed already. */
    boolean has(String stage) {
        return stages.findValuesAsText("stage").contains(stage);
    }

    /** Prints the JSON object, where that is asked for. */
    void end(boolean ok) {
        if (json) {
            ObjectNode report = Json.object().put("ok", ok);
            report.set("stages", stages);
            out.println(Json.pretty(report));
        }
    }
}
