package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.observed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.events.Converted;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.RepoStat;
import dev.longshore.ipfs.testing.KuboDaemon;
import dev.longshore.ipfs.testing.SharedKubos;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryClient;
import dev.longshore.oci.registry.RegistryConfig;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Real programs that fail, and that come back. */
class RealFailureIT {
  private static final int LAYER = 50_000_000;

  @RegisterExtension static final SharedKubos KUBOS = new SharedKubos(2);
  @TempDir static Path folder;
  private static RealRegistry registry;

  @BeforeAll
  static void start() throws Exception {
    registry = RealRegistry.start(folder);
  }

  @AfterAll
  static void stop() throws Exception {
    registry.close();
  }

  @Test
  void layerThatRottedInTheRegistryIsRefused() throws Exception {
    RepositoryName name = registry.name("rotten");
    Descriptor layer = push(name, 1);
    Path data = data(layer);
    byte[] rotten = Files.readAllBytes(data);
    rotten[rotten.length / 2] ^= 1;
    Files.write(data, rotten);

    assertThat(refused(name, layer)).isEqualTo("DIGEST_MISMATCH");
  }

  @Test
  void layerThatTheRegistryLostIsRefused() throws Exception {
    RepositoryName name = registry.name("lost");
    Descriptor layer = push(name, 2);
    Files.delete(data(layer));

    assertThat(refused(name, layer)).isEqualTo("BLOB_UNKNOWN");
  }

  @Test
  void peerThatIsKilledWithinALayerIsWaitedFor() throws Exception {
    KuboDaemon kubo = KUBOS.get(0);
    try (var generated = new GeneratedRegistry(new GeneratedLayer(LAYER))) {
      TestConverter converter = converter(generated);
      generated.atHalf(() -> kill(kubo));

      assertThat(postponed(converter, generated)).isEqualTo("kubo kubo0");
      assertThat(converter.committed).isEmpty();

      kubo.restart();
      converter.handle(observed(name(generated), null, generated.top()));
      assertThat(converter.announced()).hasSize(1);
    }
  }

  @Test
  void peerThatIsKilledWithinALayerLosesTheImageToAnotherOne() throws Exception {
    // Both have nothing to do: the one with more room comes first.
    boolean inOrder = free(KUBOS.get(0)) >= free(KUBOS.get(1));
    KuboDaemon first = KUBOS.get(inOrder ? 0 : 1);
    KuboDaemon other = KUBOS.get(inOrder ? 1 : 0);
    try (var generated = new GeneratedRegistry(new GeneratedLayer(20_000_003));
        var bed = new IngestBed(List.of(first.client(), other.client()))) {
      var client =
          new RegistryClient(
              Registries.of(RegistryConfig.of(new RegistryHost(generated.address()))));
      IngestBed.Converter converter = bed.start(client);
      generated.atHalf(() -> kill(first));

      bed.bus.send(observed(name(generated), null, generated.top()));
      Converted image = bed.awaitConverted(generated.top());

      assertThat(image.ingestPeer().text()).isEqualTo(other.client().name());
      bed.requireWhole(image);
      assertThat(bed.failed()).isEmpty();
      assertThat(converter.endpoints().trouble("kubo " + first.client().name() + " ingest"))
          .isPresent();
      first.restart();
      bed.awaitNoHolds(converter, first.client().name());
      bed.awaitNoHolds(converter, other.client().name());
    }
  }

  @Test
  void connectionThatIsCutWithinALayerIsTakenUpAgainOrWaitedFor() throws Exception {
    try (var generated = new GeneratedRegistry(new GeneratedLayer(LAYER + 1))) {
      TestConverter converter = converter(generated);
      generated.atHalf(
          () -> {
            throw new IOException("cut by the test");
          });

      TransientFailure failure =
          catchThrowableOfType(
              TransientFailure.class,
              () -> converter.handle(observed(name(generated), null, generated.top())));
      if (failure != null) {
        assertThat(failure.endpoint()).isEqualTo("registry " + generated.address());
        converter.handle(observed(name(generated), null, generated.top()));
      }
      assertThat(converter.announced()).hasSize(1);
    }
  }

  private static Descriptor push(RepositoryName name, long seed) throws Exception {
    var staging = new InMemoryRegistry();
    var uploads = new Uploads(staging, name);
    Descriptor layer = uploads.layer(seed, 1_000_000);
    staging.tag(name, "1", uploads.image(layer).digest());
    registry.push(staging, name, "1");
    return layer;
  }

  private static Path data(Descriptor blob) {
    String hex = blob.digest().hex();
    return folder.resolve(
        "data/docker/registry/v2/blobs/sha256/" + hex.substring(0, 2) + "/" + hex + "/data");
  }

  private static String refused(RepositoryName name, Descriptor layer) throws Exception {
    var converter = new TestConverter(registry.images(), KUBOS.get(0).client());
    Descriptor top = registry.images().resolve(Reference.tagged(name, "1"));
    var before = pins();
    PermanentFailure failure =
        catchThrowableOfType(
            PermanentFailure.class, () -> converter.handle(observed(name, "1", top)));
    assertThat(failure).hasMessageContaining(layer.digest().toString());
    assertThat(converter.committed).isEmpty();
    assertThat(pins()).isEqualTo(before);
    return failure.reason();
  }

  private static List<String> pins() throws IOException {
    var pins = new ArrayList<String>();
    KUBOS
        .get(0)
        .client()
        .pins(pin -> pins.add(pin.root().toString()), Deadline.after(Duration.ofSeconds(30)));
    pins.sort(null);
    return pins;
  }

  private static String postponed(TestConverter converter, GeneratedRegistry generated) {
    TransientFailure failure =
        catchThrowableOfType(
            TransientFailure.class,
            () -> converter.handle(observed(name(generated), null, generated.top())));
    return failure.endpoint();
  }

  private static TestConverter converter(GeneratedRegistry generated) {
    var host = new RegistryHost(generated.address());
    return new TestConverter(
        new RegistryClient(Registries.of(RegistryConfig.of(host))), KUBOS.get(0).client());
  }

  private static RepositoryName name(GeneratedRegistry generated) {
    return new RepositoryName(new RegistryHost(generated.address()), "big");
  }

  private static long free(KuboDaemon kubo) throws IOException {
    RepoStat stat = kubo.client().repoStat(Deadline.after(Duration.ofSeconds(30)));
    return stat.maxBytes() - stat.usedBytes();
  }

  private static void kill(KuboDaemon kubo) throws IOException {
    try {
      kubo.kill();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
