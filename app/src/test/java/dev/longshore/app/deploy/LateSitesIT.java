package dev.longshore.app.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.app.ops.HubBed;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.AbsenceReason;
import dev.longshore.runtime.service.metrics.MetricsPage;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.ManualClock;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What panels and alerts find of sites that lack something, with a Prometheus that scrapes a hub:
 * panels that are empty where all is well, and alerts that are silent while a window is closed.
 */
@Timeout(120)
class LateSitesIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** Above the lag target of both groups. */
  private static final Duration LATE = Duration.ofHours(1);

  @TempDir private Path folder;

  /** No window is open then. */
  private final ManualClock clock = new ManualClock(Samples.NOW);

  private final MetricsPage page = new MetricsPage();
  private final SdkMeterProvider metrics =
      SdkMeterProvider.builder().registerMetricReader(page).build();
  private HttpServer server;
  private HubBed hub;
  private PrometheusServer prometheus;

  @BeforeEach
  void scrapeAHubWithLateSites() throws Exception {
    hub = new HubBed(folder, clock, metrics.get("hub"));
    Instant pushed = clock.instant();
    hub.page()
        .put(
            Samples.image(1),
            Samples.image(2),
            HubBed.shown("shop/app", 1, pushed),
            HubBed.shown("shop/mail", 2, pushed));
    hub.site("there", "shops");
    hub.site("behind", "shops");
    hub.site("night", "offices");
    hub.site("silent", "shops");
    hub.hasAll("there", "shops");
    Instant next = clock.instant().plus(Duration.ofHours(2));
    hub.lacks("behind", "shops", HubBed.name("shop/app", 1), AbsenceReason.FAILED, next);
    hub.lacks("night", "offices", HubBed.name("shop/mail", 2), AbsenceReason.WINDOW, next);
    clock.advance(LATE);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/metrics",
        exchange -> {
          byte[] text = page.render().getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", MetricsPage.MEDIA_TYPE);
          exchange.sendResponseHeaders(200, text.length);
          exchange.getResponseBody().write(text);
          exchange.close();
        });
    server.start();
    URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/metrics");
    prometheus = PrometheusServer.start(folder, Map.of("hub", List.of(address)));
  }

  @AfterEach
  void stop() throws Exception {
    if (prometheus != null) {
      prometheus.close();
    }
    if (server != null) {
      server.stop(0);
    }
    hub.close();
    metrics.close();
  }

  private Set<String> found(String query) throws Exception {
    JsonNode answer = prometheus.query(query);
    assertThat(answer.path("status").asText()).as("%s: %s", query, answer).isEqualTo("success");
    Set<String> sites = new HashSet<>();
    answer.at("/data/result").forEach(one -> sites.add(one.at("/metric/site").asText()));
    return sites;
  }

  @Test
  void panelsOfTroubleNameTheSitesThatHaveItAndAnAlertWaitsForTheirWindow() throws Exception {
    Map<String, Set<String>> expected =
        Map.of(
            "Which sites are behind?", Set.of("behind"),
            "Which sites are not known to be up to date?", Set.of("behind", "night", "silent"),
            "What waits for a window?", Set.of("night"));
    assertThat(Eventually.answer(LIMIT, () -> shown(expected.keySet()), expected::equals))
        .isEqualTo(expected);

    Set<String> comes = Set.of("LongshoreSiteBehind: behind");
    assertThat(Eventually.answer(LIMIT, this::pending, comes::equals))
        .as("of sites that lack an image for longer than their target")
        .isEqualTo(comes);
    assertThat(prometheus.alertRules()).allMatch(rule -> rule.path("health").asText().equals("ok"));
    assertThat(page.render()).as("no label names an image").doesNotContain("shop/");
  }

  private Map<String, Set<String>> shown(Set<String> titles) throws Exception {
    Map<String, Set<String>> shown = new HashMap<>();
    for (PrometheusQuery panel : PrometheusQuery.dashboards()) {
      String title = panel.where().split(": ", -1)[2];
      if (titles.contains(title)) {
        shown.put(title, found(panel.text()));
      }
    }
    return shown;
  }

  /** Alerts of sites that come if it stays so. */
  private Set<String> pending() throws Exception {
    Set<String> pending = new HashSet<>();
    for (JsonNode rule : prometheus.alertRules()) {
      if (rule.path("query").asText().contains("on (site)")) {
        rule.path("alerts")
            .forEach(
                alert ->
                    pending.add(
                        rule.path("name").asText() + ": " + alert.at("/labels/site").asText()));
      }
    }
    return pending;
  }
}
