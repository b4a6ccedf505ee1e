package dev.longshore.app.query;

import static dev.longshore.catalog.testing.Samples.dag;
import static dev.longshore.catalog.testing.Samples.digest;
import static dev.longshore.catalog.testing.Samples.image;
import static dev.longshore.catalog.testing.Samples.pin;
import static dev.longshore.catalog.testing.Samples.tag;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.Decision.Confirm;
import dev.longshore.events.DecisionState;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.State;
import dev.longshore.ipfs.Deadline;
import dev.longshore.model.Digest;
import dev.longshore.model.Mode;
import dev.longshore.rules.KeepSettings;
import dev.longshore.rules.ReleaseSettings;
import dev.longshore.rules.RuleSettings;
import dev.longshore.rules.Rules;
import dev.longshore.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What retention would let go, over a catalog in memory. */
class ReleasePlanTest {
  private static final String APP = "library/nginx";
  private static final Instant NOW = Samples.NOW.plus(Duration.ofDays(3));

  private final RecordLog log = new RecordLog();
  private final ManualClock clock = new ManualClock(NOW);
  private final Catalog catalog = Catalog.inMemory(clock);
  private final Map<Digest, Map<Digest, Long>> inside = new HashMap<>();

  @AfterEach
  void close() {
    catalog.close();
  }

  @Test
  void saysWhatGoesAndWhatThatFreesOfBlobsThatNothingElseHas() {
    put(tag(APP, "1", 3, 2, 1), tag(APP, null, 1), tag(APP, null, 2), tag(APP, null, 3));
    put(image(1), image(2), image(3), pin(1, 2, 2), surplus(2), pin(3, 1, 1));
    inside.put(digest(1), Map.of(digest(71), 10L, digest(72), 5L));
    inside.put(digest(2), Map.of(digest(71), 10L, digest(73), 7L));
    inside.put(digest(3), Map.of(digest(72), 5L));

    ReleasePlan plan = plan();

    assertThat(plan.lines())
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains(APP + "@" + digest(1), "no tag since", "goes at " + hour(NOW)))
        .anySatisfy(
            line ->
                assertThat(line).contains(APP + "@" + digest(2), "goes at " + hour(Samples.NOW)))
        .contains("frees    at most 17 B on peer-0", "frees    at most 22 B on peer-1")
        .noneMatch(line -> line.contains(digest(3).toString()))
        .last()
        .isEqualTo("in all   2 images of 2.0 MB");
    JsonNode json = plan.json();
    assertThat(json.get("total").asInt()).isEqualTo(2);
    assertThat(json.at("/images/1/state").asText()).isEqualTo("surplus");
    assertThat(json.at("/freesAtMost/peer-0").asLong()).isEqualTo(17);
  }

  private static Instant hour(Instant from) {
    return from.plus(Duration.ofHours(1));
  }

  @Test
  void whatAGuardStopsIsListedWithItUntilItIsConfirmed() {
    put(tag(APP, "1", 99, IntStream.rangeClosed(1, 20).toArray()), image(99), pin(99, 1, 1));
    IntStream.rangeClosed(1, 20).forEach(n -> put(tag(APP, null, n), image(n), pin(n, 1, 1)));

    ReleasePlan plan = plan();
    String id = plan.held().getFirst().guard().id();
    assertThat(plan.images()).hasSize(20).allMatch(image -> image.at().isEmpty());
    assertThat(plan.lines()).anyMatch(line -> line.contains("guard confirm " + id));

    put(
        DecisionState.of(
            "c", new Confirm(id, 20), "ann", "cleaned up", NOW, NOW.plus(Duration.ofDays(1))));
    assertThat(plan().held()).isEmpty();
    clock.advance(Duration.ofDays(2));
    assertThat(plan().held()).as("a day later").hasSize(1);
  }

  @Test
  void withoutKeepNothingIsToGo() {
    put(tag(APP, "1", 2, 1), tag(APP, null, 1), image(1), image(2), pin(1, 1, 1));
    ReleasePlan plan =
        ReleasePlan.of(
            catalog,
            new Rules(List.of()),
            _ -> Map.of(),
            Deadline.after(Duration.ofSeconds(5)),
            NOW);
    assertThat(plan.lines()).containsExactly("nothing is to go");
  }

  private ReleasePlan plan() {
    RuleSettings rule =
        new RuleSettings("**", List.of(Mode.PLAIN), List.of(), 3, 1, null)
            .keeping(new KeepSettings(0, null, null, null, null), ReleaseSettings.GUARDED);
    return ReleasePlan.of(
        catalog,
        new Rules(List.of(rule)),
        image -> inside.getOrDefault(image.digest(), Map.of()),
        Deadline.after(Duration.ofSeconds(5)),
        NOW);
  }

  private static PinState surplus(int dag) {
    PinState pin = pin(dag, 2, 2);
    return new PinState(
        dag(dag),
        0,
        pin.copies(),
        null,
        true,
        Samples.NOW,
        0,
        null,
        null,
        null,
        null,
        PinPhase.SURPLUS,
        Samples.NOW);
  }

  private void put(State... states) {
    catalog.writer().apply(List.of(states).stream().map(log::put).toList());
  }
}
