package dev.longshore.resolver.hub;

import static dev.longshore.resolver.hub.LagBed.APP;
import static dev.longshore.resolver.hub.RunningHub.group;
import static dev.longshore.resolver.hub.RunningHub.rule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.AbsenceReason;
import dev.longshore.resolver.hub.LagBed.Said;
import dev.longshore.resolver.hub.settings.SiteGroupSettings;
import dev.longshore.runtime.service.telemetry.LogFormat;
import dev.longshore.runtime.service.telemetry.LogLevel;
import dev.longshore.runtime.service.telemetry.Telemetry;
import dev.longshore.runtime.service.telemetry.TelemetrySettings;
import dev.longshore.runtime.testing.MetricConventions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a hub tells Prometheus of its sites. */
class SiteLagMeterTest {
  @Test
  void theTargetOfItsGroupIsToldOfEachSiteThatMaySpeak() throws Exception {
    SiteGroupSettings shops = group("shops", rule("registry.test/shop/**"));
    try (LagBed bed =
            new LagBed(
                shops,
                new SiteGroupSettings(
                    "clinics", shops.rules(), shops.line(), Duration.ofMinutes(5), true));
        Telemetry telemetry = telemetry()) {
      measure(bed, telemetry);
      bed.site("north", "shops");
      bed.site("south", "clinics");
      bed.site("stray", "none");
      bed.site("gone", "shops");
      bed.revoke("gone");

      assertThat(telemetry.metrics().render())
          .contains(
              "longshore_site_lag_target_seconds{critical=\"false\",site=\"north\"} 1800",
              "longshore_site_lag_target_seconds{critical=\"true\",site=\"south\"} 300")
          .doesNotContain("stray\"} 1800", "site=\"gone\"");
    }
  }

  private static Telemetry telemetry() throws Exception {
    return Telemetry.start(
        "test",
        "0",
        "hub-1",
        new TelemetrySettings(null, LogFormat.PLAIN, LogLevel.INFO),
        List.of());
  }

  @Test
  void eachSiteHasItsFiguresAndNoneForWhatIsNotKnown() throws Exception {
    try (LagBed bed = new LagBed(group("shops", rule("registry.test/shop/**")));
        Telemetry telemetry = telemetry()) {
      measure(bed, telemetry);
      bed.site("north", "shops");
      bed.site("south", "shops");
      bed.site("new", "shops");
      bed.show(APP, "1", 1);
      bed.report("north", bed.cursor("shops"), Said.ALL_THERE);
      bed.report(
          "south",
          bed.cursor("shops"),
          Said.lacks(AbsenceReason.UNDER_WAY, 1, 1_001, bed.now()).at(100));
      bed.pass(Duration.ofMinutes(2));
      bed.show(APP, "2", 2);
      bed.lags.reported(new SiteLags.Known(bed.sites, bed.reports));
      bed.report("north", bed.cursor("shops"), Said.ALL_THERE);
      bed.lags.reported(new SiteLags.Known(bed.sites, bed.reports));
      bed.pass(Duration.ofSeconds(5));

      assertThat(MetricConventions.faults(telemetry.metrics().renderOpenMetrics())).isEmpty();
      String page = telemetry.metrics().render();
      assertThat(page)
          .contains(
              "longshore_site_up_to_date{site=\"north\"} 1",
              "longshore_site_up_to_date{site=\"south\"} 0",
              "longshore_site_up_to_date{site=\"new\"} 0",
              "longshore_site_present_images{site=\"north\"} 1",
              "longshore_site_behind_images{site=\"north\"} 0",
              "longshore_site_oldest_lag_seconds{site=\"north\"} 0",
              "longshore_site_remaining_seconds{site=\"north\"} 0",
              "longshore_site_behind_images{site=\"south\"} 2",
              "longshore_site_behind_bytes{site=\"south\"} 2003",
              "longshore_site_wanted_images{site=\"south\"} 2",
              "longshore_site_absent_images{reason=\"under-way\",site=\"south\"} 1",
              "longshore_site_absent_images{reason=\"not-heard\",site=\"south\"} 1",
              "longshore_site_absent_bytes{reason=\"under-way\",site=\"south\"} 1001",
              "longshore_site_absent_bytes{reason=\"not-heard\",site=\"south\"} 1002",
              "longshore_site_oldest_lag_seconds{site=\"south\"} 125",
              "longshore_site_remaining_seconds{site=\"south\"} 21",
              "longshore_site_report_age_seconds{site=\"south\"} 125",
              "longshore_site_line_bytes{site=\"south\"} 5000")
          .doesNotContain("longshore_site_oldest_lag_seconds{site=\"new\"}")
          .containsPattern(
              "longshore_site_lag_seconds_count\\{group=\"shops\",mode=\"plain\",stage=\"present\"[^}]*}"
                  + " 1");
    }
  }

