package dev.longshore.estargz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

class LayerBuffersTest {
  private final CompressionWorkers workers = new CompressionWorkers(1);
  private final LayerBuffers greedy = new LayerBuffers(workers);
  private final LayerBuffers other = new LayerBuffers(workers);

  private void takeAll() {
    workers.enter();
    while (greedy.tryTake() != null) {
      // Until none is left, as layers of a registry that hangs would hold them.
    }
  }

  @Test
  void aLayerThatHoldsAllSharedBuffersLeavesEachOtherOneOfItsOwn() throws Exception {
    takeAll();

    WorkBuffer own = other.take();

    assertThat(other.tryTake()).isNull();
    other.giveBack(own);
    assertThat(other.tryTake()).isNotNull();
  }

  @Test
  void whatIsGivenBackOthersMayTake() throws Exception {
    workers.enter();
    WorkBuffer first = greedy.take();
    WorkBuffer second = greedy.take();
    takeAll();
    WorkBuffer own = other.take();

    greedy.giveBack(first);
    assertThat(other.tryTake()).as("the greedy layer's own").isNull();
    greedy.giveBack(second);
    assertThat(other.tryTake()).as("a shared one").isNotNull();
    other.giveBack(own);
  }

  @Test
  void workThatFailsWithAnErrorIsOverAllTheSame() {
    workers.enter();
    var over = new Semaphore(0);

    Future<?> work =
        workers.submit(
            LazyFormat.ESTARGZ,
            _ -> {
              throw new OutOfMemoryError("as if");
            },
            over::release);

    assertThatThrownBy(() -> CompressionWorkers.join(work)).isInstanceOf(OutOfMemoryError.class);
    CompressionWorkers.await(work);
    assertThat(over.tryAcquire()).isTrue();
  }
}
