package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.observed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.converter.source.ImageLimits;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.testing.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A registry that neither answers nor breaks off: images of another one go on. */
@Timeout(30)
class HungRegistryTest {
  private static final RepositoryName HEALTHY = RepositoryName.canonical("localhost:5056/app");
  private static final int SECONDS = 10;

  private final TestConverter converter = new TestConverter();
  private final Uploads hanging = new Uploads(converter.registry, APP);
  private final Uploads healthy = new Uploads(converter.registry, HEALTHY);
  private final CountDownLatch gate = new CountDownLatch(1);
  private final List<Future<?>> held = new ArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void whileItHoldsEveryStream() throws Exception {
    for (int i = 0; i < TestConverter.SETTINGS.concurrency() + 2; i++) {
      hang(hanging.image(heldLayer(i)));
    }
    Await.until(
        () ->
            converter.registry.requests().stream().filter(r -> r.startsWith("blob ")).count() >= 4);

    convertsOneAfterAnother();
    goesOnWhenItAnswers();
  }

  @Test
  void whileItHoldsEveryImageThatMayBeUnderWay() throws Exception {
    for (int i = 0; i < ImageLimits.AT_ONCE + 5; i++) {
      Descriptor image = hanging.image(hanging.layer(i, 1000));
      converter.registry.faults().next(image.digest().toString(), new Fault.Held(gate));
      hang(image);
    }
    Await.until(() -> converter.registry.requests().size() >= ImageLimits.AT_ONCE);

    convertsOneAfterAnother();
    goesOnWhenItAnswers();
  }

  @Test
  void whenItHoldsALayerThatTheOtherOneHasToo() throws Exception {
    Descriptor shared = heldLayer(1);
    hang(hanging.image(shared));
    Await.until(() -> converter.registry.reads(shared.digest()) == 1);
    healthy.layer(1, 1000);

    convert(healthy.image(shared));

    assertThat(converter.registry.reads(shared.digest())).isEqualTo(2);
    goesOnWhenItAnswers();
  }

  private Descriptor heldLayer(int seed) {
    Descriptor layer = hanging.layer(seed, 1000);
    converter.registry.faults().next(layer.digest().toString(), new Fault.Held(gate));
    return layer;
  }

  private void hang(Descriptor image) {
    String tag = "t" + held.size();
    held.add(threads.submit(() -> converter.handle(observed(APP, tag, image))));
  }

  private void convertsOneAfterAnother() throws Exception {
    for (int i = 0; i < 3; i++) {
      convert(healthy.image(healthy.layer(500 + i, 1000), healthy.layer(600 + i, 1000)));
    }
    assertThat(converter.announced())
        .hasSize(3)
        .extracting(converted -> converted.name().host())
        .containsOnly(HEALTHY.host());
  }

  private void convert(Descriptor image) throws Exception {
    threads
        .submit(() -> converter.handle(observed(HEALTHY, "1", image)))
        .get(SECONDS, TimeUnit.SECONDS);
  }

  private void goesOnWhenItAnswers() throws Exception {
    gate.countDown();
    for (Future<?> conversion : held) {
      conversion.get(SECONDS, TimeUnit.SECONDS);
    }
  }
}
