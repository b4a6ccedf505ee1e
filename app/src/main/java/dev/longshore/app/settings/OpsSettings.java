package dev.longshore.app.settings;

import dev.longshore.runtime.edge.access.AccessSettings;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.settings.Inline;
import dev.longshore.settings.Setting;
import dev.longshore.settings.value.Listen;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The section of the operations page. */
public record OpsSettings(
    @Setting(value = "127.0.0.1:5080", doc = "where the page answers") Listen listen,
    @Inline AccessSettings access,
    @Setting(
            value = "[]",
            doc =
                "host names, without port, under which a page without credentials may be"
                    + " opened, besides localhost and IP addresses; others are refused")
        List<String> hosts,
    @Setting(
            doc =
                "address of a trace in your tracing UI, with {traceId} in it, such as"
                    + " http://localhost:16686/trace/{traceId}; no links if absent")
        @Nullable String traceUrl) {
  /** What stands for the id of a trace. */
  public static final String TRACE_ID = "{traceId}";

  public OpsSettings {
    hosts = hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
    access.requireClosed(listen);
    if (traceUrl != null) {
      requireLink(traceUrl);
    }
  }

  private static void requireLink(String traceUrl) {
    String problem = traceUrl.contains(TRACE_ID) ? null : "has no " + TRACE_ID;
    try {
      String scheme = new URI(traceUrl.replace(TRACE_ID, "0")).getScheme();
      if (!"http".equals(scheme) && !"https".equals(scheme)) {
        problem = "is not of http or https";
      }
    } catch (URISyntaxException e) {
      problem = String.valueOf(e.getMessage());
    }
    if (problem != null) {
      throw new IllegalArgumentException(
          "trace-url: %s %s (expected: such as http://localhost:16686/trace/%s)"
              .formatted(traceUrl, problem, TRACE_ID));
    }
  }

  /** The listener of the page. */
  public ListenerSettings listener() {
    return new ListenerSettings(listen, access);
  }
}
