package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.observed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.BlobState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.LocalCheck;
import dev.longshore.model.Cid;
import dev.longshore.model.PeerName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.testing.Fault;
import dev.longshore.runtime.kafka.step.Effects;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of the records of blobs whose content the ingest peer collected. */
@Timeout(60)
class EndedBlobsTest {
  private static final Duration LOOK = Duration.ofMillis(20);

  private final TestConverter converter = new TestConverter();
  private final Uploads uploads = new Uploads(converter.registry, APP);
  private final Descriptor shared = uploads.layer(1, 700_000);
  private final Set<String> nudged = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private EndedBlobs ended = converter.endedBlobs(this::step, LOOK);

  @AfterEach
  void stop() throws Exception {
    ended.stop(Duration.ofSeconds(5));
    threads.shutdownNow();
  }

  @Test
  void aLayerThatIsPushedAgainAfterItWasCollectedIsReadAgainThoughItsRecordIsLeft()
      throws Exception {
    Descriptor first = uploads.image(shared);
    converter.handle(observed(APP, "1", first));
    release();
    assertThat(record(shared)).isPresent();

    converter.handle(observed(APP, "2", uploads.image(shared, uploads.layer(2, 9))));

    assertThat(converter.registry.reads(shared.digest())).isEqualTo(2);
    assertLastIsWhole();
  }

  @Test
  void theRecordOfABlobThatIsGoneEndsAndItsLayerIsReadAgain() throws Exception {
    converter.handle(observed(APP, "1", uploads.image(shared)));
    release();
    ended.start();
    Await.until(() -> record(shared).isEmpty());

    converter.handle(observed(APP, "2", uploads.image(shared, uploads.layer(2, 9))));

    assertThat(converter.registry.reads(shared.digest())).isEqualTo(2);
    assertThat(record(shared)).isPresent();
    assertLastIsWhole();
  }

  @Test
  void theRecordOfABlobThatIsThereStays() throws Exception {
    Descriptor other = uploads.layer(2, 500_000);
    converter.handle(observed(APP, "1", uploads.image(shared, other)));
    converter.handle(observed(APP, "2", uploads.image(shared)));
    converter.peer.unpin(converter.announced().getFirst().imageDag().cid(), "longshore:", soon());
    converter.peer.collectGarbage(soon());
    ended.start();

    Await.until(() -> record(other).isEmpty());
    assertThat(record(shared)).isPresent();
    assertThat(nudged).doesNotContain(key(shared));
  }

  @Test
  void theRecordOfABlobOnAnotherIngestPeerStays() throws Exception {
    Descriptor other = uploads.layer(2, 500_000);
    converter.handle(observed(APP, "1", uploads.image(shared, other)));
    BlobState here = record(shared).orElseThrow();
    converter.commit(
        new BlobState(
            here.digest(),
            here.transform(),
            here.cid(),
            here.size(),
            here.dagSize(),
            here.blocks(),
            new PeerName("elsewhere"),
            here.storedAt()));
    release();
    ended.start();

    Await.until(() -> record(other).isEmpty());
    assertThat(record(shared)).isPresent();
  }

  @Test
  void nothingEndsWhileThePeerDoesNotAnswer() throws Exception {
    converter.handle(observed(APP, "1", uploads.image(shared)));
    release();
    var calls = new AtomicInteger();
    converter.writeTo(counting(calls));
    ended = converter.endedBlobs(this::step, LOOK);
    converter.peer.trouble().goDown();
    ended.start();
    Await.until(() -> calls.get() > 2);
    assertThat(nudged).isEmpty();

    converter.peer.trouble().clear();
    Await.until(() -> record(shared).isEmpty());
  }

  /** The step was asked for before the conversion brought it. */
  @Test
  void aBlobThatAConversionBringsMeanwhileKeepsItsRecord() throws Exception {
    converter.handle(observed(APP, "1", uploads.image(shared)));
    release();
    var gate = new CountDownLatch(1);
    converter.registry.faults().next(shared.digest().toString(), new Fault.Held(gate));
    Descriptor second = uploads.image(shared, uploads.layer(2, 9));
    Future<Effects> conversion = threads.submit(() -> converter.handle(observed(APP, "2", second)));
    Await.until(() -> converter.registry.reads(shared.digest()) == 2);
    later = true;
    ended.start();
    Await.until(() -> nudged.contains(key(shared)));

    gate.countDown();
    conversion.get();
    later = false;
    step(key(shared));

    assertThat(record(shared)).isPresent();
    assertLastIsWhole();
  }

  /** Whether the step is asked for, and does not come to it yet. */
  private volatile boolean later;

  private boolean step(String key) {
    nudged.add(key);
    if (!later) {
      try {
        converter.handle(key, null);
      } catch (Exception e) { // as the asker may not throw what a step may
        throw new IllegalStateException(e);
      }
    }
    return true;
  }

  private IpfsNode counting(AtomicInteger calls) {
    return (IpfsNode)
        Proxy.newProxyInstance(
            EndedBlobsTest.class.getClassLoader(),
            new Class<?>[] {IpfsNode.class},
            (_, method, arguments) -> {
              if (method.getName().equals("holds")) {
                calls.incrementAndGet();
              }
              try {
                return method.invoke(converter.peer, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** Its pins go, and then its blocks. */
  private void release() throws Exception {
    for (var image : converter.announced()) {
      converter.peer.unpin(image.imageDag().cid(), "longshore:", soon());
    }
    converter.peer.collectGarbage(soon());
  }

  private void assertLastIsWhole() throws Exception {
    Cid dag = converter.announced().getLast().imageDag().cid();
    converter.peer.collectGarbage(soon());
    assertThat(converter.peer.verifyLocal(dag, LocalCheck.REHASH, soon()).blocks()).isPositive();
  }

  private static String key(Descriptor layer) {
    return BlobState.key(layer.digest(), BlobState.NONE);
  }

  private Optional<BlobState> record(Descriptor layer) {
    return converter.catalog.conversions().blob(layer.digest(), BlobState.NONE);
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(20));
  }
}