  @Test
  void aSiteThatJoinedAndNeverReportedIsSilentSinceThen() throws Exception {
    try (LagBed bed = new LagBed(group("shops", rule("registry.test/shop/**")));
        Telemetry telemetry = telemetry()) {
      measure(bed, telemetry);
      bed.site("mute", "shops");
      bed.pass(Duration.ofHours(3));

      assertThat(telemetry.metrics().render())
          .contains("longshore_site_report_age_seconds{site=\"mute\"} 10800")
          .doesNotContain("longshore_site_oldest_lag_seconds{site=\"mute\"}");
    }
  }

  /** 0 would say that they lack nothing. */
  @Test
  void whatASiteLacksIsNotKnownUntilItHasHeardItsRulesAndWithoutAGroup() throws Exception {
    try (LagBed bed = new LagBed(group("shops", rule("registry.test/shop/**")));
        Telemetry telemetry = telemetry()) {
      measure(bed, telemetry);
      bed.site("north", "shops");
      bed.show("registry.test/office/mail", "1", 1);
      bed.report("north", bed.cursor("shops"), Said.ALL_THERE);
      String none = "longshore_site_oldest_lag_seconds{site=\"north\"}";
      assertThat(telemetry.metrics().render()).contains(none + " 0");

      bed.groups = List.of(group("shops", rule("registry.test/**")));
      assertThat(telemetry.metrics().render())
          .contains("longshore_site_up_to_date{site=\"north\"} 0")
          .doesNotContain(none);

      bed.groups = List.of();
      assertThat(telemetry.metrics().render())
          .contains("longshore_site_up_to_date{site=\"north\"} 0")
          .doesNotContain(none);
    }
  }

  @Test
  void thereIsASeriesForEachSiteAndReasonAndNoneForAnImage() throws Exception {
    Set<String> few = series(20);
    assertThat(few).hasSizeGreaterThan(20);
    assertThat(series(200)).isEqualTo(few);
  }

  /** Names and labels of all series of two sites; one lacks so many images. */
  private static Set<String> series(int images) throws Exception {
    try (LagBed bed = new LagBed(group("shops", rule("registry.test/shop/**")));
        Telemetry telemetry = telemetry()) {
      measure(bed, telemetry);
      bed.site("north", "shops");
      bed.site("south", "shops");
      bed.report("north", bed.cursor("shops"), Said.ALL_THERE);
      bed.report("south", bed.cursor("shops"), Said.ALL_THERE);
      bed.lags.reported(new SiteLags.Known(bed.sites, bed.reports));
      for (int i = 0; i < images; i++) {
        bed.show(APP + "-" + i, "1", i);
      }
      bed.lags.reported(new SiteLags.Known(bed.sites, bed.reports));
      bed.report("north", bed.cursor("shops"), Said.ALL_THERE);
      bed.lags.reported(new SiteLags.Known(bed.sites, bed.reports));
      bed.pass(Duration.ofSeconds(5));
      String page = telemetry.metrics().render();
      assertThat(page)
          .containsPattern("longshore_site_lag_seconds_count\\{[^}]*} " + images + "\n")
          .contains("longshore_site_absent_images{reason=\"not-heard\",site=\"south\"} " + images);
      return page.lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.substring(0, line.lastIndexOf(' ')))
          .collect(Collectors.toSet());
    }
  }

  private static void measure(LagBed bed, Telemetry telemetry) {
    bed.lags.measure(
        "hub-1",
        telemetry.openTelemetry().getMeter("test"),
        () -> Optional.of(new SiteLags.Known(bed.sites, bed.reports)));
  }
}
