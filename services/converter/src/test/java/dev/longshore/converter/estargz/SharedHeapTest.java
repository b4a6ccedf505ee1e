package dev.longshore.converter.estargz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.testing.SplitMix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class SharedHeapTest {
  private static final long LIMIT_SECONDS = 20;

  private final SharedHeap shared = new SharedHeap(100);
  private final LayerHeap first = new LayerHeap(shared);
  private final LayerHeap second = new LayerHeap(shared);

  @Test
  void aLayerTakesWhatIsLeftAndGivesItBackAtItsEnd() throws IOException {
    first.take(60);

    assertThat(second.tryTake(41)).isFalse();
    assertThat(second.tryTake(40)).isTrue();
    first.close();
    assertThat(second.tryTake(60)).isTrue();
  }

  @Test
  void oneLayerMayPassWhatIsSharedAndTheNextWaitsForItsEnd() throws Exception {
    first.take(100);
    first.take(1_000);
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Thread[] waiter = new Thread[1];
      Future<?> waiting =
          threads.submit(
              () -> {
                waiter[0] = Thread.currentThread();
                second.take(101);
                return true;
              });
      awaitWaiting(waiter);
      assertThat(waiting.isDone()).isFalse();

      first.close();

      assertThat(waiting.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(true);
    }
  }

  @Test
  void aLayerThatIsGivenUpWhileItWaitsTakesNothing() throws Exception {
    first.take(101);
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> second.take(101))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).isTrue();

    second.close();
    first.close();
    second.take(101);
    assertThat(first.tryTake(100)).isTrue();
  }

  @Test
  void layersThatFindNoHeapAreTheSameAsThoseThatDo() throws Exception {
    byte[] tar = tar();
    Written usual = Written.of(tar);
    var writer =
        new EstargzWriter(
            Path.of("target", "spool"), 2, EstargzLimits.DEFAULT, new SharedHeap(1 << 20));
    List<Future<Written>> written = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 8; i++) {
        written.add(threads.submit(() -> Written.by(writer, tar, EstargzSettings.DEFAULT)));
      }
      for (Future<Written> one : written) {
        assertThat(one.get(LIMIT_SECONDS, TimeUnit.SECONDS).blob()).isEqualTo(usual.blob());
      }
    }
  }

  private static byte[] tar() {
    var random = new SplitMix(11);
    var tar = new TestTar();
    for (int i = 0; i < 3_000; i++) {
      byte[] content = new byte[random.nextInt(1_000)];
      random.nextBytes(content);
      tar.add(TestTar.file("a-folder/of/names/file-" + i, content));
    }
    return tar.bytes();
  }

  private static void awaitWaiting(Thread[] thread) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (thread[0] == null || thread[0].getState() != Thread.State.WAITING) {
      assertThat(System.nanoTime()).isLessThan(end);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }
}
