package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.converter.IngestBed.Converter;
import dev.longshore.events.Converted;
import dev.longshore.events.Failed;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.SwarmPrivacy;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.testing.RandomImage;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which of several ingest peers an image is written to, and what happens when one fails. */
@Timeout(60)
class SeveralIngestPeersTest {
  private static final PeerName A = new PeerName("a");
  private static final PeerName B = new PeerName("b");

  private final IngestBed bed = new IngestBed("a", "b");
  private final InMemoryIpfsNode a = bed.node("a");
  private final InMemoryIpfsNode b = bed.node("b");
  private final Uploads uploads = new Uploads(bed.registry, APP);

  @AfterEach
  void stop() {
    bed.close();
  }

  @Test
  void imagesAtTheSameTimeGoToDifferentPeers() throws Exception {
    Descriptor slow = uploads.layer(1, 700_000);
    var gate = new CountDownLatch(1);
    bed.registry
        .faults()
        .next(slow.digest().toString(), new dev.longshore.oci.testing.Fault.Held(gate));
    bed.start();
    Descriptor first = uploads.image(slow);
    bed.send(APP, "1", first);
    Await.until(() -> bed.registry.reads(slow.digest()) == 1);
    Descriptor second = uploads.image(uploads.layer(2, 600_000));
    bed.send(APP, "2", second);

    Converted there = bed.awaitConverted(second);
    gate.countDown();
    Converted here = bed.awaitConverted(first);

    assertThat(List.of(here.ingestPeer(), there.ingestPeer())).containsExactly(A, B);
    bed.requireWhole(here);
    bed.requireWhole(there);
  }

  @Test
  void anImageGoesWhereItsBaseLayerIs() throws Exception {
    Descriptor base = uploads.layer(1, 900_000);
    bed.start();
    a.trouble().goDown();
    assertThat(bed.awaitConverted(sent("1", base)).ingestPeer()).isEqualTo(B);
    a.trouble().clear();
    bed.alarms.advance(Duration.ofMinutes(2));
    assertThat(bed.awaitConverted(sent("2", uploads.layer(2, 800_000))).ingestPeer()).isEqualTo(A);

    Converted second = bed.awaitConverted(sent("3", base, uploads.layer(3, 300_000)));

    assertThat(second.ingestPeer()).isEqualTo(B);
    assertThat(bed.registry.reads(base.digest())).isEqualTo(1);
    bed.requireWhole(second);
  }

  /** What it brought itself it knows; after a restart it knows what is recorded. */
  @Test
  void anImageGoesWhereItsBaseLayerIsAfterARestart() throws Exception {
    Descriptor base = uploads.layer(1, 900_000);
    Converter first = bed.start();
    a.trouble().goDown();
    bed.awaitConverted(sent("1", base));
    first.kill();
    a.trouble().clear();
    bed.start();

    assertThat(bed.awaitConverted(sent("2", base, uploads.layer(2, 300_000))).ingestPeer())
        .isEqualTo(B);
    assertThat(bed.registry.reads(base.digest())).isEqualTo(1);
  }

  @Test
  void anImageGoesElsewhereWhereItsBaseLayerIsBusy() throws Exception {
    Descriptor base = uploads.layer(1, 300_000);
    Descriptor slow = uploads.layer(2, 2_000_000);
    bed.start();
    assertThat(bed.awaitConverted(sent("1", base)).ingestPeer()).isEqualTo(A);
    var gate = new CountDownLatch(1);
    bed.registry
        .faults()
        .next(slow.digest().toString(), new dev.longshore.oci.testing.Fault.Held(gate));
    Descriptor large = sent("2", base, slow);
    Await.until(() -> bed.registry.reads(slow.digest()) == 1);

    Converted elsewhere = bed.awaitConverted(sent("3", base, uploads.layer(3, 400_000)));
    gate.countDown();

    assertThat(elsewhere.ingestPeer()).isEqualTo(B);
    bed.requireWhole(elsewhere);
    bed.requireWhole(bed.awaitConverted(large));
  }

