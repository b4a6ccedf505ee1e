package dev.longshore.oci.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.testing.RandomImage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class InMemoryRegistryTest extends ImageSourceConformance {
  private static final RepositoryName NAME = RepositoryName.parse("registry.example/team/app");

  @Override
  protected RepositoryName name() {
    return NAME;
  }

  @Override
  protected ImageSource holding(List<StoredImage> images) {
    var registry = new InMemoryRegistry(3);
    images.forEach(stored -> registry.push(stored.name(), stored.tag(), stored.image()));
    return registry;
  }

  static List<Fault> bodyFaults() {
    return List.of(new Fault.WrongByte(), new Fault.CutAfter(10), new Fault.Garbage());
  }

  @ParameterizedTest
  @MethodSource("bodyFaults")
  void aFaultHitsOneReadAndTheNextIsWhole(Fault fault) throws Exception {
    var registry = new InMemoryRegistry();
    RandomImage image = RandomImage.of(1);
    registry.push(NAME, "v1", image);
    Descriptor layer = blobsOf(image).getLast();
    registry.faults().next(layer.digest().toString(), fault);

    assertThatThrownBy(() -> read(registry, layer)).isInstanceOf(RegistryException.class);
    assertThat(read(registry, layer)).isEqualTo(layer.size());
    assertThat(registry.reads(layer.digest())).isEqualTo(2);
  }

  @Test
  void aLastingStatusKeepsItsKindAndItsDelay() {
    var registry = new InMemoryRegistry();
    registry.push(NAME, "v1", RandomImage.of(1));
    registry.faults().always("v1", new Fault.Status(429, Optional.of(Duration.ofSeconds(7))));

    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> registry.resolve(Reference.tagged(NAME, "v1")))
          .isInstanceOfSatisfying(
              RegistryException.class,
              e -> {
                assertThat(e.kind()).isEqualTo(Kind.TRANSIENT);
                assertThat(e.retryAfter()).hasValue(Duration.ofSeconds(7));
              });
    }
  }

  @Test
  void aHeldAnswerWaitsForTheGate() throws Exception {
    var registry = new InMemoryRegistry();
    registry.push(NAME, "v1", RandomImage.of(1));
    var gate = new CountDownLatch(1);
    registry.faults().next("v1", new Fault.Held(gate));

    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answer = threads.submit(() -> registry.resolve(Reference.tagged(NAME, "v1")));
      assertThat(answer.isDone()).isFalse();
      gate.countDown();
      assertThat(answer.get(5, TimeUnit.SECONDS)).isNotNull();
    }
  }

  private static long read(ImageSource source, Descriptor blob) throws Exception {
    try (BlobStream in = source.blob(NAME, blob, 0)) {
      return in.readAllBytes().length;
    }
  }
}
