package dev.userservice.app;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.Json;
import java.io.PrintStream;

/** What {@code check} found, a stage a line as it is found, or all of it as one JSON object at the end. */
final class CheckReport {

  private final PrintStream out;
  private final boolean json;
  private final ArrayNode stages = Json.object().putArray("stages");

  CheckReport(PrintStream out, boolean json) {
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
    stages.addObject().put("stage", stage).put("status", "failed").put("finding", finding).put("remedy", remedy);
    if (!json) {
      out.println("FAIL  %-15s %s. Remedy: %s.".formatted(stage, finding, remedy));
    }
  }

  boolean has(String stage) {
    return stages.findValuesAsText("stage").contains(stage);
  }

  void end(boolean ok) {
    if (json) {
      ObjectNode report = Json.object().put("ok", ok);
      report.set("stages", stages);
      out.println(Json.pretty(report));
    }
  }
}
