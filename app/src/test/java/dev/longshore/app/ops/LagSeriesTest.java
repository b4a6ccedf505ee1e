package dev.longshore.app.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.events.SiteState.Amount;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.hub.SiteLag;
import dev.longshore.resolver.hub.SiteLag.Oldest;
import dev.longshore.resolver.hub.SiteLag.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The last day of each site, and no more of no more sites. */
class LagSeriesTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final int LAST = LagSeries.STEPS - 1;

  private final LagSeries series = new LagSeries();

  private static SiteLag site(String name, State state, int behind, @Nullable Oldest oldest) {
    Amount none = new Amount(0, 0);
    return new SiteLag(
        new SiteName(name),
        "shops",
        state,
        null,
        null,
        null,
        List.of(
            new SiteLag.Node(
                "main",
                state,
                "0.2.0",
                NOW,
                NOW,
                Duration.ZERO,
                state == State.REPORT_ABSENT,
                Duration.ZERO,
                true,
                none,
                new Amount(behind, behind),
                none,
                none,
                List.of(),
                List.of(),
                List.of(),
                oldest,
                0,
                null,
                1,
                2,
                null)));
  }

  private static SiteLag behind(String name, Instant since) {
    return site(name, State.BEHIND, 2, new Oldest("a:1", since, false));
  }

  private static SiteLag fine(String name) {
    return site(name, State.UP_TO_DATE, 0, null);
  }

  private void add(Instant at, SiteLag... sites) {
    series.add(List.of(sites), at);
  }

  private ObjectNode at(Instant now, String site) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    series.put(node, site, now);
    return node;
  }

  private static String known(ObjectNode node, int last) {
    String all = node.path("known").asText();
    assertThat(all).hasSize(LagSeries.STEPS);
    return all.substring(all.length() - last);
  }

  @Test
  void ofFiveMinutesTheWorstIsKept() {
    add(NOW, behind("a", NOW.minusSeconds(100)));
    add(NOW.plusSeconds(60), behind("a", NOW.minusSeconds(300)));
    add(NOW.plusSeconds(120), fine("a"));

    ObjectNode node = at(NOW.plusSeconds(130), "a");
    assertThat(known(node, 2)).isEqualTo(".=");
    assertThat(node.path("seconds").get(LAST).asInt()).isEqualTo(360);
    assertThat(node.path("images").get(LAST).asInt()).isEqualTo(2);
  }

  @Test
  void whereNobodyLookedNothingIsKnown() {
    add(NOW, fine("a"));
    add(NOW.plus(Duration.ofMinutes(20)), fine("a"));

    assertThat(known(at(NOW.plus(Duration.ofMinutes(25)), "a"), 7)).isEqualTo(".=...=.");
  }

  @Test
  void aDayLaterTheSamePlaceInTheRingHasNothingOfTheDayBefore() {
    add(NOW, behind("a", NOW.minusSeconds(100)));
    Instant next = NOW.plus(Duration.ofDays(1));
    assertThat(known(at(next.minusSeconds(301), "a"), LagSeries.STEPS)).startsWith(".=");
    assertThat(at(next, "a").path("known").asText()).doesNotContain("=");

    add(next, fine("a"));
    ObjectNode node = at(next, "a");
    assertThat(known(node, 2)).isEqualTo(".=");
    assertThat(node.path("seconds").get(LAST).asInt()).isZero();
    assertThat(node.path("since").asText()).isEqualTo(NOW.toString());
  }

  @Test
  void whatIsNotKnownIsNeverNothingBehind() {
    add(
        NOW,
        site("absent", State.REPORT_ABSENT, 0, null),
        site("since-when", State.BEHIND, 3, null),
        site("found", State.BEHIND, 1, new Oldest("a:1", NOW.minusSeconds(9), true)));

    assertThat(known(at(NOW, "absent"), 1)).isEqualTo(".");
    ObjectNode node = at(NOW, "since-when");
    assertThat(known(node, 1)).isEqualTo(">");
    assertThat(node.path("seconds").get(LAST).isNull()).isTrue();
    assertThat(node.path("images").get(LAST).asInt()).isEqualTo(3);
    assertThat(known(at(NOW, "found"), 1)).isEqualTo(">");
    add(NOW.plusSeconds(60), fine("since-when"));
    assertThat(at(NOW, "since-when").path("seconds").get(LAST).isNull())
        .as("it was worse than it is now")
        .isTrue();
  }

  @Test
  void sitesThatAreGoneAreForgottenAndOfTooManySomeAreNotKept() {
    SiteLag[] many =
        IntStream.range(0, LagSeries.MOST + 1)
            .mapToObj(n -> fine("store-" + n))
            .toArray(SiteLag[]::new);
    add(NOW, many);
    String last = "store-" + LagSeries.MOST;
    assertThat(at(NOW, "store-0").path("kept").asBoolean()).isTrue();
    assertThat(at(NOW, last).path("kept").asBoolean(true)).isFalse();

    add(NOW, fine(last));
    assertThat(at(NOW, last).path("kept").asBoolean()).isTrue();
    assertThat(at(NOW, "store-0").path("kept").asBoolean(true)).isFalse();
  }
}
