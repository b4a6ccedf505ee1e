package dev.longshore.runtime.service.turns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.runtime.testing.Eventually;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FairTurnsTest {
  private static final FairShare ONE = new FairShare("registry/one");
  private static final FairShare OTHER = new FairShare("registry/other");

  private final FairTurns turns = new FairTurns(4);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void noMoreThanTheLimitAreTakenByOneGroup() throws Exception {
    List<FairTurns.Turn> taken = take("a", 4);
    Future<FairTurns.Turn> further = threads.submit(() -> turns.take("a", ONE));
    // Whoever comes later and is served shows that the further one was looked at and left waiting.
    turns.take("b", ONE).close();
    assertThat(further.isDone()).isFalse();

    taken.getFirst().close();

    assertThat(further.get()).isNotNull();
  }

  @Test
  void groupWithoutATurnWaitsForNoOtherAndGetsOneOnly() throws Exception {
    take("a", 4);
    turns.take("b", ONE);
    Future<FairTurns.Turn> second = threads.submit(() -> turns.take("b", ONE));
    turns.take("c", ONE);
    assertThat(second.isDone()).isFalse();
  }

  @Test
  void nextTurnGoesToTheGroupWithTheFewestAndNotToTheOneThatCameFirst() throws Exception {
    List<FairTurns.Turn> taken = take("a", 4);
    List<String> served = new CopyOnWriteArrayList<>();
    waiter("a", served);
    waiter("a", served);
    turns.take("b", ONE);
    waiter("b", served);

    // One more than the limit are taken, so the first one that is given back is for nobody.
    taken.get(0).close();
    taken.get(1).close();

    Eventually.await("a turn", () -> !served.isEmpty());
    assertThat(served).containsExactly("b");
  }

  @Test
  void manyPushesToOneRepositoryDelayAnotherByOneTurnAtMost() throws Exception {
    List<FairTurns.Turn> taken = take("a", 4);
    List<String> served = new CopyOnWriteArrayList<>();
    for (int i = 0; i < 100; i++) {
      waiter("a", ONE, served);
    }
    waiter("a", OTHER, served);

    taken.getFirst().close();

    Eventually.await("a turn", () -> !served.isEmpty());
    assertThat(served).containsExactly(OTHER.name());
  }

  @Test
  void backfillTakesHalfOfTheTurnsAtMostAndIsOneShareAmongTheOthers() throws Exception {
    turns.take("a", FairShare.BACKFILL);
    FairTurns.Turn second = turns.take("a", FairShare.BACKFILL);
    List<String> served = new CopyOnWriteArrayList<>();
    waiter("a", FairShare.BACKFILL, served);

    FairTurns.Turn fresh = turns.take("a", ONE);
    turns.take("a", ONE);
    waiter("a", ONE, served);
    waiter("a", OTHER, served);
    fresh.close();

    Eventually.await("a turn", () -> !served.isEmpty());
    assertThat(served)
        .as("none of the backfill, and whoever has none")
        .containsExactly("registry/other");
    second.close();
    Eventually.await("another turn", () -> served.size() == 2);
    assertThat(served.getLast()).as("one each, and the backfill came first").isEqualTo("backfill");
  }

  /** Returns when it waits. */
  private void waiter(String group, List<String> served) {
    waiter(group, ONE, group, served);
  }

  private void waiter(String group, FairShare share, List<String> served) {
    waiter(group, share, share.name(), served);
  }

  private void waiter(String group, FairShare share, String tells, List<String> served) {
    Thread thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    turns.take(group, share);
                    served.add(tells);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    Eventually.await("the wait", () -> thread.getState() == Thread.State.WAITING);
  }

  @Test
  void whoGivesUpWaitingTakesNoTurn() throws Exception {
    List<FairTurns.Turn> taken = take("a", 4);
    List<Future<?>> waiting = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      waiting.add(
          threads.submit(
              () -> {
                turns.take("a", ONE).close();
                return null;
              }));
    }
    waiting.forEach(future -> future.cancel(true));
    taken.forEach(FairTurns.Turn::close);
    threads.close();

    assertThat(take("a", 4)).hasSize(4);
  }

  private List<FairTurns.Turn> take(String group, int count) throws InterruptedException {
    List<FairTurns.Turn> taken = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      taken.add(turns.take(group, ONE));
    }
    return taken;
  }

  @Test
  void whoWaitsLongestIsTold() throws Exception {
    assertThat(turns.waitingSince()).isEmpty();
    List<FairTurns.Turn> taken = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      taken.add(turns.take("a", ONE));
    }
    assertThat(turns.waitingSince()).isEmpty();
    Instant before = Instant.now();
    Thread waiter = Thread.startVirtualThread(() -> takeAndGiveBack("a"));
    Eventually.await("it waits", () -> turns.waitingSince().isPresent());
    assertThat(turns.waitingSince().orElseThrow()).isAfterOrEqualTo(before);

    taken.forEach(FairTurns.Turn::close);
    waiter.join();
    assertThat(turns.waitingSince()).isEmpty();
  }

  private void takeAndGiveBack(String group) {
    try (var _ = turns.take(group, ONE)) {
      assertThat(turns.waitingSince()).isEmpty();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
