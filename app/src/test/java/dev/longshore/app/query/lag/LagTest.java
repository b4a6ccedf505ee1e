package dev.longshore.app.query.lag;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.ShortOfCopies;
import dev.longshore.catalog.testing.InMemoryCatalogSource;
import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.AbsenceReason;
import dev.longshore.events.SiteState.Absence;
import dev.longshore.events.SiteState.Amount;
import dev.longshore.events.SiteState.Count;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.hub.SiteLag;
import dev.longshore.resolver.hub.SiteLag.Node;
import dev.longshore.resolver.hub.SiteLag.Oldest;
import dev.longshore.resolver.hub.SiteLag.Remaining;
import dev.longshore.resolver.hub.SiteLag.Stage;
import dev.longshore.resolver.hub.SiteLag.State;
import dev.longshore.resolver.hub.SiteLag.Times;
import dev.longshore.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Lag as text and as JSON. */
class LagTest {
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  private static final String APP = "registry.test/shop/app:1.2";
  private static final ShortOfCopies NONE_SHORT = new ShortOfCopies(0, 0, 0, null);

  private static Node node(
      State state,
      Duration age,
      Amount lacking,
      Amount unheard,
      Amount waiting,
      @Nullable Oldest oldest,
      @Nullable Remaining remaining,
      Count... counts) {
    return new Node(
        "main",
        state,
        "0.2.0",
        NOW.minus(age),
        NOW.minus(age),
        age,
        age.compareTo(Duration.ofHours(2)) > 0,
        Duration.ZERO,
        true,
        new Amount(7, 7_000_000),
        lacking,
        unheard,
        waiting,
        List.of(counts),
        List.of(),
        List.of(),
        oldest,
        5_000_000,
        null,
        1,
        2,
        remaining);
  }

  private static SiteLag site(String name, State state, Node... nodes) {
    return new SiteLag(
        new SiteName(name),
        "shops",
        state,
        state == State.REVOKED ? NOW.minusSeconds(60) : null,
        NOW.minus(Duration.ofDays(3)),
        state == State.WINDOW ? NOW.plus(Duration.ofHours(12)) : null,
        List.of(nodes));
  }

  private static final Amount NOTHING = new Amount(0, 0);

  private static final SiteLag BEHIND =
      site(
          "shop-2",
          State.BEHIND,
          node(
              State.BEHIND,
              Duration.ofSeconds(30),
              new Amount(2, 3_000_000),
              new Amount(1, 1_000_000),
              NOTHING,
              new Oldest(APP, NOW.minus(Duration.ofMinutes(5)), false),
              new Remaining(Duration.ofSeconds(90), false, true),
              new Count(AbsenceReason.UNDER_WAY, 1, 2_000_000)));

  private static final SiteLag THERE =
      site(
          "shop-1",
          State.UP_TO_DATE,
          node(State.UP_TO_DATE, Duration.ofMinutes(2), NOTHING, NOTHING, NOTHING, null, null));

  private static Lag lag(SiteLag... sites) {
    return new Lag(NOW, Optional.of(List.of(sites)), NONE_SHORT, List.of());
  }

