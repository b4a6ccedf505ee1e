package dev.longshore.resolver.hub;

import static dev.longshore.resolver.hub.LagBed.APP;
import static dev.longshore.resolver.hub.RunningHub.group;
import static dev.longshore.resolver.hub.RunningHub.rule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.AbsenceReason;
import dev.longshore.events.ServedState;
import dev.longshore.events.SiteCredentialsState;
import dev.longshore.events.SiteState;
import dev.longshore.events.SiteState.Absence;
import dev.longshore.events.SiteState.Amount;
import dev.longshore.events.SiteState.Count;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.resolver.hub.LagBed.Said;
import dev.longshore.resolver.hub.SiteLag.Node;
import dev.longshore.resolver.hub.SiteLag.Oldest;
import dev.longshore.resolver.hub.SiteLag.Stage;
import dev.longshore.resolver.hub.SiteLag.State;
import dev.longshore.resolver.hub.settings.SiteGroupSettings;
import dev.longshore.resolver.hub.settings.SiteLineSettings;
import dev.longshore.resolver.hub.settings.SiteRuleSettings;
import dev.longshore.resolver.testing.States;
import dev.longshore.rules.TagSettings;
import dev.longshore.settings.value.ByteSize;
import dev.longshore.sites.Keep;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How far sites are behind, by reports in memory. */
class SiteLagsTest {
  private final LagBed bed = new LagBed(group("shops", rule("registry.test/shop/**")));

  @AfterEach
  void close() {
    bed.close();
  }

  private Node worst(String site) {
    return bed.lag(site).worst().orElseThrow();
  }

  @Test
  void aSiteIsUpToDateOnlyIfItsCursorCoversWhatItsRulesName() {
    bed.site("north", "shops");
    bed.show(APP, "1", 1);
    bed.report("north", bed.cursor("shops"), Said.ALL_THERE);
    assertThat(bed.lag("north").state()).isEqualTo(State.UP_TO_DATE);

    bed.show("registry.test/office/mail", "1", 2);
    assertThat(bed.lag("north").state()).as("no rule names it").isEqualTo(State.UP_TO_DATE);

    Instant pushed = bed.now();
    bed.show(APP, "2", 3);
    bed.pass(Duration.ofMinutes(5));
    assertThat(bed.lag("north").state()).isEqualTo(State.BEHIND);
    assertThat(worst("north").lacking()).isEqualTo(new Amount(1, 1_003));
    assertThat(worst("north").unheard()).isEqualTo(new Amount(1, 1_003));
    assertThat(worst("north").oldest()).isEqualTo(new Oldest(APP + ":2", pushed, false));

    bed.report("north", bed.cursor("shops"), Said.ALL_THERE);
    assertThat(bed.lag("north").state()).isEqualTo(State.UP_TO_DATE);
  }

  @Test
  void anImageUnderTwoTagsThatASiteHasNotHeardOfCountsOnce() {
    bed.site("north", "shops");
    bed.report("north", bed.cursor("shops"), Said.ALL_THERE);
    bed.show(APP, "1", 1);
    bed.show(APP, "latest", 1);

    assertThat(worst("north").lacking()).isEqualTo(new Amount(1, 1_001));
  }

  @Test
  void whatWaitsForTheWindowOrIsHeldOrLeftOutIsNoLag() {
    bed.site("north", "shops");
    ServedState served = bed.show(APP, "1", 1);
    String cursor = bed.cursor("shops");

    bed.report("north", cursor, Said.lacks(AbsenceReason.WINDOW, 2, 500, bed.now()));
    assertThat(bed.lag("north").state()).isEqualTo(State.WINDOW);
    assertThat(worst("north").waiting()).isEqualTo(new Amount(2, 500));
    assertThat(worst("north").lacking().images()).isZero();
    assertThat(worst("north").oldest()).isNull();

    bed.report("north", cursor, Said.lacks(AbsenceReason.HELD, 1, 500, bed.now()));
    assertThat(bed.lag("north").state()).isEqualTo(State.PAUSED);

    for (AbsenceReason reason : List.of(AbsenceReason.EXCLUDED, AbsenceReason.SUPERSEDED)) {
      bed.report(
          "north",
          cursor,
          Said.lacks(reason, 1, 500, bed.now())
              .naming(new Absence(served.key(), reason, null, null)));
      assertThat(bed.lag("north").state()).as("%s", reason).isEqualTo(State.UP_TO_DATE);
    }

    for (AbsenceReason reason :
        List.of(AbsenceReason.FAILED, AbsenceReason.UNDER_WAY, AbsenceReason.FULL)) {
      bed.report("north", cursor, Said.lacks(reason, 1, 500, bed.now()));
      assertThat(bed.lag("north").state()).as("%s", reason).isEqualTo(State.BEHIND);
      assertThat(worst("north").counts()).containsExactly(new Count(reason, 1, 500));
    }
  }

