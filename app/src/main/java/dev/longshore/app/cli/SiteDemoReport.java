package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.demo.SiteDemo;
import dev.longshore.app.demo.SiteDemo.Held;
import dev.longshore.app.query.find.Sizes;
import java.util.Locale;

/** The report at the end of a demo with sites. */
record SiteDemoReport(Terminal terminal, boolean asJson) {
  private static final double MILLIS = 1e3;

  void tell(SiteDemo.Outcome outcome) {
    if (asJson) {
      ObjectNode answer = JsonNodeFactory.instance.objectNode().put("sites", outcome.sites());
      put(answer.putObject("first"), outcome.first());
      put(answer.putObject("second"), outcome.second());
      answer.put("filesCompared", outcome.files()).put("bytesCompared", outcome.fileBytes());
      terminal.json(answer);
      return;
    }
    terminal.result("first      " + line(outcome.first(), outcome.sites()));
    terminal.result("next       " + line(outcome.second(), outcome.sites()));
    terminal.result(
        "compared   %d files, %s, pulled at a site by tag without the hub: every byte is the same"
            .formatted(outcome.files(), Sizes.text(outcome.fileBytes())));
    terminal.result("");
    terminal.result("What to try next:");
    terminal.result("  ./longshore up --sites 2               the same, staying up: push to it");
    terminal.result("  docs/sites.md                          sites of your own");
  }

  private static String line(Held held, int sites) {
    return String.format(
        Locale.ROOT,
        "%s image, %s over the line, held at %d sites after %.1f s",
        Sizes.text(held.bytes()),
        Sizes.text(held.lineBytes()),
        sites,
        held.after().toMillis() / MILLIS);
  }

  private static void put(ObjectNode node, Held held) {
    node.put("image", held.image().toString()).put("bytes", held.bytes());
    node.put("lineBytes", held.lineBytes()).put("seconds", held.after().toMillis() / MILLIS);
  }
}
