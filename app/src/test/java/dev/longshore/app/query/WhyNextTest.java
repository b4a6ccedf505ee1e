package dev.longshore.app.query;

import static dev.longshore.app.query.WhySamples.HINT;
import static dev.longshore.app.query.WhySamples.IMAGE;
import static dev.longshore.app.query.WhySamples.NOW;
import static dev.longshore.app.query.WhySamples.conversion;
import static dev.longshore.app.query.WhySamples.found;
import static dev.longshore.app.query.WhySamples.trouble;
import static dev.longshore.app.query.WhySamples.why;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.find.Found;
import dev.longshore.catalog.WorkFailure;
import dev.longshore.events.Origin;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an image waits for, and when that is. */
class WhyNextTest {
  private static final Digest CONVERTED = Digest.stored("sha256:converted");

  private static Why debounced(Found found, Duration time) {
    Why why = why(found, List.of(HINT), List.of());
    return new Why(
        found,
        why.hints(),
        why.troubles(),
        why.around(),
        why.forgotten(),
        Debounced.of(found.tag(), time, CONVERTED::equals));
  }

  @Test
  void saysWhichVersionsWerePassedOverAndWhenThePresentOneIsConverted() {
    TagState tag =
        new TagState(
            RepositoryName.canonical("localhost:5055/team/app"),
            new Tag("1"),
            Digest.stored("sha256:d"),
            "m",
            7,
            List.of(),
            false,
            Origin.WEBHOOK,
            NOW,
            NOW,
            List.of(
                version("c", NOW.minusSeconds(5), NOW),
                version("b", NOW.minusSeconds(29), NOW.minusSeconds(5)),
                version("converted", NOW.minusSeconds(40), NOW.minusSeconds(29)),
                version("rested", NOW.minusSeconds(70), NOW.minusSeconds(40))),
            NOW);
    Found found = new Found(IMAGE, tag, tag.digest(), List.of(IMAGE), List.of());

    Why why = debounced(found, Duration.ofSeconds(30));

    assertThat(why.lines())
        .contains(
            "  passed sha256:c of 2026-01-01T12:00:25Z: superseded by sha256:d before its debounce"
                + " of 30 s ended",
            "  passed sha256:b of 2026-01-01T12:00:01Z: superseded by sha256:c before its debounce"
                + " of 30 s ended",
            "  next   in 30 s (2026-01-01T12:01:00Z): it is converted, unless the tag moves again"
                + " (debounce of its rule)")
        .noneMatch(line -> line.contains("sha256:converted") || line.contains("sha256:rested"));
    assertThat(why.json().at("/superseded/0/by").asText()).isEqualTo("sha256:d");
  }

  private static TagState.Version version(String digest, Instant came, Instant left) {
    return new TagState.Version(
        Digest.stored("sha256:" + digest), Origin.WEBHOOK, came, came, left);
  }

  @Test
  void tellsWhatAnAwayEndpointHoldsUp() {
    Why why = why(found(true), List.of(HINT), trouble(WorkFailure.Kind.TRANSIENT));

    assertThat(String.join("\n", why.lines()))
        .contains("observed, not converted")
        .contains("connection refused")
        .contains("waits for registry localhost:5055")
        .contains("4 tries")
        .contains("next   in 1 min 12 s (2026-01-01T12:01:42Z)");
    assertThat(why.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
    JsonNode json = why.json();
    assertThat(json.get("errors").get(0).get("endpoint").asText())
        .isEqualTo("registry localhost:5055");
    assertThat(json.get("nextTry").get("at").asText()).isEqualTo("2026-01-01T12:01:42Z");
    assertThat(json.get("nextTry").get("inSeconds").asInt()).isEqualTo(72);
    assertThat(json.get("nextTry").get("atLatest").asBoolean()).isFalse();
  }

  @Test
  void saysSoWhenTheNextTryIsUnderWayOrOverdue() {
    assertThat(nextOf(trouble(WorkFailure.Kind.TRANSIENT, NOW.minusSeconds(4))))
        .contains("under way, due 4 s ago");
    assertThat(nextOf(trouble(WorkFailure.Kind.TRANSIENT, NOW.minusSeconds(600))))
        .contains("overdue for 10 min 0 s")
        .contains("is the service running?");
    assertThat(nextOf(trouble(WorkFailure.Kind.TRANSIENT, null))).startsWith("  next   waits for");
  }

  private static String nextOf(WorkFailure trouble) {
    return why(found(true), List.of(HINT), trouble).lines().getLast();
  }

  @Test
  void tellsWhenItIsLookedForWithoutAnyTrouble() {
    assertThat(why(found(false), List.of()).lines().getLast())
        .contains("in 5 min 0 s at the latest (2026-01-01T12:05:30Z)");
    Why two = why(found(true, conversion(List.of(), 2)), List.of(HINT));
    assertThat(two.lines().getLast()).contains("when a peer comes back or joins");
    assertThat(String.join("\n", two.lines())).contains("peer-2 (site) away: connection refused");
    assertThat(two.json().get("nextTry").get("at").isNull()).isTrue();
    assertThat(two.json().get("peersAway").get(0).get("peer").asText()).isEqualTo("peer-2");
  }

  @Test
  void tellsWhenACopyIsTriedAgain() {
    Why two = why(found(true, conversion(List.of(), 2, NOW.plusSeconds(40))), List.of(HINT));

    assertThat(two.lines().getLast()).contains("in 40 s (").contains("tries the copy again");
    assertThat(two.json().get("nextTry").get("inSeconds").asInt()).isEqualTo(40);
  }

  @Test
  void tellsWhichServiceDoesNotGetToIt() {
    Why why =
        why(
            found(true),
            List.of(HINT),
            List.of(
                new Backlog.Waiting("watcher", 9, false, Duration.ZERO),
                new Backlog.Waiting("converter", 3, false, Duration.ofSeconds(70))));

    assertThat(why.lines().getLast())
        .contains("waits for its turn; converter: 3 events, the oldest for 1 min");
  }

  @Test
  void tellsThatAPermanentFailureNeedsSomebody() {
    Why why = why(found(true), List.of(HINT), trouble(WorkFailure.Kind.PERMANENT));

    assertThat(String.join("\n", why.lines())).contains("longshore replay");
  }
}
