package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.observed;
import static dev.longshore.ipfs.node.Fault.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.BlobState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.MalformedBytesException;
import dev.longshore.ipfs.dagpb.PbLink;
import dev.longshore.ipfs.dagpb.PbNode;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.LocalCheck;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.model.Cid;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.oci.testing.Fault;
import dev.longshore.runtime.kafka.step.Effects;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The ingest peer collects its garbage while images are converted. */
@Timeout(60)
class CollectionTest {
  private static final int SEEDS = 20;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void betweenAnyTwoCallsCostsNoSecondRead() throws Exception {
    long first = System.nanoTime();
    for (long seed = first; seed < first + SEEDS; seed++) {
      var converter = new TestConverter();
      var random = new Random(seed);
      converter.writeTo(collecting(converter.peer, random));
      var uploads = new Uploads(converter.registry, APP);
      List<Descriptor> layers =
          List.of(
              uploads.layer(1, 1_400_000),
              uploads.layer(2, 1_200_000 + random.nextInt(400_000)),
              uploads.layer(3, 1 + random.nextInt(2000)),
              uploads.layer(4, 300_000));

      converter.handle(observed(APP, "1", uploads.image(layers.toArray(Descriptor[]::new))));

      for (Descriptor layer : layers) {
        assertThat(converter.registry.reads(layer.digest())).as("seed %d", seed).isEqualTo(1);
      }
      assertIsWhole(converter, seed);
    }
  }

  private static void assertIsWhole(TestConverter converter, long seed) throws Exception {
    Cid dag = converter.announced().getLast().imageDag().cid();
    converter.peer.collectGarbage(soon());
    assertThat(converter.peer.verifyLocal(dag, LocalCheck.REHASH, soon()).blocks())
        .as("seed %d", seed)
        .isPositive();
    assertThat(converter.peer.pinned()).as("seed %d", seed).containsOnlyKeys(dag);
  }

  @Test
  void takesNothingThatIsReusedWhileTheRestIsRead() throws Exception {
    var converter = new TestConverter();
    var uploads = new Uploads(converter.registry, APP);
    Descriptor shared = uploads.layer(1, 1_400_000);
    converter.handle(observed(APP, "1", uploads.image(shared)));
    letGoOfAll(converter);
    converter.readFrom(collectingAtEachLayer(converter));

    converter.handle(
        observed(
            APP, "2", uploads.image(shared, uploads.layer(2, 1_600_000), uploads.layer(3, 9))));

    assertThat(converter.registry.reads(shared.digest())).isEqualTo(1);
    assertThat(converter.announced()).hasSize(2);
  }

  /** It is relied on without a hold, and held once that proved wrong. */
  @Test
  void mayTakeWhatIsReusedWhileLittleIsToComeWhichIsReadOnceMore() throws Exception {
    var converter = new TestConverter();
    var uploads = new Uploads(converter.registry, APP);
    Descriptor shared = uploads.layer(1, 1_400_000);
    converter.handle(observed(APP, "1", uploads.image(shared)));
    letGoOfAll(converter);
    converter.readFrom(collectingAtEachLayer(converter));

    converter.handle(observed(APP, "2", uploads.image(shared, uploads.layer(2, 9))));

    assertThat(converter.registry.reads(shared.digest())).isEqualTo(2);
    assertThat(converter.announced()).hasSize(2);
    assertThat(converter.peer.pinned()).hasSize(1);
  }

  @Test
  void takesNothingThatOneOfTwoConversionsStillNeeds() throws Exception {
    var converter = new TestConverter();
    var uploads = new Uploads(converter.registry, APP);
    Descriptor shared = uploads.layer(1, 1_400_000);
    Descriptor slow = uploads.layer(2, 1_100_000);
    var gate = new CountDownLatch(1);
    var sharedGate = new CountDownLatch(1);
    converter.registry.faults().next(slow.digest().toString(), new Fault.Held(gate));
    converter.registry.faults().next(shared.digest().toString(), new Fault.Held(sharedGate));
    Descriptor one = uploads.image(shared);
    Descriptor other = uploads.image(shared, slow);
    Future<Effects> first = threads.submit(() -> converter.handle(observed(APP, "1", one)));
    Await.until(() -> converter.registry.reads(shared.digest()) == 1);
    Future<Effects> second = threads.submit(() -> converter.handle(observed(APP, "2", other)));
    Await.until(() -> converter.registry.reads(slow.digest()) == 1);
    sharedGate.countDown();
    first.get();
    Await.until(() -> isLinkedByAHold(converter, shared));

    letGoOfAll(converter);
    converter.peer.collectGarbage(soon());
    gate.countDown();
    second.get();

    assertThat(converter.registry.reads(shared.digest())).isEqualTo(1);
    assertThat(converter.announced()).hasSize(2);
  }

  /** A conversion that brings a blob holds its blocks; one that waited for it holds the file. */
  private static boolean isLinkedByAHold(TestConverter converter, Descriptor blob) {
    Set<Cid> files =
        converter.committed.stream()
            .flatMap(r -> r instanceof BlobState state ? Stream.of(state) : Stream.empty())
            .filter(state -> state.digest().equals(blob.digest()))
            .map(BlobState::cid)
            .collect(Collectors.toSet());
    return converter.peer.pinned().entrySet().stream()
        .filter(pin -> pin.getValue().isEmpty())
        .flatMap(pin -> links(converter, pin.getKey()))
        .anyMatch(files::contains);
  }

  private static Stream<Cid> links(TestConverter converter, Cid node) {
    try {
      byte[] block = converter.peer.block(node, Reach.LOCAL, soon()).bytes();
      return PbNode.decode(block).links().stream().map(PbLink::cid);
    } catch (KuboException | MalformedBytesException e) {
      throw new AssertionError(e);
    }
  }

  /** The pins of what was converted are gone, but no block yet. */
  private static void letGoOfAll(TestConverter converter) throws KuboException {
    for (var image : converter.announced()) {
      converter.peer.unpin(image.imageDag().cid(), "longshore:default:", soon());
    }
  }

  private static DelegatingSource collectingAtEachLayer(TestConverter converter) {
    return new DelegatingSource(converter.registry) {
      @Override
      public BlobStream blob(RepositoryName name, Descriptor blob, long offset)
          throws RegistryException {
        collect(converter.peer);
        return super.blob(name, blob, offset);
      }
    };
  }

  /** Collects before and after some of its calls. */
  private static IpfsNode collecting(InMemoryIpfsNode peer, Random random) {
    return (IpfsNode)
        Proxy.newProxyInstance(
            CollectionTest.class.getClassLoader(),
            new Class<?>[] {IpfsNode.class},
            (_, method, arguments) -> {
              if (random.nextInt(4) > 0) {
                collect(peer);
              }
              try {
                return method.invoke(peer, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static void collect(InMemoryIpfsNode peer) {
    try {
      peer.collectGarbage(Deadline.after(Duration.ofMillis(200)));
    } catch (KuboException e) {
      // An import that is open holds it up.
      assertThat(e.fault()).isEqualTo(TIMEOUT);
    }
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(20));
  }
}
