package dev.longshore.resolver.hub;

import static dev.longshore.resolver.hub.LagBed.APP;
import static dev.longshore.resolver.hub.RunningHub.group;
import static dev.longshore.resolver.hub.RunningHub.rule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.AbsenceReason;
import dev.longshore.events.ServedState;
import dev.longshore.events.SiteState;
import dev.longshore.events.SiteState.Absence;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.hub.LagBed.Said;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When images come to sites, by reports in memory. */
class SiteArrivalsTest {
  private static final SiteName NORTH = new SiteName("north");
  private final LagBed bed = new LagBed(group("shops", rule("registry.test/shop/**")));
  private final List<String> told = new ArrayList<>();
  private SiteArrivals arrivals;

  @BeforeEach
  void begin() {
    arrivals = hub("hub-1", told);
    bed.site("north", "shops");
    bed.show(APP, "old", 100);
    report("hub-1", Said.ALL_THERE);
  }

  @AfterEach
  void close() {
    bed.close();
  }

  private SiteArrivals hub(String name, List<String> into) {
    return new SiteArrivals(
        name,
        bed.lags.named(),
        group -> bed.lags.groups().named(group),
        (stage, group, mode, since) ->
            into.add("%s %s %s %d".formatted(stage, group, mode, since.toSeconds())),
        bed.now());
  }

  /** A report that covers all, and what follows within seconds. */
  private void report(String hub, Said said) {
    bed.report("north", hub, bed.cursor("shops"), said);
    look(arrivals);
  }

  private void look(SiteArrivals some) {
    some.reported(bed.reports, site -> Optional.of("shops"), "topic-1", bed.now());
  }

  private void settle() {
    bed.pass(Duration.ofSeconds(3));
    arrivals.settle(bed.now());
  }

  private Said underWay(ServedState... served) {
    return Said.lacks(AbsenceReason.UNDER_WAY, served.length, 1_000, bed.now())
        .naming(
            List.of(served).stream()
                .map(one -> new Absence(one.key(), AbsenceReason.UNDER_WAY, null, null))
                .toArray(Absence[]::new));
  }

  @Test
  void anImageIsToldOnceByTheFirstReportThatProvesItAndNotBefore() {
    ServedState served = bed.show(APP, "1", 1);
    bed.pass(Duration.ofSeconds(10));
    report("hub-1", underWay(served));
    settle();
    assertThat(told).isEmpty();

    bed.pass(Duration.ofSeconds(17));
    report("hub-1", Said.ALL_THERE);
    settle();
    assertThat(told).containsExactly("PRESENT shops plain 30");

    report("hub-1", underWay(served));
    report("hub-1", Said.ALL_THERE);
    settle();
    assertThat(told).as("it was lost there, and fetched again").hasSize(1);
  }

  /** The clock of the service that was told of the push is ahead. */
  @Test
  void anImageThatComesBeforeItsPushIsToldWithHowMuch() {
    bed.put(
        RunningHub.served(APP, "1", bed.now().plusSeconds(20), RunningHub.image(APP, 1, "plain")));
    bed.pass(Duration.ofSeconds(13));
    report("hub-1", Said.ALL_THERE);
    settle();

    assertThat(told).containsExactly("PRESENT shops plain -7");
  }

  @Test
  void ofASiteThatWasShutOutNothingIsKept() {
    ServedState served = bed.show(APP, "1", 1);
    report("hub-1", underWay(served));
    bed.show(APP, "2", 2);
    report("hub-1", Said.ALL_THERE);
    assertThat(arrivals.sites()).containsExactly(NORTH);

    arrivals.reported(bed.reports, _ -> Optional.empty(), "topic-1", bed.now());

    assertThat(arrivals.sites()).isEmpty();
    settle();
    assertThat(told).isEmpty();
  }

  @Test
  void whatAReportDoesNotProveIsToldLater() {
    ServedState one = bed.show(APP, "1", 1);
    bed.pass(Duration.ofSeconds(5));
    ServedState two = bed.show(APP, "2", 2);
    report("hub-1", Said.lacks(AbsenceReason.UNDER_WAY, 1, 1_000, bed.now()));
    settle();
    assertThat(told).as("only the one that is older").containsExactly("PRESENT shops plain 5");

    report("hub-1", Said.ALL_THERE);
    settle();
    assertThat(told).hasSize(2);
    assertThat(one).isNotEqualTo(two);
  }

  @Test
  void ofTwoHubsTheOneThatTookTheReportTells() {
    List<String> others = new ArrayList<>();
    SiteArrivals other = hub("hub-2", others);
    look(other);
    bed.show(APP, "1", 1);
    look(other);
    report("hub-2", Said.ALL_THERE);
    look(other);
    report("hub-1", Said.ALL_THERE);
    look(other);
    settle();
    other.settle(bed.now());

    assertThat(told).isEmpty();
    assertThat(others).containsExactly("PRESENT shops plain 0");
  }

