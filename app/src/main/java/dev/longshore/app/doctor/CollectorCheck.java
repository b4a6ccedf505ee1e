package dev.longshore.app.doctor;

import dev.longshore.model.check.Check;
import dev.longshore.model.check.Findings;
import java.io.IOException;
import java.net.URI;

/**
 * Whether the collector takes traces, or metrics: it is sent none.
 *
 * @param takes what it is to take
 */
record CollectorCheck(URI endpoint, Signal takes, WebLook web) implements Check {
  /** What OTLP has paths for. */
  enum Signal {
    TRACES("traces", "resourceSpans"),
    METRICS("metrics", "resourceMetrics");

    private final String text;
    private final String field;

    Signal(String text, String field) {
      this.text = text;
      this.field = field;
    }
  }

  @Override
  public String part() {
    return "collector";
  }

  @Override
  public void look(Findings findings) {
    String base = endpoint.toString();
    URI path = URI.create((base.endsWith("/") ? base : base + "/") + "v1/" + takes.text);
    String tried = "POST no " + takes.text + " to " + path;
    String remedy =
        "set telemetry.otlp-endpoint to where the collector takes OTLP over HTTP, which is port"
            + " 4318 as a rule; images are mirrored without it";
    if (takes == Signal.METRICS) {
      remedy += "; Jaeger takes no metrics: telemetry.otlp-metrics: false";
    }
    try {
      int status = web.post(path, "{\"" + takes.field + "\": []}").status();
      // What it thinks of an empty request is its business.
      if (status == 200 || status == 400 || status == 415) {
        findings.fine(tried, "it takes them");
      } else {
        findings.warning(tried, "status " + status, remedy);
      }
    } catch (IOException e) {
      findings.warning(tried, WebLook.reason(e), remedy);
    }
  }
}
