package dev.longshore.app.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.AbsenceReason;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.ManualClock;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the page shows of sites is what {@code longshore lag} says of them. */
class SitesViewTest {
  private static final String FIRST = HubBed.name(HubBed.APP, 1);

  @TempDir private Path folder;
  private final ManualClock clock = new ManualClock(Samples.NOW);
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    client.close();
  }

  private HubBed hub() throws Exception {
    HubBed hub = new HubBed(folder, clock);
    hub.page.put(
        Samples.tag(HubBed.APP, "v1", 1),
        Samples.image(1),
        Samples.pin(1, 1, 1),
        HubBed.shown(HubBed.APP, 1, clock.instant()));
    return hub;
  }

  private JsonNode ask(PageBed page, String path) throws Exception {
    HttpResponse<String> answer = page.get(client, path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new ObjectMapper().readTree(answer.body());
  }

  private JsonNode image(PageBed page, String name) throws Exception {
    return ask(page, "/api/image?image=" + URLEncoder.encode(name, StandardCharsets.UTF_8))
        .path("sites");
  }

  @Test
  void theWorstSitesComeFirstWithTheirOldestImageAndWhenTheyAreDone() throws Exception {
    try (HubBed hub = hub()) {
      hub.site("a-fine", "shops");
      hub.site("b-new", "shops");
      hub.site("c-behind", "shops");
      hub.hasAll("a-fine", "shops");
      Instant next = clock.instant().plus(Duration.ofMinutes(5));
      hub.lacks("c-behind", "shops", FIRST, AbsenceReason.UNDER_WAY, next);

      for (String view : List.of("/api/sites", "/api/now")) {
        JsonNode answer = ask(hub.page, view);
        JsonNode sites = view.endsWith("now") ? answer.path("sites") : answer;
        assertThat(sites.path("states").toString())
            .isEqualTo("{\"no-report\":1,\"behind\":1,\"up-to-date\":1}");
        assertThat(sites.path("listed").findValuesAsText("site"))
            .containsExactly("b-new", "c-behind", "a-fine");
        JsonNode behind = sites.path("listed").get(1);
        assertThat(behind.at("/behind/images").asInt()).isEqualTo(1);
        assertThat(behind.at("/oldest/name").asText()).isEqualTo(FIRST);
        assertThat(behind.at("/oldest/since").asText()).isEqualTo(Samples.NOW.toString());
        assertThat(behind.at("/remaining/seconds").asInt()).isEqualTo(10);
        assertThat(behind.path("receivedAt").asText()).isEqualTo(clock.instant().toString());
      }
    }
  }

  @Test
  void aSiteWithoutAReportForTwoHoursIsToldAsSoonAsTheyHavePassed() throws Exception {
    try (HubBed hub = hub()) {
      hub.site("away", "shops");
      hub.hasAll("away", "shops");
      assertThat(ask(hub.page, "/api/sites").path("states").toString())
          .isEqualTo("{\"up-to-date\":1}");
      clock.advance(Duration.ofHours(2).plusSeconds(1));
      JsonNode sites = ask(hub.page, "/api/sites");
      assertThat(sites.path("states").toString()).isEqualTo("{\"report-absent\":1}");
      assertThat(sites.at("/listed/0/atLeast").asBoolean()).isTrue();
    }
  }

  @Test
  void aSiteTellsWhyItLacksAnImageAndUntilWhen() throws Exception {
    try (HubBed hub = hub()) {
      hub.site("behind", "shops");
      Instant next = clock.instant().plus(Duration.ofMinutes(5));
      hub.lacks("behind", "shops", FIRST, AbsenceReason.FAILED, next);

      JsonNode site = ask(hub.page, "/api/site?site=behind");
      assertThat(site.path("state").asText()).isEqualTo("behind");
      assertThat(site.at("/nodes/0/absent/failed/images").asInt()).isEqualTo(1);
      JsonNode missing = site.path("missing").get(0);
      assertThat(missing.path("image").asText()).isEqualTo(FIRST);
      assertThat(missing.path("reason").asText()).isEqualTo("failed");
      assertThat(missing.path("nextAt").asText()).isEqualTo(next.toString());
      assertThat(missing.path("node").asText()).isEqualTo("main");
      assertThat(hub.page.get(client, "/api/site?site=none").body()).contains("none is no site");
    }
  }

  @Test
  void aSiteTellsTheLimitOfItsLineAndAllItsWindows() throws Exception {
    try (HubBed hub = hub()) {
      hub.site("office", "offices");
      hub.site("shop", "shops");

      JsonNode line = ask(hub.page, "/api/site?site=office").path("line");
      assertThat(line.path("bytesPerSecond").asLong()).isEqualTo(2_000_000);
      assertThat(line.path("windows").toString()).isEqualTo("[\"22:00-06:00\",\"12:30-13:00\"]");
      assertThat(line.path("zone").asText()).isEqualTo("Europe/Berlin");
      assertThat(line.path("askedPercent").asInt()).isEqualTo(70);
      JsonNode other = ask(hub.page, "/api/site?site=shop");
      assertThat(other.path("line").has("bytesPerSecond")).isFalse();
      assertThat(other.path("line").path("windows")).isEmpty();
      assertThat(other.path("lagTargetSeconds").asInt()).isEqualTo(1_800);
    }
  }

  /** Nobody has the page open until the end. */
  @Test
  void theLagOfASiteIsKeptWhileNobodyLooksAndGrowsWithoutReports() throws Exception {
    try (HubBed hub = hub()) {
      hub.site("behind", "shops");
      hub.lacks("behind", "shops", FIRST, AbsenceReason.FAILED, null);
      awaitLag(hub, "behind", 0);
      clock.advance(Duration.ofMinutes(10));
      awaitLag(hub, "behind", 600);

      JsonNode series = ask(hub.page, "/api/site?site=behind").path("series");
      assertThat(series.path("since").asText()).isEqualTo(Samples.NOW.toString());
      assertThat(series.path("seconds")).hasSize(288);
      assertThat(series.path("known").asText()).endsWith(".=.=").startsWith("....");
      assertThat(series.path("images").path(287).asInt()).isEqualTo(1);
    }
  }

  private void awaitLag(HubBed hub, String site, int seconds) {
    Eventually.await(
        site + " is behind for " + seconds + " s",
        () -> {
          try {
            JsonNode series = ask(hub.page, "/api/site?site=" + site).path("series");
            return series.path("known").asText().endsWith("=")
                && series.path("seconds").path(287).asInt() == seconds;
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }

  @Test
  void anImageThatNobodyToldOfIsLateForAtLeastSoLong() throws Exception {
    try (HubBed hub = hub()) {
      hub.page.put(Samples.tag(HubBed.APP, "v2", 2), HubBed.found(HubBed.APP, 2, clock.instant()));
      hub.site("behind", "shops");
      hub.lacks("behind", "shops", HubBed.name(HubBed.APP, 2), AbsenceReason.FAILED, null);
      clock.advance(Duration.ofMinutes(5));

      assertThat(ask(hub.page, "/api/sites").at("/listed/0/oldest/atLeast").asBoolean()).isTrue();
      JsonNode site = ask(hub.page, "/api/site?site=behind");
      assertThat(site.at("/nodes/0/oldest/atLeast").asBoolean()).isTrue();
      assertThat(site.at("/missing/0/pushKnown").asBoolean(true)).isFalse();
      Eventually.await("at least, in the last day, too", () -> isAtLeast(hub));
    }
  }

  private boolean isAtLeast(HubBed hub) {
    try {
      return ask(hub.page, "/api/site?site=behind").at("/series/known").asText().endsWith(">");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aSiteWhoseClockIsWrongIsMarkedWhereverItsTimesAreShown() throws Exception {
    try (HubBed hub = hub()) {
      hub.site("fine", "shops");
      hub.site("wrong", "shops");
      hub.hasAll("fine", "shops");
      hub.clocksAhead(Duration.ofSeconds(-42));
      hub.hasAll("wrong", "shops");

      JsonNode listed = ask(hub.page, "/api/sites").path("listed");
      assertThat(listed.findValuesAsText("site")).containsExactly("fine", "wrong");
      assertThat(listed.get(0).has("clockSkewSeconds")).isFalse();
      assertThat(listed.get(1).path("clockSkewSeconds").asInt()).isEqualTo(-42);
      JsonNode node = ask(hub.page, "/api/site?site=wrong").at("/nodes/0");
      assertThat(node.path("clockSkewed").asBoolean()).isTrue();
      JsonNode there = image(hub.page, FIRST).path("listed");
      assertThat(there.get(0).has("clockSkewSeconds")).isFalse();
      assertThat(there.get(1).path("clockSkewSeconds").asInt()).isEqualTo(-42);
    }
  }

  @Test
  void anImageTellsWhereItIsWhereItComesAndWhichSitesLeaveItOut() throws Exception {
    try (HubBed hub = hub()) {
      hub.site("there", "shops");
      hub.site("coming", "shops");
      hub.site("left-out", "shops");
      hub.site("office", "offices");
      hub.site("nowhere", "gone");
      hub.hasAll("there", "shops");
      hub.lacks("coming", "shops", FIRST, AbsenceReason.UNDER_WAY, null);
      hub.lacks("left-out", "shops", FIRST, AbsenceReason.EXCLUDED, null);
      hub.hasAll("office", "offices");

      JsonNode sites = image(hub.page, FIRST);
      assertThat(sites.path("places").toString())
          .isEqualTo("{\"coming\":1,\"present\":1,\"excluded\":2,\"not-told\":1}");
      assertThat(sites.path("listed").findValuesAsText("site"))
          .containsExactly("coming", "there", "left-out", "office", "nowhere");
      assertThat(sites.path("listed").findValuesAsText("stage"))
          .containsExactly("absent", "present", "absent", "not-named", "no-group");

      hub.page.put(HubBed.shown(HubBed.APP, 2, clock.instant()), Samples.tag(HubBed.APP, "v2", 2));
      assertThat(image(hub.page, HubBed.name(HubBed.APP, 2)).path("places").toString())
          .as("no site has heard of it")
          .isEqualTo("{\"coming\":3,\"excluded\":1,\"not-told\":1}");
    }
  }

  @Test
  void listsAreBounded() throws Exception {
    try (HubBed hub = hub()) {
      for (int n = 0; n < 1_100; n++) {
        hub.site("store-" + n, "shops");
      }
      JsonNode all = ask(hub.page, "/api/sites");
      assertThat(all.path("count").asInt()).isEqualTo(1_100);
      assertThat(all.path("listed")).hasSize(1_000);
      assertThat(ask(hub.page, "/api/now").at("/sites/listed")).hasSize(20);
      JsonNode sites = image(hub.page, FIRST);
      assertThat(sites.path("count").asInt()).isEqualTo(1_100);
      assertThat(sites.path("listed")).hasSize(100);
    }
  }

  @Test
  void withoutAHubThePageSaysSo() throws Exception {
    try (PageBed page = new PageBed(folder, PageBed.OPEN, "", Clock.systemUTC())) {
      page.put(Samples.tag(HubBed.APP, "v1", 1), Samples.image(1));
      assertThat(ask(page, "/api/sites").path("hub").asBoolean(true)).isFalse();
      assertThat(image(page, FIRST).path("hub").asBoolean(true)).isFalse();
      assertThat(page.get(client, "/api/site?site=store-1").body())
          .contains("sites are not known here");
    }
  }
}
