package dev.longshore.estargz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.testing.SplitMix;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SharedHeapTest {
  private static final long LIMIT_SECONDS = 20;

  private final CountDownLatch waits = new CountDownLatch(1);
  private final SharedHeap shared =
      new SharedHeap(100) {
        @Override
        void waits() {
          waits.countDown();
        }
      };
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

    whileItWaitsFor(101, first::close);
  }

  @Test
  void aLayerThatWaitsGoesOnWithWhatAnotherGivesBackThoughOneStillPasses() throws Exception {
    var third = new LayerHeap(shared);
    third.take(60);
    first.take(101);

    whileItWaitsFor(100, third::close);

    assertThat(shared.tryTake(1)).isFalse();
  }

  private void whileItWaitsFor(long bytes, Runnable giveBack) throws Exception {
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Future<?> waiting =
          threads.submit(
              () -> {
                second.take(bytes);
                return true;
              });
      assertThat(waits.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(waiting.isDone()).isFalse();

      giveBack.run();

      try {
        assertThat(waiting.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(true);
      } finally {
        threads.shutdownNow();
      }
    }
  }

  @Test
  void aLayerWaitsForOthersSoLongAndNoLonger() throws Exception {
    var busy = new SharedHeap(100, Duration.ofMillis(1));
    var passing = new LayerHeap(busy);
    var late = new LayerHeap(busy);
    passing.take(101);

    assertThatThrownBy(() -> late.take(101))
        .isInstanceOf(HeapBusyException.class)
        .hasMessageContaining("101 bytes")
        .hasMessageContaining("converter.concurrency");

    late.close();
    assertThat(busy.tryTake(100)).isTrue();
  }

  @Test
  void aLayerThatIsGivenUpWhileItWaitsTakesNothing() throws Exception {
    first.take(101);
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> second.take(101))
        .isInstanceOf(InterruptedIOException.class)
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
}
