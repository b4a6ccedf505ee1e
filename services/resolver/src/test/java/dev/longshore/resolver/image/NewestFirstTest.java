package dev.longshore.resolver.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class NewestFirstTest {
  @Test
  void newestIsTakenBeforeThoseThatWaitedLonger() throws InterruptedException {
    NewestFirst<String> waiting = new NewestFirst<>(3);
    waiting.add("old");
    waiting.add("new");

    assertThat(waiting.take()).isEqualTo("new");
    assertThat(waiting.take()).isEqualTo("old");
  }

  @Test
  void oldestGivesWayWhenThereAreTooMany() throws InterruptedException {
    NewestFirst<String> waiting = new NewestFirst<>(2);
    waiting.add("oldest");
    waiting.add("old");
    waiting.add("new");

    assertThat(waiting.take()).isEqualTo("new");
    assertThat(waiting.take()).isEqualTo("old");
    waiting.add("newest");
    assertThat(waiting.take()).isEqualTo("newest");
  }

  @Test
  void oneThatComesAgainWaitsOnce() throws InterruptedException {
    NewestFirst<String> waiting = new NewestFirst<>(3);
    waiting.add("first");
    waiting.add("second");
    waiting.add("first");

    assertThat(waiting.take()).isEqualTo("first");
    assertThat(waiting.take()).isEqualTo("second");
    waiting.add("third");
    assertThat(waiting.take()).isEqualTo("third");
  }

  @Test
  void nothingIsTakenWhileMoreComesThanIsDone() throws Exception {
    AtomicLong nanos = new AtomicLong();
    CountDownLatch asked = new CountDownLatch(1);
    NewestFirst<Integer> waiting =
        new NewestFirst<>(
            100,
            () -> {
              if (Thread.currentThread().isVirtual()) {
                asked.countDown();
              }
              return nanos.get();
            });
    for (int i = 0; i <= NewestFirst.FEW; i++) {
      waiting.add(i);
    }
    FutureTask<Integer> taken = new FutureTask<>(waiting::take);
    Thread.ofVirtual().start(taken);
    asked.await();
    waiting.add(10);
    nanos.set(NewestFirst.QUIET.toNanos());

    assertThat(taken.get()).isEqualTo(10);
  }
}