  @Test
  void aHubThatReadsTheOthersReportAfterItsOwnLeavesTheImageToIt() {
    bed.show(APP, "1", 1);
    SiteState first = bed.report("north", "hub-2", bed.cursor("shops"), Said.ALL_THERE);
    bed.reports.remove(first);
    report("hub-1", Said.ALL_THERE);
    bed.reports.add(first);
    look(arrivals);
    settle();

    assertThat(told).isEmpty();
  }

  @Test
  void aHubTellsNothingOfWhatCameWhileItWasAway() {
    ServedState served = bed.show(APP, "1", 1);
    report("hub-1", underWay(served));
    bed.pass(Duration.ofHours(3));
    arrivals = hub("hub-1", told);
    bed.pass(Duration.ofSeconds(1));
    look(arrivals);
    report("hub-1", Said.ALL_THERE);
    settle();
    assertThat(told).isEmpty();

    bed.show(APP, "2", 2);
    report("hub-1", Said.ALL_THERE);
    settle();
    assertThat(told).as("it came since").containsExactly("PRESENT shops plain 0");
  }

  @Test
  void aHubThatSawTheImageAbsentSinceItsStartTellsOfIt() {
    ServedState served = bed.show(APP, "1", 1);
    bed.pass(Duration.ofMinutes(1));
    arrivals = hub("hub-1", told);
    report("hub-1", underWay(served));
    report("hub-1", Said.ALL_THERE);
    settle();

    assertThat(told).containsExactly("PRESENT shops plain 60");
  }

  @Test
  void anImageWhosePushNobodyToldOfIsNotTold() {
    bed.found(APP, "1", 1);
    report("hub-1", Said.ALL_THERE);
    settle();

    assertThat(told).isEmpty();
  }

  @Test
  void anImageThatANewerOneReplacedBeforeItCameIsNotTold() {
    bed.show(APP, "1", 1);
    bed.pass(Duration.ofSeconds(5));
    bed.show(APP, "1", 2);
    report("hub-1", Said.ALL_THERE);
    settle();

    assertThat(told).containsExactly("PRESENT shops plain 0");
  }

  @Test
  void aNameThatIsOnlyWrittenAgainIsNoNewImage() {
    ServedState served = bed.show(APP, "1", 1);
    report("hub-1", Said.ALL_THERE);
    settle();
    bed.pass(Duration.ofHours(1));
    bed.put(served);
    report("hub-1", Said.ALL_THERE);
    settle();

    assertThat(told).hasSize(1);
  }

  @Test
  void theFirstPullIsToldOnceBeforeOrAfterTheImageIsKnownToBeThere() {
    ServedState served = bed.show(APP, "1", 1);
    report("hub-1", Said.ALL_THERE);
    settle();
    bed.pass(Duration.ofSeconds(7));
    arrivals.pulled(NORTH, List.of(served.digest()), bed.now());
    arrivals.pulled(NORTH, List.of(served.digest()), bed.now());
    assertThat(told).containsExactly("PRESENT shops plain 0", "PULLED shops plain 10");

    told.clear();
    ServedState next = bed.show(APP, "2", 2);
    arrivals.pulled(NORTH, List.of(next.digest()), bed.now());
    bed.pass(Duration.ofSeconds(20));
    report("hub-1", Said.ALL_THERE);
    settle();
    assertThat(told).containsExactlyInAnyOrder("PRESENT shops plain 20", "PULLED shops plain 0");
  }

  private SiteLag.Times times(ServedState served) {
    SiteGroup shops = bed.lags.groups().named("shops").orElseThrow();
    return arrivals.times(NORTH, bed.lags.named().ofName(shops, served.key()).getFirst());
  }

  @Test
  void whenAnImageCameAndWasFirstPulledIsRememberedWhoeverTookTheReportAndToldOfThePush() {
    ServedState found = bed.found(APP, "1", 1);
    ServedState served = bed.show(APP, "2", 2);
    assertThat(times(served)).isEqualTo(SiteLag.Times.NONE);
    report("hub-1", underWay(found, served));
    bed.pass(Duration.ofSeconds(9));
    Instant came = bed.now();
    report("hub-2", Said.ALL_THERE);
    settle();
    Instant pulled = bed.now();
    arrivals.pulled(NORTH, List.of(served.digest()), pulled);
    bed.pass(Duration.ofSeconds(9));
    arrivals.pulled(NORTH, List.of(served.digest()), bed.now());
    report("hub-1", Said.ALL_THERE);

    assertThat(times(served)).isEqualTo(new SiteLag.Times(came, pulled));
    assertThat(times(found)).isEqualTo(new SiteLag.Times(came, null));
    assertThat(told).as("the other hub tells").doesNotContain("PRESENT shops plain 9");

    arrivals.reported(bed.reports, _ -> Optional.empty(), "topic-1", bed.now());
    assertThat(times(served)).as("the site was shut out").isEqualTo(SiteLag.Times.NONE);
  }
}