  @Test
  void anImageGoesWhereThereIsRoomThoughItsBaseLayerIsElsewhere() throws Exception {
    Descriptor base = uploads.layer(1, 900_000);
    bed.start();
    assertThat(bed.awaitConverted(sent("1", base)).ingestPeer()).isEqualTo(A);
    a.trouble().setStorageMax(1_200_000);
    bed.clock.advance(Intake.BELIEVED);

    Converted second = bed.awaitConverted(sent("2", base, uploads.layer(2, 300_000)));

    assertThat(second.ingestPeer()).isEqualTo(B);
    bed.requireWhole(second);
  }

  /** A peer beyond its own limit takes images all the same, as if it were the only one. */
  @Test
  void ifNoneHasRoomAnImageGoesWhereMostIsLeft() throws Exception {
    bed.start();
    a.trouble().setStorageMax(100_000);
    b.trouble().setStorageMax(200_000);

    Converted image = bed.awaitConverted(sent("1", uploads.layer(1, 700_000)));

    assertThat(image.ingestPeer()).isEqualTo(B);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"UNREACHABLE", "TIMEOUT", "UNAUTHORIZED", "FULL", "FAILED", "GARBLED", "REFUSED"})
  void aPeerThatFailsIsPassedOverAndGetsImagesAgainLater(Fault fault) throws Exception {
    Converter converter = bed.start();
    a.trouble().failWith(fault);

    Converted first = bed.awaitConverted(sent("1", uploads.layer(1, 700_000)));

    assertThat(first.ingestPeer()).isEqualTo(B);
    assertThat(converter.endpoints().trouble("kubo a ingest"))
        .hasValueSatisfying(cause -> assertThat(cause).contains("node a: "));
    assertThat(bed.bus.records(Topic.RETRY)).isEmpty();
    assertThat(bed.failed()).isEmpty();
    a.trouble().clear();
    bed.alarms.advance(Duration.ofMinutes(15));
    assertThat(bed.awaitConverted(sent("2", uploads.layer(2, 700_000))).ingestPeer()).isEqualTo(A);
    assertThat(converter.endpoints().isOpen("kubo a ingest")).isTrue();
  }

  @Test
  void aPeerThatStrangersCanReachIsPassedOver() throws Exception {
    Converter converter = bed.start();
    a.setPrivacy(new SwarmPrivacy.Public(List.of("Routing.Type is auto: set none")));

    assertThat(bed.awaitConverted(sent("1", uploads.layer(1, 700_000))).ingestPeer()).isEqualTo(B);
    assertThat(a.storedBlocks()).isEmpty();
    assertThat(converter.endpoints().trouble("kubo a ingest")).isPresent();
  }

  /** What of it the first peer holds for the next try goes, once the peer is back. */
  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"UNREACHABLE", "FULL", "FAILED", "REFUSED"})
  void aPeerThatFailsInTheMiddleLosesTheImageToAnother(Fault fault) throws Exception {
    Descriptor large = uploads.layer(1, 1_400_000);
    Descriptor last = uploads.layer(2, 1_200_000);
    Converter converter =
        bed.start(
            before(
                last,
                () -> {
                  Await.until(() -> !a.pinned().isEmpty());
                  a.trouble().failWith(fault);
                }));

    Converted image = bed.awaitConverted(sent("1", large, last));

    assertThat(image.ingestPeer()).isEqualTo(B);
    bed.requireWhole(image);
    assertThat(bed.converted()).hasSize(1);
    assertThat(bed.failed()).isEmpty();
    if (fault == Fault.FULL) {
      assertThat(converter.endpoints().nextTry("kubo a ingest"))
          .as("each try fills its disk once more")
          .isAfter(bed.clock.instant().plus(Duration.ofMinutes(5)));
    }
    a.trouble().clear();
    bed.awaitNoHolds(converter, "a");
    bed.awaitNoHolds(converter, "b");
  }

  @Test
  void ifNoneIsLeftImagesWaitAndItIsSaidForWhich() throws Exception {
    Converter converter = bed.start();
    a.trouble().goDown();
    b.trouble().limitStorage(1000);

    Descriptor image = sent("1", uploads.layer(1, 700_000));
    Await.until(() -> !converter.catalog().failures().newest(1).isEmpty());

    assertThat(converter.catalog().failures().newest(1).getFirst().endpoint())
        .isEqualTo(Intakes.ANY);
    assertThat(converter.endpoints().trouble(Intakes.ANY))
        .hasValueSatisfying(
            cause ->
                assertThat(cause)
                    .startsWith("none of the ingest peers takes in images: kubo a ingest: ")
                    .contains("cannot be reached")
                    .contains("; kubo b ingest: ")
                    .contains("no space left"));
    Descriptor another = sent("2", uploads.layer(2, 1000));
    Await.until(() -> converter.catalog().failures().newest(3).size() == 2);
    assertThat(bed.failed()).isEmpty();
    b.trouble().clear();
    bed.alarms.advance(Duration.ofMinutes(2));

    assertThat(bed.awaitConverted(image).ingestPeer()).isEqualTo(B);
    assertThat(bed.awaitConverted(another).ingestPeer()).isEqualTo(B);
    assertThat(converter.endpoints().isOpen(Intakes.ANY)).isTrue();
  }

  /** Their answers about themselves are right: only what is written is refused. */
  @Test
  void anImageThatAllRefuseIsADeadLetter() throws Exception {
    Descriptor layer = uploads.layer(1, 700_000);
    bed.start(
        before(
            layer,
            () -> {
              a.trouble().failWith(Fault.REFUSED);
              b.trouble().failWith(Fault.REFUSED);
            }));

    sent("1", layer);
    Await.until(() -> !bed.failed().isEmpty());

    assertThat(bed.failed()).singleElement().returns("PEER_REFUSED", Failed::reason);
  }

  /** The other one may take it, and the others go where they can meanwhile. */
  @Test
  void anImageThatOneRefusesWaitsForTheOtherAloneWhileThatIsAway() throws Exception {
    Descriptor layer = uploads.layer(1, 700_000);
    Converter converter = bed.start(before(layer, () -> a.trouble().failWith(Fault.REFUSED)));
    b.trouble().goDown();
    Descriptor refused = sent("1", layer);
    Await.until(() -> !converter.catalog().failures().newest(1).isEmpty());
    a.trouble().clear();

    assertThat(converter.catalog().failures().newest(1).getFirst().endpoint())
        .isEqualTo("kubo b ingest");
    assertThat(converter.endpoints().isOpen(Intakes.ANY)).isTrue();
    assertThat(bed.awaitConverted(sent("2", uploads.layer(2, 9))).ingestPeer()).isEqualTo(A);
    assertThat(bed.failed()).isEmpty();
    a.trouble().failWith(Fault.REFUSED);
    b.trouble().clear();
    bed.alarms.advance(Duration.ofMinutes(2));
    assertThat(bed.awaitConverted(refused).ingestPeer()).isEqualTo(B);
  }

  @Test
  void aRegistryThatFailsSaysNothingOfThePeers() throws Exception {
    Descriptor layer = uploads.layer(1, 700_000);
    bed.registry
        .faults()
        .next(layer.digest().toString(), new dev.longshore.oci.testing.Fault.Status(503));
    Converter converter = bed.start();

    Descriptor image = sent("1", layer);
    Await.until(() -> !converter.catalog().failures().newest(1).isEmpty());
    bed.alarms.advance(Duration.ofMinutes(10));

    assertThat(bed.awaitConverted(image).ingestPeer()).isEqualTo(A);
    assertThat(b.storedBlocks()).isEmpty();
    assertThat(converter.endpoints().trouble("kubo a ingest")).isEmpty();
  }

  /** It may hang, or collect garbage for very long. */
  @Test
  void noImageWaitsForLongUntilAPeerTakesWhatIsImported() throws Exception {
    Queue<Duration> waits = new ConcurrentLinkedQueue<>();
    bed.asked.replaceAll(
        (_, node) ->
            (IpfsNode)
                Proxy.newProxyInstance(
                    IpfsNode.class.getClassLoader(),
                    new Class<?>[] {IpfsNode.class},
                    (_, method, arguments) -> {
                      if (method.getName().equals("importHeld")) {
                        waits.add(((Deadline) arguments[0]).remaining());
                      }
                      return method.invoke(node, arguments);
                    }));
    bed.start();

    bed.awaitConverted(sent("1", uploads.layer(1, 700_000)));

    assertThat(waits).isNotEmpty().allMatch(wait -> wait.compareTo(Duration.ofMinutes(5)) < 0);
  }

  @Test
  void afterAKillInTheMiddleTheImageIsWholeElsewhereAndNothingIsHeldAtTheFirst() throws Exception {
    Descriptor large = uploads.layer(1, 1_400_000);
    Descriptor last = uploads.layer(2, 1_200_000);
    var reached = new CountDownLatch(1);
    var never = new CountDownLatch(1);
    Converter killed =
        bed.start(
            before(
                last,
                () -> {
                  Await.until(() -> !a.pinned().isEmpty());
                  reached.countDown();
                  waitFor(never);
                }));
    Descriptor image = sent("1", large, last);
    reached.await();
    killed.kill();
    assertThat(bed.converted()).isEmpty();
    a.trouble().goDown();

    Converter next = bed.start();
    Converted converted = bed.awaitConverted(image);

    assertThat(converted.ingestPeer()).isEqualTo(B);
    bed.requireWhole(converted);
    assertThat(bed.converted()).hasSize(1);
    a.trouble().clear();
    bed.alarms.advance(Duration.ofDays(2));
    bed.awaitNoHolds(next, "a");
    assertThat(a.pinned()).isEmpty();
  }

  /** Whichever peer an image goes to, and whatever fails on the way. */
  @Test
  void theCidOfAnImageDoesNotDependOnThePeer() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Map<Descriptor, ImageDag> expected = new HashMap<>();
    var alone = new TestConverter();
    for (int i = 0; i < 6; i++) {
      RandomImage image = RandomImage.of(random.nextLong());
      Descriptor top = bed.registry.push(APP, "v" + i, image);
      expected.put(top, alone.convert(image).imageDag());
    }
    bed.start();
    for (Descriptor top : expected.keySet()) {
      InMemoryIpfsNode some = random.nextBoolean() ? a : b;
      some.trouble().failNext(1 + random.nextInt(20), Fault.FAILED);
      bed.send(APP, null, top);
    }
    for (Map.Entry<Descriptor, ImageDag> image : expected.entrySet()) {
      Await.until(
          () -> {
            bed.alarms.advance(Duration.ofSeconds(1));
            return bed.converted().stream()
                .anyMatch(one -> one.digest().equals(image.getKey().digest()));
          });
      assertThat(bed.awaitConverted(image.getKey()).imageDag())
          .as("seed %d", seed)
          .isEqualTo(image.getValue());
    }
    assertThat(bed.failed()).as("seed %d", seed).isEmpty();
    a.trouble().clear();
    b.trouble().clear();
    for (Converted image : bed.converted()) {
      bed.requireWhole(image);
    }
  }

  private Descriptor sent(String tag, Descriptor... layers) {
    Descriptor image = uploads.image(layers);
    bed.send(APP, tag, image);
    return image;
  }

  /** Something happens before the first byte of a blob comes. */
  private ImageSource before(Descriptor blob, Runnable first) {
    AtomicBoolean isFirst = new AtomicBoolean(true);
    return new DelegatingSource(bed.registry) {
      @Override
      public BlobStream blob(RepositoryName name, Descriptor asked, long offset)
          throws RegistryException {
        if (asked.digest().equals(blob.digest()) && isFirst.getAndSet(false)) {
          first.run();
        }
        return super.blob(name, asked, offset);
      }
    };
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
