package dev.longshore.resolver.hub;

import static dev.longshore.resolver.hub.RunningHub.group;
import static dev.longshore.resolver.hub.RunningHub.rule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.SiteState.Amount;
import dev.longshore.model.Reference;
import dev.longshore.resolver.testing.States;
import dev.longshore.rules.TagSettings;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.Report;
import dev.longshore.sites.SiteJson;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names that sites report as missed, and sites that lie about them. */
class SiteMissesTest {
  private static final String APP = "registry.test/shop/app";
  private static final String NEW = APP + ":2.0";

  @TempDir Path folder;
  private RunningHub hub;
  private long sequence;

  @BeforeEach
  void start() throws Exception {
    hub =
        new RunningHub(
            folder,
            group(
                "shops",
                rule(
                    "registry.test/shop/**",
                    new TagSettings(List.of(), List.of("*-rc"), null),
                    null)));
    hub.show(APP, "1", 1);
  }

  @AfterEach
  void stop() throws Exception {
    hub.close();
  }

  private int misses(String site, List<String> names) throws Exception {
    Report report =
        new Report(
            RunningHub.NODE,
            ++sequence,
            "0.2.0",
            null,
            States.AT,
            new Amount(0, 0),
            new Amount(0, 0),
            null,
            0,
            0,
            0,
            List.of(),
            List.of(),
            List.of(),
            null,
            null,
            names);
    return hub.post(site, SiteClient.path(site, null, 0), SiteJson.write(report)).statusCode();
  }

  private int misses(String... names) throws Exception {
    return misses("north", List.of(names));
  }

  private void awaitLooks(String... names) {
    Eventually.await(
        "looked for: " + List.of(names),
        () -> hub.missed.stream().map(Reference::toString).toList().equals(List.of(names)));
  }

  private void count(String result, int names) throws Exception {
    assertThat(hub.resolver.metrics())
        .containsPattern(
            "longshore_hub_missed_total\\{[^}]*result=\"" + result + "\"[^}]*} " + names);
  }

  @Test
  void aNameOfTheSitesRulesIsLookedForOnce() throws Exception {
    assertThat(misses(NEW)).isEqualTo(200);
    awaitLooks(NEW);

    misses(NEW);
    count("repeated", 1);
    hub.edge.clock.advance(Duration.ofHours(1));
    misses(NEW);
    awaitLooks(NEW, NEW);
  }

  @Test
  void aStolenBoxHasNothingElseMirrored() throws Exception {
    assertThat(
            misses(
                "registry.test/office/mail:1",
                "evil.test/shop/app:1",
                APP + ":3-rc",
                "registry.test/shop/../office/mail:1"))
        .isEqualTo(200);

    count("outside", 3);
    count("malformed", 1);
    count("hinted", 0);
    assertThat(hub.missed).isEmpty();
  }

  @Test
  void whatIsNoNameWithATagIsPassedOver() throws Exception {
    String digest = "@sha256:" + "ab".repeat(32);
    misses("", "x", APP, APP + digest, NEW + digest, APP + ":" + "t".repeat(200), "REG/shop:1");

    count("malformed", 7);
    misses(NEW);
    awaitLooks(NEW);
  }

  @Test
  void whatTheHubShowsAlreadyIsOnItsWay() throws Exception {
    misses(APP + ":1");

    count("known", 1);
    assertThat(hub.missed).isEmpty();
  }

  @Test
  void aFloodIsBoundedByTheHourAndLeavesOthersTheirShare() throws Exception {
    List<String> wanted = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      int first = i * Report.MISSED;
      List<String> names =
          IntStream.range(first, first + Report.MISSED).mapToObj(n -> APP + ":t" + n).toList();
      assertThat(misses("north", names)).isEqualTo(200);
      wanted.addAll(names);
    }
    count("hinted", MissedAtSites.OF_A_SITE);
    count("too_many", wanted.size() - MissedAtSites.OF_A_SITE);

    assertThat(misses("site-1", List.of(NEW))).isEqualTo(200);
    Eventually.await(
        "one of another site", () -> hub.missed.stream().anyMatch(n -> n.toString().equals(NEW)));
  }

  @Test
  void sitesThatMissTheSameAtOnceMakeOneLook() throws Exception {
    misses("site-1", List.of(NEW));
    misses("site-2", List.of(NEW));
    awaitLooks(NEW);
    count("repeated", 1);

    hub.edge.clock.advance(MissedAtSites.FOR_ALL);
    misses("site-3", List.of(NEW));
    awaitLooks(NEW, NEW);
  }

  @Test
  void aReportWithMoreThanFitIsRefused() throws Exception {
    assertThat(misses("north", IntStream.range(0, 21).mapToObj(n -> APP + ":t" + n).toList()))
        .isEqualTo(400);
    assertThat(misses(APP + ":" + "t".repeat(700))).isEqualTo(400);
    assertThat(hub.missed).isEmpty();
  }
}
