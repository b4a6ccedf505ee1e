package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Hint;
import dev.longshore.events.Origin;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.testing.RandomImage;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A day without notifications, or a wider rule: each of very many repositories has a new tag. */
@Timeout(120)
class ManyChangesTest {
  private static final int REPOSITORIES = Backfill.FRESH + 4;
  private final WatchedHub hub = new WatchedHub();
  private final List<Hint> hints = new CopyOnWriteArrayList<>();
  private final PollSchedule polls =
      hub.polls(
          "**",
          hints::add,
          CatalogBarrier.AT_HAND,
          new Endpoints(hub.clock, (_, _) -> {}, new Random(1)));

  @AfterEach
  void close() {
    hub.catalog.close();
  }

  @Test
  void onlySoManyOfThemTogetherCountAsFreshPushes() throws Exception {
    push("v1");
    poll();
    push("v2");
    poll();
    assertThat(hints).hasSize(REPOSITORIES);
    assertThat(hints).filteredOn(hint -> hint.origin() == Origin.POLL).hasSize(Backfill.FRESH);
    assertThat(hints)
        .filteredOn(hint -> hint.origin() == Origin.BACKFILL)
        .hasSize(REPOSITORIES - Backfill.FRESH);

    hub.clock.advance(Duration.ofMinutes(11));
    push("v3");
    poll();
    assertThat(hints)
        .as("those that nobody heard of leave their places")
        .filteredOn(hint -> hint.origin() == Origin.POLL)
        .hasSize(Backfill.FRESH);
  }

  private void push(String tag) {
    for (int i = 0; i < REPOSITORIES; i++) {
      hub.images.push(
          WatchedHub.name("team/app" + i), tag, RandomImage.of(tag.hashCode() * 1_000L + i));
    }
  }

  /** What it found is observed. */
  private void poll() throws Exception {
    for (Hint hint : hints) {
      hub.handle(hint);
    }
    hints.clear();
    polls.once();
  }
}
