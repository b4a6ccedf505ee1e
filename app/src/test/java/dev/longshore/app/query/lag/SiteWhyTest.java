package dev.longshore.app.query.lag;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.AbsenceReason;
import dev.longshore.events.SiteState.Absence;
import dev.longshore.events.SiteState.Amount;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.hub.SiteLag;
import dev.longshore.resolver.hub.SiteLag.Node;
import dev.longshore.resolver.hub.SiteLag.Remaining;
import dev.longshore.resolver.hub.SiteLag.Stage;
import dev.longshore.resolver.hub.SiteLag.State;
import dev.longshore.resolver.hub.SiteLag.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What happens next to an image at a site, and when. */
class SiteWhyTest {
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  private static final String APP = "registry.test/shop/app:1.2";
  private static final Remaining LEFT = new Remaining(Duration.ofMinutes(4), false, true);
  private static final String DONE = "  done   the site has all that it lacks in about 4 min";

  private static Node node(@Nullable Remaining remaining, boolean isAway) {
    Amount nothing = new Amount(0, 0);
    Duration age = isAway ? Duration.ofHours(3) : Duration.ofSeconds(30);
    return new Node(
        "main",
        isAway ? State.REPORT_ABSENT : State.BEHIND,
        "0.2.0",
        NOW.minus(age),
        NOW.minus(age),
        age,
        isAway,
        Duration.ZERO,
        true,
        nothing,
        nothing,
        nothing,
        nothing,
        List.of(),
        List.of(),
        List.of(),
        null,
        0,
        null,
        1,
        2,
        remaining);
  }

  private static SiteWhy why(
      Stage stage, @Nullable Absence absence, Node node, @Nullable Instant windowOpensAt) {
    SiteLag lag =
        new SiteLag(
            new SiteName("store"),
            "shops",
            node.state(),
            null,
            NOW.minus(Duration.ofDays(3)),
            windowOpensAt,
            List.of(node));
    SiteLag.Image image =
        new SiteLag.Image(stage, List.of(), NOW.minusSeconds(60), true, node, absence, Times.NONE);
    return new SiteWhy(NOW, APP, lag, image);
  }

  private static SiteWhy absent(AbsenceReason reason, @Nullable Instant nextTry) {
    return why(Stage.ABSENT, new Absence(APP, reason, null, nextTry), node(LEFT, false), nextTry);
  }

  private static List<String> next(SiteWhy why) {
    List<String> lines = why.lines();
    return lines.subList(
        lines.indexOf("  next   " + why.json().path("next").asText()), lines.size());
  }

  @Test
  void whatComesInItsTurnSaysWhenTheSiteHasAll() {
    SiteWhy underWay = absent(AbsenceReason.UNDER_WAY, null);

    assertThat(next(underWay)).containsExactly("  next   it comes in its turn", DONE);
    assertThat(underWay.json().at("/remaining/seconds").asInt()).isEqualTo(240);
    assertThat(next(why(Stage.UNCERTAIN, null, node(LEFT, false), null)))
        .containsExactly("  next   it comes in its turn, unless it is there", DONE);
    assertThat(next(why(Stage.NOT_HEARD, null, node(LEFT, false), null)))
        .containsExactly("  next   the site hears of it with its next request, within 55 s", DONE);
  }

  @Test
  void whatNobodyCanReckonIsSaidNotToBeKnownAndALowerBoundToBeOne() {
    SiteWhy unknown = why(Stage.NOT_HEARD, null, node(null, false), null);
    assertThat(unknown.lines().getLast())
        .isEqualTo("  done   when the site has all that it lacks is not known");
    assertThat(unknown.json().has("remaining")).isFalse();
    Remaining bound = new Remaining(Duration.ofMinutes(4), true, true);
    assertThat(why(Stage.UNCERTAIN, null, node(bound, false), null).lines())
        .endsWith(DONE + " or more");
  }

  @Test
  void aTimeThatIsOverIsNotStillToCome() {
    Instant over = NOW.minusSeconds(20).plusNanos(5);

    assertThat(next(absent(AbsenceReason.FAILED, NOW.plusSeconds(180))))
        .containsExactly("  next   it is tried again in 3 min (2026-03-01T10:03:00Z)");
    assertThat(next(absent(AbsenceReason.FAILED, over)))
        .containsExactly(
            "  next   it is tried again, since 2026-03-01T09:59:40Z: the site's next report says"
                + " what came of it");
    assertThat(next(absent(AbsenceReason.WINDOW, NOW.plusSeconds(180))))
        .containsExactly("  next   its window opens in 3 min (2026-03-01T10:03:00Z)", DONE);
    for (Instant opened : new Instant[] {over, null}) {
      assertThat(next(absent(AbsenceReason.WINDOW, opened)))
          .containsExactly("  next   its window has opened: it comes in its turn", DONE);
    }
  }

  /** A site that is away does nothing, whatever it said last. */
  @ParameterizedTest
  @EnumSource(AbsenceReason.class)
  void whatASiteThatIsAwaySaidLastIsNoPromise(AbsenceReason reason) {
    Absence absence = new Absence(APP, reason, null, NOW.plusSeconds(180));

    assertThat(next(why(Stage.ABSENT, absence, node(LEFT, true), null)))
        .containsExactly("  next   the site has been away since 2026-03-01T07:00:00Z, for 3 h");
  }

  @ParameterizedTest
  @EnumSource(Stage.class)
  void everyStageHasANextStep(Stage stage) {
    Absence absence =
        stage == Stage.ABSENT ? new Absence(APP, AbsenceReason.FULL, null, null) : null;

    assertThat(next(why(stage, absence, node(LEFT, false), null)).getFirst()).hasSizeGreaterThan(9);
  }
}
