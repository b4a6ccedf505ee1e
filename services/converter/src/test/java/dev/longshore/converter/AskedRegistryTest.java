package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.observed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.events.Observed;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.testing.Fault;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.TransientFailure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a registry is asked whether a repository serves what was read from another one. */
@Timeout(30)
class AskedRegistryTest {
  private static final RepositoryName OTHER = RepositoryName.canonical("localhost:5055/other");

  private final TestConverter converter = new TestConverter();
  private final Uploads own = new Uploads(converter.registry, APP);
  private final Uploads others = new Uploads(converter.registry, OTHER);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void aRegistryThatDoesNotTellIsReadAgain() throws Exception {
    Descriptor layer = own.layer(13, 5000);
    converter.handle(observed(APP, "1", own.image(layer)));
    others.layer(13, 5000);
    Descriptor image = others.image(layer);
    converter.readFrom(
        new DelegatingSource(converter.registry) {
          @Override
          public boolean serves(RepositoryName name, Descriptor blob) {
            return false;
          }
        });

    converter.handle(observed(OTHER, "1", image));

    assertThat(converter.registry.reads(layer.digest())).isEqualTo(2);
    assertThat(converter.announced()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({"503, repository localhost:5055/other", "429, registry localhost:5055"})
  void aRegistryThatFailsWhenItIsAskedIsAskedLater(int status, String away) throws Exception {
    Descriptor layer = own.layer(14, 5000);
    Descriptor known = own.image(layer);
    converter.handle(observed(APP, "1", known));
    others.layer(14, 5000);
    others.image(layer);
    Descriptor another = others.image(layer, others.layer(15, 10));

    for (Descriptor image : List.of(known, another)) {
      converter
          .registry
          .faults()
          .next(InMemoryRegistry.SERVES + layer.digest(), new Fault.Status(status));
      TransientFailure failure =
          catchThrowableOfType(
              TransientFailure.class, () -> converter.handle(observed(OTHER, "1", image)));
      assertThat(failure).returns(away, TransientFailure::endpoint);
      converter.handle(observed(OTHER, "1", image));
    }

    assertThat(converter.announced()).hasSize(3);
    assertThat(converter.registry.reads(layer.digest())).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void blobsOfOneImageAreAskedForAFewAtOnce(boolean ofKnownImage) throws Exception {
    List<Descriptor> blobs = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      blobs.add(own.layer(40 + i, 100));
      others.layer(40 + i, 100);
    }
    Descriptor image = own.image(blobs.toArray(Descriptor[]::new));
    converter.handle(observed(APP, "1", image));
    others.image(blobs.toArray(Descriptor[]::new));
    if (!ofKnownImage) {
      image = others.image(blobs.reversed().toArray(Descriptor[]::new));
    }
    blobs.add(own.config());
    Map<Digest, CountDownLatch> gates = new HashMap<>();
    for (Descriptor blob : blobs) {
      var gate = new CountDownLatch(1);
      gates.put(blob.digest(), gate);
      converter
          .registry
          .faults()
          .next(InMemoryRegistry.SERVES + blob.digest(), new Fault.Held(gate));
    }
    Observed observed = observed(OTHER, "1", image);
    Future<Effects> conversion = threads.submit(() -> converter.handle(observed));

    int atOnce = TestConverter.SETTINGS.concurrency();
    for (int opened = 0; opened < blobs.size(); opened++) {
      int expected = Math.min(opened + atOnce, blobs.size());
      Await.until(() -> converter.registry.asked(OTHER).size() >= expected);
      assertThat(converter.registry.asked(OTHER)).hasSize(expected);
      gates.get(converter.registry.asked(OTHER).get(opened)).countDown();
    }

    assertThat(conversion.get().records()).isNotEmpty();
  }
}