  @Test
  void theOldestThatLagsIsNotOneThatWaitsByWill() {
    bed.site("north", "shops");
    ServedState excluded = bed.show(APP, "1", 1);
    bed.pass(Duration.ofHours(1));
    Instant later = bed.now();
    ServedState failed = bed.show(APP, "2", 2);
    bed.report(
        "north",
        bed.cursor("shops"),
        new Said(
            new Amount(0, 0),
            new Amount(2, 200),
            States.AT,
            List.of(
                new Count(AbsenceReason.EXCLUDED, 1, 100), new Count(AbsenceReason.FAILED, 1, 100)),
            List.of(
                new Absence(excluded.key(), AbsenceReason.EXCLUDED, null, null),
                new Absence(failed.key(), AbsenceReason.FAILED, "no route", null)),
            null));

    assertThat(worst("north").oldest()).isEqualTo(new Oldest(failed.key(), later, false));
    assertThat(worst("north").lacking()).isEqualTo(new Amount(1, 100));
  }

  @Test
  void anUnknownPushIsAtLeast() {
    bed.site("north", "shops");
    bed.report("north", bed.cursor("shops"), Said.ALL_THERE);
    bed.found(APP, "1", 1);

    assertThat(worst("north").oldest()).isEqualTo(new Oldest(APP + ":1", bed.now(), true));

    bed.report(
        "north", bed.cursor("shops"), Said.lacks(AbsenceReason.UNDER_WAY, 1, 1_001, bed.now()));
    assertThat(worst("north").oldest()).isEqualTo(new Oldest(APP + ":1", bed.now(), true));
  }

  @Test
  void aReportOlderThanTwoHoursSaysAtLeastAndMakesTheSiteTheWorst() {
    bed.site("north", "shops");
    bed.site("south", "shops");
    bed.report("north", bed.cursor("shops"), Said.ALL_THERE);
    bed.pass(Duration.ofHours(2));
    bed.report("south", bed.cursor("shops"), Said.ALL_THERE);
    assertThat(worst("north").isAtLeast()).isFalse();
    bed.pass(Duration.ofSeconds(1));
    bed.show(APP, "1", 1);

    assertThat(bed.lag()).extracting(lag -> lag.site().text()).containsExactly("north", "south");
    assertThat(bed.lag("north").state()).isEqualTo(State.REPORT_ABSENT);
    assertThat(worst("north").isAtLeast()).isTrue();
    assertThat(worst("north").lacking().images()).isEqualTo(1);
    assertThat(bed.lag("south").state()).isEqualTo(State.BEHIND);
  }

  @Test
  void theWorstSiteIsTheOneWithTheOldestImage() {
    for (String site : List.of("a", "b", "c", "d")) {
      bed.site(site, "shops");
    }
    bed.report("a", bed.cursor("shops"), Said.ALL_THERE);
    bed.show(APP, "1", 1);
    String middle = bed.cursor("shops");
    bed.pass(Duration.ofMinutes(1));
    bed.show(APP, "2", 2);
    bed.report("b", middle, Said.ALL_THERE);
    bed.report("c", bed.cursor("shops"), Said.ALL_THERE);

    assertThat(bed.lag()).extracting(lag -> lag.site().text()).containsExactly("d", "a", "b", "c");
    assertThat(bed.lag("d").state()).isEqualTo(State.NO_REPORT);
  }

