package dev.longshore.app.doctor;

import dev.longshore.model.check.Check;
import dev.longshore.model.check.Findings;
import java.io.IOException;
import java.net.URI;

/** Whether the collector takes traces: it is sent none. */
record CollectorCheck(URI endpoint, WebLook web) implements Check {
  @Override
  public String part() {
    return "collector";
  }

  @Override
  public void look(Findings findings) {
    String base = endpoint.toString();
    URI traces = URI.create((base.endsWith("/") ? base : base + "/") + "v1/traces");
    String tried = "POST no traces to " + traces;
    String remedy =
        "set telemetry.otlp-endpoint to where the collector takes OTLP over HTTP, which is port"
            + " 4318 as a rule; images are mirrored without it";
    try {
      int status = web.post(traces, "{\"resourceSpans\": []}").status();
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
