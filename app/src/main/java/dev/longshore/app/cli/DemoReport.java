package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.DevelopmentRun;
import dev.longshore.app.Memory;
import dev.longshore.app.demo.Demo;
import dev.longshore.app.demo.TimeLine;
import dev.longshore.app.query.find.Sizes;

/** The report at the end of a demo. */
final class DemoReport {
  private static final double NANOS = 1e9;
  private final Terminal terminal;
  private final boolean asJson;

  DemoReport(Terminal terminal, boolean asJson) {
    this.terminal = terminal;
    this.asJson = asJson;
  }

  void tell(Demo.Outcome outcome, DevelopmentRun run) {
    long resident = Memory.residentBytes();
    if (asJson) {
      terminal.json(json(outcome, resident));
      return;
    }
    TimeLine line = outcome.timeLine();
    terminal.result("time line  " + line.text());
    terminal.result("trace      " + outcome.trace() + ", the pull's is " + outcome.pullTrace());
    terminal.result(
        "compared   %s, byte for byte (manifests: %d, blobs: %d)"
            .formatted(Sizes.text(outcome.bytes()), outcome.manifests(), outcome.blobs()));
    terminal.result("memory     " + Sizes.text(resident) + " resident, Kafka and all services");
    terminal.result("");
    terminal.result("What to try next:");
    terminal.result("  ./longshore up                         the same, staying up");
    terminal.result(
        "  docker push localhost:%d/NAME        or crane, skopeo, nerdctl"
            .formatted(run.ports().registry()));
    terminal.result(
        "  docker pull localhost:%d/NAME        from three peers"
            .formatted(run.ports().resolver()));
    terminal.result("  ./longshore status                     images, copies, lag, peers");
    terminal.result("  ./longshore why REF                    why an image is not there");
  }

  private static ObjectNode json(Demo.Outcome outcome, long resident) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("image", outcome.image().toString());
    answer.put("digest", outcome.state().digest().toString());
    answer.put("root", outcome.state().root().toString());
    answer.put("imageDag", outcome.state().imageDag().toString());
    answer.put("copies", outcome.pin().verified());
    ObjectNode times = answer.putObject("seconds");
    TimeLine line = outcome.timeLine();
    line.events().forEach(e -> times.put(e.what(), (e.at() - line.origin()) / NANOS));
    answer.put("trace", outcome.trace());
    answer.put("pullTrace", outcome.pullTrace());
    answer.put("manifests", outcome.manifests());
    answer.put("blobs", outcome.blobs());
    answer.put("bytes", outcome.bytes());
    answer.put("residentBytes", resident);
    return answer;
  }
}