  @Test
  void aSiteThatHasNotHeardItsPresentRulesIsNotUpToDate() {
    bed.site("north", "shops");
    bed.show(APP, "1", 1);
    bed.report("north", bed.cursor("shops"), Said.ALL_THERE);

    bed.groups = List.of(group("shops", rule("registry.test/**")));
    assertThat(bed.lag("north").state()).isEqualTo(State.BEHIND);
    assertThat(worst("north").hasHeardRules()).isFalse();

    bed.report("north", bed.cursor("shops"), Said.ALL_THERE);
    assertThat(bed.lag("north").state()).isEqualTo(State.UP_TO_DATE);

    bed.groups = List.of();
    assertThat(bed.lag("north").state()).isEqualTo(State.NO_GROUP);
  }

  @Test
  void aSiteThatWasToldNothingLacksAllThatItsRulesName() {
    bed.site("north", "shops");
    bed.show(APP, "1", 1);
    bed.show(APP, "2", 2);
    bed.report("north", "", Said.ALL_THERE);

    assertThat(worst("north").lacking()).isEqualTo(new Amount(2, 2_003));
  }

  @Test
  void aRevokedSiteComesLast() {
    bed.site("north", "shops");
    bed.site("south", "shops");
    bed.report("south", bed.cursor("shops"), Said.ALL_THERE);
    SiteCredentialsState north = bed.sites.removeFirst();
    bed.sites.add(new SiteCredentialsState(north.site(), "shops", List.of(), bed.now(), bed.now()));

    assertThat(bed.lag())
        .extracting(SiteLag::state)
        .containsExactly(State.UP_TO_DATE, State.REVOKED);
  }

  @Test
  void theNewestTagsAloneCountIfARuleSaysSo() {
    bed.groups = List.of(group("shops", rule("registry.test/shop/**", TagSettings.ALL, 2)));
    bed.site("north", "shops");
    bed.report("north", "", Said.ALL_THERE);
    for (int i = 1; i <= 4; i++) {
      bed.show(APP, String.valueOf(i), i);
      bed.pass(Duration.ofMinutes(1));
    }

    assertThat(worst("north").lacking()).isEqualTo(new Amount(2, 2_007));
    assertThat(worst("north").oldest().name()).isEqualTo(APP + ":3");
  }

  @Test
  void whatIsKeptOnDemandIsNoLag() {
    bed.groups =
        List.of(
            group(
                "shops",
                new SiteRuleSettings(
                    List.of("**"), TagSettings.ALL, null, List.of(), Keep.ON_DEMAND, 0, null)));
    bed.site("north", "shops");
    bed.report("north", bed.cursor("shops"), Said.ALL_THERE);
    bed.show(APP, "1", 1);

    assertThat(bed.lag("north").state()).isEqualTo(State.UP_TO_DATE);
  }

  @Test
  void theTimeUntilDoneIsByTheMeasuredRateOrTheLimitAndNeverZeroIfUnknown() {
    bed.site("north", "shops");
    bed.show(APP, "1", 1);
    Said lacks = Said.lacks(AbsenceReason.UNDER_WAY, 1, 1_001, bed.now());
    bed.report("north", bed.cursor("shops"), lacks);
    assertThat(worst("north").remaining()).isNull();

    bed.report("north", bed.cursor("shops"), lacks.at(100));
    assertThat(worst("north").remaining())
        .isEqualTo(new SiteLag.Remaining(Duration.ofSeconds(11), false, true));

    bed.groups =
        List.of(
            new SiteGroupSettings(
                "shops",
                List.of(rule("registry.test/shop/**")),
                new SiteLineSettings(new ByteSize(10), List.of(), "UTC", false, 80),
                Duration.ofMinutes(30),
                false));
    bed.report("north", bed.cursor("shops"), lacks);
    assertThat(worst("north").remaining())
        .isEqualTo(new SiteLag.Remaining(Duration.ofSeconds(101), true, false));

    bed.report("north", bed.cursor("shops"), Said.lacks(AbsenceReason.FULL, 1, 9, bed.now()).at(1));
    assertThat(worst("north").remaining()).as("it has no room").isNull();
    bed.report("north", bed.cursor("shops"), lacks.at(100));
    bed.pass(Duration.ofHours(3));
    assertThat(worst("north").remaining()).as("nobody knows").isNull();
  }

