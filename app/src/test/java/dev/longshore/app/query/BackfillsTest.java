package dev.longshore.app.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.events.Decision;
import dev.longshore.events.DecisionState;
import dev.longshore.events.PollState;
import dev.longshore.events.Topic;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BackfillsTest {
  private static final String HOST = "localhost:5055";
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final Catalog catalog = Catalog.inMemory(Clock.systemUTC());
  private final List<PollState> states = new ArrayList<>();

  @AfterEach
  void close() {
    catalog.close();
  }

  @Test
  void saysWhatIsDoneWhatIsUnderWayAndWhatIsLeft() {
    states.add(listed(1_000));
    states.add(repository("team/whole", null, NOW, 100, null));
    states.add(repository("team/big", "t4000", null, 50_000, 4_000));
    states.add(repository("unwanted", null, null, null, null));
    states.add(
        new PollState("other:5000", "team/app", "t", null, NOW, null, null, null, null, NOW));

    Backfills.Progress progress = look();

    assertThat(progress.lines())
        .containsExactly(
            "localhost:5055: 2 of 1000 repositories are mirrored, 998 are left",
            "localhost:5055: 4100 images are done, about 16695900 are left, nobody knows until"
                + " when yet",
            "localhost:5055/team/big: 4000 of 50000 tags");
    assertThat(progress.isOver()).isFalse();
  }

  @Test
  void saysHowManyImagesAreLeftAndUntilWhen() {
    states.add(listed(3));
    states.add(repository("team/whole", null, NOW, 100, null));
    states.add(underWay("team/a", Duration.ofHours(2), 1_000, 600));
    states.add(underWay("team/b", Duration.ofHours(1), 500, 100));

    Backfills.Progress progress = look();

    // 300 and 100 an hour; 800 are left
    assertThat(progress.lines())
        .contains(
            "localhost:5055: 800 images are done, 800 are left, until about"
                + " 2026-01-01T02:00:00Z");
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    progress.put(json);
    assertThat(json.get("imagesDone").asLong()).isEqualTo(800);
    assertThat(json.get("imagesLeft").asLong()).isEqualTo(800);
    assertThat(json.get("imagesAreCounted").asBoolean()).isTrue();
    assertThat(json.get("until").asText()).isEqualTo("2026-01-01T02:00:00Z");
  }

  private static PollState underWay(String name, Duration since, int listed, int compared) {
    return new PollState(
        HOST, name, "t", null, NOW.minus(since), null, null, null, null, NOW, listed, compared);
  }

  @Test
  void isOverWhenNothingIsLeft() {
    states.add(listed(1));
    states.add(repository("team/whole", null, NOW, 100, null));

    assertThat(look().isOver()).isTrue();
  }

  @Test
  void saysWhoHasItRestAndWhy() {
    DecisionState rest =
        DecisionState.of("rest-1", new Decision.Rest(HOST), "kim", "the release first", NOW, null);
    catalog
        .writer()
        .apply(List.of(new CatalogRecord(Topic.DECISIONS, 0, 0, NOW, rest.key(), rest)));

    Backfills.Progress progress = look();

    assertThat(progress.lines())
        .containsExactly(
            "localhost:5055: its repositories are not listed yet",
            "localhost:5055: rests, as kim decided at 2026-01-01T00:00:00Z: the release first");
    assertThat(progress.isOver()).isFalse();
  }

  private Backfills.Progress look() {
    return Backfills.of(List.of(HOST), states, catalog, NOW).getFirst();
  }

  private static PollState listed(int repositories) {
    return new PollState(
        HOST, null, null, null, NOW, NOW, null, null, null, NOW, repositories, null);
  }

  private static PollState repository(
      String name,
      @Nullable String cursor,
      @Nullable Instant completedAt,
      @Nullable Integer listed,
      @Nullable Integer compared) {
    return new PollState(
        HOST, name, cursor, null, NOW, completedAt, null, null, null, NOW, listed, compared);
  }
}
