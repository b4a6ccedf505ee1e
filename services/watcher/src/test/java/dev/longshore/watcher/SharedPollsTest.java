package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Topic;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.RandomImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two watchers, each with some of the partitions, and what one leaves to the other. */
@Timeout(120)
class SharedPollsTest {
  @TempDir Path folder;
  private SharedPolls polls;

  @BeforeEach
  void prepare() {
    polls = new SharedPolls(folder);
  }

  @AfterEach
  void stop() throws Exception {
    polls.close();
  }

  @Test
  void noRepositoryIsPolledByBoth() throws Exception {
    for (int i = 0; i < 40; i++) {
      polls.registry.push(PolledHub.name("team/app" + i), "v1", RandomImage.of(1));
    }

    polls.start(hint -> {}, 0, 2, 4, 6, 8, 10);
    polls.start(hint -> {}, 1, 3, 5, 7, 9, 11);

    Eventually.await("all polls", () -> polls.repositories() == 40);
    assertThat(polls.registry.requests()).filteredOn(r -> r.startsWith("tags ")).hasSize(40);
  }

  @Test
  void twoSendNoMoreRequestsASecondThanOneMay() throws Exception {
    for (int i = 0; i < 100; i++) {
      polls.registry.push(PolledHub.name("team/app" + i), "v1", RandomImage.of(1));
    }

    SharedPolls.Watcher even = polls.start(hint -> {}, 0, 2, 4, 6, 8, 10);
    SharedPolls.Watcher odd = polls.start(hint -> {}, 1, 3, 5, 7, 9, 11);

    Eventually.await("all polls", () -> polls.repositories() == 100);
    for (SharedPolls.Watcher watcher : List.of(even, odd)) {
      // Nobody waits here, so the last request is due after all the others' spaces.
      int requests = watcher.waits.size();
      assertThat(requests).isGreaterThan(100);
      assertThat(Collections.max(watcher.waits))
          .as("%d requests, of ten a second for both", requests)
          .isGreaterThan(Duration.ofMillis(150L * requests));
    }
  }

  @Test
  void oneWithoutAnyPartitionAsksNothingUntilItHasOne() throws Exception {
    for (int i = 0; i < 40; i++) {
      polls.registry.push(PolledHub.name("team/app" + i), "v1", RandomImage.of(1));
    }
    SharedPolls.Watcher idle = polls.start(hint -> {});
    CompletableFuture<Void> round = new CompletableFuture<>();
    idle.watcher.reconcileAll(() -> round.complete(null));
    SharedPolls.Watcher busy = polls.start(hint -> {}, SharedPolls.all());
    Eventually.await("all polls", () -> polls.repositories() == 40);
    assertThat(polls.registry.requests()).filteredOn(r -> r.startsWith("catalog")).hasSize(1);
    assertThat(idle.waits).isEmpty();
    assertThat(round).isNotDone();

    busy.partitions.remove(3);
    idle.take(3);

    round.get(1, TimeUnit.MINUTES);
    assertThat(polls.registry.requests()).filteredOn(r -> r.startsWith("catalog")).hasSize(2);
  }

  @Test
  void whoTakesOverGoesOnWhereTheOtherDied() throws Exception {
    polls.tags(2_500);
    CountDownLatch never = new CountDownLatch(1);
    SharedPolls.Watcher dies =
        polls.start(
            hint -> {
              if (new String(hint.bytes(), StandardCharsets.UTF_8).contains("t1200")) {
                never.await();
              }
            },
            SharedPolls.all());
    Eventually.await("it hangs", () -> polls.resolved() == 1_201);
    Eventually.await("a cursor", () -> polls.cursor().isPresent());
    assertThat(polls.cursor()).contains("t0999");
    dies.partitions.clear();
    int before = polls.registry.requests().size();

    polls.start(hint -> {}, SharedPolls.all());

    Eventually.await("the poll's end", () -> polls.state().completedAt() != null);
    assertThat(
            polls.registry.requests().stream().skip(before).filter(r -> r.startsWith("resolve ")))
        .hasSize(1_500);
    assertThat(polls.state().cursor()).isNull();
    assertThat(polls.state().foundAt()).isNotNull();
  }

  @Test
  void whatWasJustPolledIsNotPolledAgainByWhoTakesOver() throws Exception {
    polls.tags(10);
    SharedPolls.Watcher first = polls.start(hint -> {}, SharedPolls.all());
    Eventually.await("the poll's end", () -> polls.states().size() == 2);
    first.close();
    int before = polls.registry.requests().size();

    SharedPolls.Watcher second = polls.start(hint -> {}, SharedPolls.all());
    Eventually.await("its list", () -> polls.registry.requests().size() > before);
    Eventually.await("all is read", () -> second.read.size() == Topic.PARTITIONS);
    polls.registry.push(PolledHub.name("team/new"), "v1", RandomImage.of(2));
    second.watcher.reconcileAll(() -> {});
    Eventually.await("the new one", () -> polls.states().containsKey("localhost:5055/team/new"));

    assertThat(polls.registry.requests().stream().skip(before))
        .filteredOn(r -> r.startsWith("tags ") && r.contains("team/app"))
        .as("by the round alone")
        .hasSize(1);
  }
}
