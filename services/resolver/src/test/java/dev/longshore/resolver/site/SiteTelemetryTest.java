package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.resolver.testing.EndedSpans;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.runtime.service.telemetry.LogFormat;
import dev.longshore.runtime.service.telemetry.LogLevel;
import dev.longshore.runtime.service.telemetry.Telemetry;
import dev.longshore.runtime.service.telemetry.TelemetrySettings;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.MetricConventions;
import dev.longshore.sites.Keep;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a site's node tells of itself: its fetches in traces, and metrics. */
class SiteTelemetryTest {
  private static final String PUSH = "4bf92f3577b34da6a3ce929d0e0e4736";

  @TempDir private Path home;
  private final EndedSpans spans = new EndedSpans();
  private Telemetry telemetry;
  private HubTwin hub;
  private SiteBed site;

  @BeforeEach
  void join() throws Exception {
    telemetry =
        Telemetry.start(
            "test",
            "0",
            "main",
            new TelemetrySettings(null, LogFormat.PLAIN, LogLevel.INFO),
            List.of(spans));
    hub = new HubTwin();
    hub.traceparent = "00-" + PUSH + "-00f067aa0ba902b7-01";
    site = SiteBed.joined(home, hub);
    site.telemetry = telemetry.openTelemetry();
  }

  @AfterEach
  void end() throws Exception {
    hub.close();
    site.close();
    telemetry.close();
  }

  private static String linked(SpanData span) {
    assertThat(span.getLinks()).hasSize(1);
    return span.getLinks().getFirst().getSpanContext().getTraceId();
  }

  @Test
  void aFetchAndTheFirstPullAreTracesLinkedToThePush() throws Exception {
    MirroredImage image = hub.image(1);
    hub.push(SiteBed.REPOSITORY, "1.0", image);
    site.start();
    site.awaitShown("1.0", image);

    SpanData fetch = spans.await(1).getFirst();
    assertThat(fetch.getName()).isEqualTo("fetch");
    assertThat(fetch.getParentSpanContext().isValid()).isFalse();
    assertThat(linked(fetch)).isEqualTo(PUSH).isNotEqualTo(fetch.getTraceId());
    assertThat(fetch.getStatus()).isEqualTo(StatusData.unset());
    assertThat(fetch.getAttributes().get(AttributeKey.stringKey("longshore.cid")))
        .isEqualTo(image.dag().toString());
    assertThat(fetch.getAttributes().get(AttributeKey.stringKey("longshore.digest")))
        .isEqualTo(image.digest().toString());
    assertThat(fetch.getAttributes().get(AttributeKey.stringKey("longshore.outcome")))
        .isEqualTo("came");

    try (RunningResolver resolver =
        new RunningResolver(home, site.catalog(), site.own, null, false)) {
      assertThat(
              resolver
                  .get("/v2/" + SiteBed.REPOSITORY + "/manifests/" + image.digest())
                  .statusCode())
          .isEqualTo(200);
      assertThat(linked(resolver.spans.await(1).getFirst())).isEqualTo(PUSH);
    }
  }

  @Test
  void aFetchOnDemandIsLinkedTooAndOneThatFailsSaysWhy() throws Exception {
    hub.cutBlocksAfter = 100;
    MirroredImage image = hub.image(1);
    hub.push(SiteBed.REPOSITORY, "1.0", image);
    site.start();
    SpanData failed = spans.await(1).getFirst();
    assertThat(failed.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(failed.getStatus().getDescription()).isNotBlank();
    assertThat(linked(failed)).isEqualTo(PUSH);

    hub.cutBlocksAfter = Integer.MAX_VALUE;
    site.awaitShown("1.0", image);
    MirroredImage asked = hub.image(2);
    hub.push(SiteBed.REPOSITORY, "2.0", asked, Keep.ON_DEMAND, 0, null);
    try (RunningResolver resolver =
        RunningResolver.ofSite(home, site.catalog(), site.own, site.service().upstream(), 0)) {
      Eventually.await("it is brought", () -> status(resolver, "2.0") == 200);
      Eventually.await("its fetch has ended", () -> spans.all().stream().anyMatch(of(asked)));
    }
    assertThat(spans.all()).allSatisfy(span -> assertThat(linked(span)).isEqualTo(PUSH));
  }

  private static int status(RunningResolver resolver, String tag) {
    try {
      return resolver.get("/v2/" + SiteBed.REPOSITORY + "/manifests/" + tag).statusCode();
    } catch (Exception e) {
      throw new AssertionError("no answer", e);
    }
  }

  private static Predicate<SpanData> of(MirroredImage image) {
    return span ->
        image
            .dag()
            .toString()
            .equals(span.getAttributes().get(AttributeKey.stringKey("longshore.cid")));
  }

  @Test
  void aNodeTellsOfItsLineStoreAndLoop() throws Exception {
    assertThat(page()).doesNotContain("longshore_site_node_hub_age_seconds");
    MirroredImage image = hub.image(1);
    hub.push(SiteBed.REPOSITORY, "1.0", image);
    site.start();
    site.awaitShown("1.0", image);
    var _ = spans.await(1);

    assertThat(MetricConventions.faults(telemetry.metrics().renderOpenMetrics())).isEmpty();
    String page = page();
    assertThat(page)
        .contains(
            "longshore_site_node_present_images 1",
            "longshore_site_node_present_bytes " + image.image().blobBytes(),
            "longshore_site_node_free_bytes 9",
            "longshore_site_node_hub_age_seconds ",
            "longshore_site_node_fetch_duration_seconds_count{result=\"came\"} 1",
            "longshore_site_node_last_turn_timestamp_seconds ");
    assertThat(value(page, "longshore_site_node_line_bytes_total"))
        .isGreaterThan((double) image.image().blobBytes());
    assertThat(value(page, "longshore_site_node_blocks_total"))
        .isEqualTo(site.own.storedBlocks().size());
  }

  @Test
  void imagesThatAreNamedAndPulledElsewhereAreCounted() throws Exception {
    hub.push(SiteBed.REPOSITORY, "kept", hub.image(1));
    hub.push(SiteBed.REPOSITORY, "asked", hub.image(2), Keep.ON_DEMAND, 0, null);
    site.space = new Disk.Space(19L << 30, 100L << 30);
    site.start();
    site.awaitReport("of the names", r -> "c2".equals(r.cursor()));

    try (RunningResolver resolver =
        RunningResolver.ofSite(home, site.catalog(), site.own, site.service().upstream(), 0)) {
      assertThat(status(resolver, "kept")).isEqualTo(503);
      assertThat(status(resolver, "asked")).isEqualTo(503);
      assertThat(status(resolver, "none")).isEqualTo(404);
    }

    assertThat(page())
        .contains(
            "longshore_site_node_missed_total{kept=\"true\"} 1",
            "longshore_site_node_missed_total{kept=\"false\"} 1");
  }

  private String page() {
    return telemetry.metrics().render();
  }

  private static double value(String page, String name) {
    return page.lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow();
  }
}