  @Test
  void eachSiteIsShownWithItsOldestImageAndTheTimeUntilItIsDone() {
    assertThat(lag(BEHIND, THERE).lines())
        .containsExactly(
            "site     shop-2 (shops) behind 2 images, 3.0 MB",
            "           done in about 1 min; 1 not heard of yet; 1 under way",
            "           oldest 5 min: " + APP,
            "           report 30 s old, 5.0 MB over the line",
            "site     shop-1 (shops) up to date, 7 images, 7.0 MB",
            "           report 2 min old, 5.0 MB over the line",
            "centre   every image has its copies");
    assertThat(lag(BEHIND, THERE).exitCode()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(lag(THERE).exitCode()).isEqualTo(ExitCode.COMPLETE);
  }

  @Test
  void anUnknownTimeIsSaidToBeUnknown() {
    SiteLag unknown =
        site(
            "shop-3",
            State.BEHIND,
            node(
                State.BEHIND,
                Duration.ZERO,
                new Amount(1, 9),
                NOTHING,
                NOTHING,
                new Oldest(null, NOW, true),
                null));

    assertThat(lag(unknown).lines())
        .contains("           oldest at least 0 s", "           time until done is not known");
    JsonNode json = lag(unknown).json().at("/sites/0/nodes/0");
    assertThat(json.has("remaining")).isFalse();
    assertThat(json.at("/oldest/atLeast").asBoolean()).isTrue();
  }

  @Test
  void statesOfTheirOwnAreNamed() {
    SiteLag window =
        site(
            "w",
            State.WINDOW,
            node(State.WINDOW, Duration.ZERO, NOTHING, NOTHING, new Amount(3, 3_000), null, null));
    SiteLag away =
        site(
            "a",
            State.REPORT_ABSENT,
            node(
                State.REPORT_ABSENT,
                Duration.ofHours(30),
                new Amount(1, 10),
                NOTHING,
                NOTHING,
                null,
                null));
    List<String> lines =
        lag(away, site("n", State.NO_REPORT), window, site("r", State.REVOKED)).lines();

    assertThat(lines)
        .containsExactly(
            "site     a (shops) report absent for 1 d 6 h",
            "           since then behind at least 1 image, 10 B",
            "           time until done is not known",
            "           oldest is of a time that is not known",
            "           report 1 d 6 h old, 5.0 MB over the line",
            "site     n (shops) has not reported since it joined 3 d ago",
            "site     w (shops) waits for its window, which opens in 12 h",
            "           3 images, 3.0 kB wait",
            "           time until done is not known",
            "           report 0 s old, 5.0 MB over the line",
            "site     r (shops) revoked 1 min ago",
            "centre   every image has its copies");
    assertThat(lag(window, site("r", State.REVOKED)).exitCode()).isEqualTo(ExitCode.COMPLETE);
  }

  @Test
  void aStatusNamesTheWorstSites() {
    assertThat(Lag.summary(List.of(BEHIND, THERE), NOW))
        .containsExactly(
            "sites    2: 1 up to date", "         shop-2 behind 2 images, oldest 5 min");
    assertThat(Lag.summary(List.of(BEHIND, BEHIND, BEHIND, BEHIND), NOW))
        .hasSize(5)
        .endsWith("         and 1 more ('longshore lag')");
    assertThat(Lag.summary(List.of(), NOW)).isEmpty();
  }

  @Test
  void ofManySitesTheWorstAreShownAndTheOthersCounted() {
    SiteLag[] many = new SiteLag[200];
    Arrays.fill(many, 0, 22, BEHIND);
    Arrays.fill(many, 22, 200, THERE);

    List<String> lines = lag(many).lines();
    assertThat(lines).filteredOn(line -> line.startsWith("site ")).hasSize(20);
    assertThat(lines)
        .contains(
            "         and 180 more: 2 behind, 178 up to date (--site S shows one, --json all)");
    assertThat(lag(many).json().get("sites")).hasSize(200);
  }

  @Test
  void aLineFitsATerminalOfEightyColumns() {
    assertThat(lag(BEHIND, THERE).lines()).allMatch(line -> line.length() <= 80);
  }

  @Test
  void whoIsNoHubSaysSo() {
    Lag lag = new Lag(NOW, Optional.empty(), NONE_SHORT, List.of());

    assertThat(lag.lines().getFirst()).contains("ask with the settings of a hub");
    assertThat(lag.json().get("sitesKnown").asBoolean()).isFalse();
  }

  @Test
  void imagesShortOfCopiesAreNamedTheWorstFirst() throws Exception {
    ManualClock clock = new ManualClock(Samples.NOW);
    RecordLog log = new RecordLog();
    try (Catalog catalog = Catalog.inMemory(clock);
        InMemoryCatalogSource source = new InMemoryCatalogSource(log, catalog, clock)) {
      ShortRecords.put(log);
      source.start();
      Lag lag = Lag.of(ShortRecords.NOW, catalog, Optional.empty(), 10);

      assertThat(lag.copies().belowWanted()).isEqualTo(3);
      assertThat(lag.copies().belowMin()).isEqualTo(2);
      assertThat(lag.copies().without()).isEqualTo(1);
      assertThat(lag.lines().subList(1, lag.lines().size()))
          .containsExactly(
              "centre   3 images are short of copies: 2 below min, 1 without any",
              "         0 of 3 for 4 min: registry.test/team/none:1",
              "         1 of 3 for at least 10 min: registry.test/team/few:1 (estargz)",
              "         2 of 3 for at least 20 min: registry.test/team/lost:1");
      JsonNode worst = lag.json().at("/copies/worst/0");
      assertThat(worst.get("name").asText()).isEqualTo("registry.test/team/none:1");
      assertThat(worst.get("seconds").asLong()).isEqualTo(240);
      assertThat(lag.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
    }
  }

  @Test
  void whatHappensNextToAnImageIsSaid() {
    Absence absence =
        new Absence(
            APP, AbsenceReason.FAILED, "no route", NOW.plus(Duration.ofMinutes(3)).plusNanos(5));
    SiteLag.Image failed =
        new SiteLag.Image(
            Stage.ABSENT,
            List.of(),
            NOW.minus(Duration.ofHours(1)),
            true,
            BEHIND.worst().orElseThrow(),
            absence,
            Times.NONE);

    assertThat(new SiteWhy(NOW, APP, BEHIND, failed).lines())
        .containsExactly(
            APP + " at shop-2: it is not there: the last try failed",
            "  pushed 2026-03-01T09:00:00Z, 1 h ago",
            "  error  no route",
            "  report of node main, 30 s old",
            "  next   it is tried again in 3 min (2026-03-01T10:03:00Z)");

    SiteLag.Image unnamed =
        new SiteLag.Image(
            Stage.NOT_NAMED, List.of("a/**; tags 1.*"), null, false, null, null, Times.NONE);
    assertThat(new SiteWhy(NOW, APP, BEHIND, unnamed).lines())
        .containsExactly(
            APP + " at shop-2: no rule of group shops names it",
            "  rule   a/**; tags 1.*",
            "  next   add a rule to the group");
    assertThat(new SiteWhy(NOW, APP, BEHIND, unnamed).json().get("stage").asText())
        .isEqualTo("not-named");
  }

  @Test
  void thePlatformsThatASiteGetsAreNamed() {
    SiteLag.Image part =
        new SiteLag.Image(
            Stage.PRESENT,
            List.of(),
            NOW,
            true,
            null,
            null,
            List.of("linux/arm64", "linux/arm/v7"),
            Times.NONE);
    SiteWhy why = new SiteWhy(NOW, APP, BEHIND, part);

    assertThat(why.lines())
        .contains("  platforms  linux/arm64, linux/arm/v7 alone, of an image with several");
    assertThat(why.json().get("platforms")).hasSize(2);
  }

  @Test
  void aSiteThatIsAwayIsTheReasonWhyNothingHappens() {
    SiteLag away =
        site(
            "a",
            State.REPORT_ABSENT,
            node(State.REPORT_ABSENT, Duration.ofHours(3), NOTHING, NOTHING, NOTHING, null, null));
    SiteLag.Image image =
        new SiteLag.Image(
            Stage.NOT_HEARD, List.of(), NOW, false, away.worst().orElseThrow(), null, Times.NONE);

    assertThat(new SiteWhy(NOW, APP, away, image).lines().getLast())
        .isEqualTo("  next   the site has been away since 2026-03-01T07:00:00Z, for 3 h");
  }

  private static List<String> present(boolean isPushKnown, Times times) {
    SiteLag.Image image =
        new SiteLag.Image(
            Stage.PRESENT, List.of(), NOW.minusSeconds(600), isPushKnown, null, null, times);
    List<String> lines = new SiteWhy(NOW, APP, BEHIND, image).lines();
    return lines.subList(2, lines.size() - 1);
  }

  @Test
  void whenAnImageCameToASiteAndWasPulledThereIsSaidAsFarAsItIsKnown() {
    Instant came = NOW.minusSeconds(560);
    Instant pulled = NOW.minusSeconds(300).plusMillis(7);

    assertThat(present(true, new Times(came, pulled)))
        .containsExactly(
            "  there  since 2026-03-01T09:50:40Z, 40 s after its push",
            "  pulled first at 2026-03-01T09:55:00Z, 5 min after its push");
    assertThat(present(false, new Times(came, null)))
        .containsExactly(
            "  there  since 2026-03-01T09:50:40Z, at least 40 s after its push",
            "  pulled not so far, as this hub heard");
    assertThat(present(true, new Times(null, pulled)))
        .containsExactly(
            "  there  since a time that is not known here: this hub saw no report without it",
            "  pulled at 2026-03-01T09:55:00Z, or before that");
    assertThat(present(true, new Times(NOW.minusSeconds(700), null)))
        .first()
        .isEqualTo("  there  since 2026-03-01T09:48:20Z, before its push");
  }
}