  @Test
  void theWindowsNextHourIsTold() {
    bed.groups =
        List.of(
            new SiteGroupSettings(
                "shops",
                List.of(rule("registry.test/shop/**")),
                new SiteLineSettings(
                    new ByteSize(10), List.of("22:00-06:00", "12:30-13:00"), "UTC", false, 80),
                Duration.ofMinutes(30),
                false));
    bed.site("north", "shops");
    bed.report("north", bed.cursor("shops"), Said.lacks(AbsenceReason.WINDOW, 1, 100, bed.now()));

    assertThat(bed.lag("north").windowOpensAt()).isEqualTo(Instant.parse("2026-03-01T12:30:00Z"));
    assertThat(worst("north").remaining())
        .isEqualTo(new SiteLag.Remaining(Duration.ofMinutes(150).plusSeconds(10), true, false));
  }

  @Test
  void aClockThatIsWrongIsMarked() {
    bed.site("north", "shops");
    SiteState report = bed.report("north", bed.cursor("shops"), Said.ALL_THERE);
    assertThat(worst("north").isSkewed()).isFalse();
    bed.reports.clear();
    bed.reports.add(
        new SiteState(
            report.site(),
            report.node(),
            report.hub(),
            report.joinedAt(),
            report.sequence(),
            report.version(),
            report.cursor(),
            report.reportedAt().minusSeconds(90),
            report.receivedAt(),
            report.present(),
            report.behind(),
            null,
            0,
            0,
            0,
            List.of(),
            List.of(),
            null,
            null));

    assertThat(worst("north").skew()).isEqualTo(Duration.ofSeconds(-90));
    assertThat(worst("north").isSkewed()).isTrue();
  }

  private Stage stage(String repository, String tag) {
    return image(repository, tag).stage();
  }

  private SiteLag.Image image(String repository, String tag) {
    return bed.lags.image(
        bed.lag("north"),
        bed.sites.getFirst(),
        bed.reports,
        RepositoryName.canonical(repository),
        new Tag(tag));
  }

  @Test
  void itIsSaidWhatIsTheMatterWithAnImage() {
    bed.site("north", "shops");
    ServedState one = bed.show(APP, "1", 1);
    assertThat(stage(APP, "1")).isEqualTo(Stage.NO_REPORT);
    String cursor = bed.cursor("shops");
    bed.report("north", cursor, Said.ALL_THERE);
    assertThat(stage(APP, "1")).isEqualTo(Stage.PRESENT);
    assertThat(stage(APP, "9")).isEqualTo(Stage.NOT_SHOWN);
    assertThat(stage("registry.test/office/mail", "1")).isEqualTo(Stage.NOT_NAMED);
    assertThat(image("registry.test/office/mail", "1").group())
        .containsExactly("registry.test/shop/**");

    bed.pass(Duration.ofMinutes(1));
    Instant second = bed.now();
    bed.show(APP, "2", 2);
    assertThat(stage(APP, "2")).isEqualTo(Stage.NOT_HEARD);

    cursor = bed.cursor("shops");
    bed.report("north", cursor, Said.lacks(AbsenceReason.UNDER_WAY, 1, 1_002, second));
    assertThat(stage(APP, "1")).as("pushed before the oldest that lags").isEqualTo(Stage.PRESENT);
    assertThat(stage(APP, "2")).isEqualTo(Stage.UNCERTAIN);

    Absence failed = new Absence(one.key(), AbsenceReason.FAILED, "no route", second);
    bed.report(
        "north", cursor, Said.lacks(AbsenceReason.FAILED, 1, 1_001, States.AT).naming(failed));
    assertThat(stage(APP, "2")).isEqualTo(Stage.PRESENT);
    assertThat(image(APP, "1").absence()).isEqualTo(failed);
    assertThat(stage(APP, "1")).isEqualTo(Stage.ABSENT);
  }
}
