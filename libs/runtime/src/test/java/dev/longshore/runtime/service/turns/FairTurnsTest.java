package dev.longshore.runtime.service.turns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.runtime.testing.Eventually;
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
  private final FairTurns turns = new FairTurns(4);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void noMoreThanTheLimitAreTakenByOneGroup() throws Exception {
    List<FairTurns.Turn> taken = take("a", 4);
    Future<FairTurns.Turn> further = threads.submit(() -> turns.take("a"));
    // Whoever comes later and is served shows that the further one was looked at and left waiting.
    turns.take("b").close();
    assertThat(further.isDone()).isFalse();

    taken.getFirst().close();

    assertThat(further.get()).isNotNull();
  }

  @Test
  void groupWithoutATurnWaitsForNoOtherAndGetsOneOnly() throws Exception {
    take("a", 4);
    turns.take("b");
    Future<FairTurns.Turn> second = threads.submit(() -> turns.take("b"));
    turns.take("c");
    assertThat(second.isDone()).isFalse();
  }

  @Test
  void nextTurnGoesToTheGroupWithTheFewestAndNotToTheOneThatCameFirst() throws Exception {
    List<FairTurns.Turn> taken = take("a", 4);
    List<String> served = new CopyOnWriteArrayList<>();
    waiter("a", served);
    waiter("a", served);
    turns.take("b");
    waiter("b", served);

    // One more than the limit are taken, so the first one that is given back is for nobody.
    taken.get(0).close();
    taken.get(1).close();

    Eventually.await("a turn", () -> !served.isEmpty());
    assertThat(served).containsExactly("b");
  }

  /** Returns when it waits. */
  private void waiter(String group, List<String> served) {
    Thread thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    turns.take(group);
                    served.add(group);
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
                turns.take("a").close();
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
      taken.add(turns.take(group));
    }
    return taken;
  }
}
