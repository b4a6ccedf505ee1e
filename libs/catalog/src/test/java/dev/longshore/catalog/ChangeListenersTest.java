package dev.longshore.catalog;

import static dev.longshore.catalog.testing.Samples.pin;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.PinState;
import dev.longshore.model.ImageDag;
import dev.longshore.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChangeListenersTest {
  private static final ImageDag DAG = pin(1, 3, 0).imageDag();

  private final RecordLog log = new RecordLog();
  private final Catalog catalog = Catalog.inMemory(new ManualClock(Samples.NOW));

  @AfterEach
  void close() {
    catalog.close();
  }

  @Test
  void aListenerFindsTheChangeInTheCatalog() {
    List<Optional<PinState>> seen = new ArrayList<>();
    var _ = catalog.onChange(r -> seen.add(catalog.pins().of(ImageDag.stored(r.key()))));
    put(pin(1, 3, 2));

    assertThat(seen).containsExactly(Optional.of(pin(1, 3, 2)));
  }

  @Test
  void aListenerThatFailsDoesNotKeepOthersFromHearing() {
    List<CatalogRecord> told = new ArrayList<>();
    var _ =
        catalog.onChange(
            r -> {
              throw new IllegalArgumentException("a listener's own fault");
            });
    var _ = catalog.onChange(told::add);
    put(pin(1, 3, 0));

    assertThat(told).hasSize(1);
  }

  @Test
  void aClosedSubscriptionHearsNothing() {
    List<CatalogRecord> told = new ArrayList<>();
    CatalogSubscription subscription = catalog.onChange(told::add);
    put(pin(1, 3, 0));
    subscription.close();
    put(pin(1, 3, 1));

    assertThat(told).hasSize(1);
  }

  @Test
  void waitingEndsWithTheChangeThatIsLookedFor() throws Exception {
    put(pin(1, 3, 0));
    CountDownLatch looked = new CountDownLatch(1);
    CompletableFuture<Optional<PinState>> found = new CompletableFuture<>();
    Thread waiting =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    found.complete(
                        catalog.await(
                            () -> {
                              Optional<PinState> look = catalog.pins().of(DAG);
                              looked.countDown();
                              return look.filter(p -> p.verified() == 2);
                            },
                            Duration.ofSeconds(20)));
                  } catch (InterruptedException e) {
                    found.completeExceptionally(e);
                  }
                });
    assertThat(looked.await(20, TimeUnit.SECONDS)).isTrue();
    put(pin(1, 3, 1));
    put(pin(1, 3, 2));

    assertThat(found.get(20, TimeUnit.SECONDS)).contains(pin(1, 3, 2));
    waiting.join();
  }

  @Test
  void waitingForWhatDoesNotComeEndsWithTheTime() throws InterruptedException {
    assertThat(catalog.await(() -> catalog.pins().of(DAG), Duration.ofMillis(20))).isEmpty();
  }

  private void put(PinState state) {
    catalog.writer().apply(List.of(log.put(state)));
  }
}
