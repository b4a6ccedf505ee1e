package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.converter.IngestBed.Converter;
import dev.longshore.events.BlobState;
import dev.longshore.events.Converted;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Images that are known already, where several peers take images in. */
@Timeout(60)
class KnownImagesOfSeveralPeersTest {
  private static final PeerName A = new PeerName("a");
  private static final PeerName B = new PeerName("b");
  private static final RepositoryName OTHER = RepositoryName.canonical("localhost:5055/other");

  private final IngestBed bed = new IngestBed("a", "b");
  private final InMemoryIpfsNode a = bed.node("a");
  private final InMemoryIpfsNode b = bed.node("b");
  private final Uploads uploads = new Uploads(bed.registry, APP);

  @AfterEach
  void stop() {
    bed.close();
  }

  /** Copies do not stand yet, so that only the peer has it. */
  @Test
  void aKnownImageIsNotReadAgainThoughAnotherPeerWouldGetItNow() throws Exception {
    Descriptor layer = uploads.layer(1, 700_000);
    bed.start();
    a.trouble().goDown();
    Descriptor image = sent("1", layer);
    bed.awaitConverted(image);
    a.trouble().clear();
    bed.alarms.advance(Duration.ofMinutes(2));

    bed.send(APP, "2", image);
    Await.until(() -> bed.converted().size() == 2);

    assertThat(bed.converted()).extracting(Converted::ingestPeer).containsExactly(B, B);
    assertThat(bed.registry.reads(layer.digest())).isEqualTo(1);
  }

  /** It takes no more in, but says what it has. */
  @Test
  void aKnownImageOfAFullPeerIsNotReadAgain() throws Exception {
    Descriptor layer = uploads.layer(1, 700_000);
    Converter converter = bed.start();
    Descriptor image = sent("1", layer);
    assertThat(bed.awaitConverted(image).ingestPeer()).isEqualTo(A);
    a.trouble().limitStorage(1000);
    assertThat(bed.awaitConverted(sent("2", uploads.layer(2, 700_000))).ingestPeer()).isEqualTo(B);
    assertThat(converter.endpoints().isOpen("kubo a ingest")).isFalse();

    bed.send(APP, "3", image);
    Await.until(() -> bed.converted().size() == 3);

    assertThat(bed.converted().getLast().ingestPeer()).isEqualTo(A);
    assertThat(bed.registry.reads(layer.digest())).isEqualTo(1);
  }

  @Test
  void aKnownImageWaitsWhileNoneOfThePeersAnswers() throws Exception {
    Descriptor layer = uploads.layer(1, 700_000);
    Converter converter = bed.start();
    Descriptor image = sent("1", layer);
    bed.awaitConverted(image);
    a.trouble().goDown();
    b.trouble().goDown();
    bed.send(APP, "2", image);
    Await.until(() -> !converter.catalog().failures().newest(1).isEmpty());
    assertThat(converter.endpoints().trouble(Intakes.ANY)).isPresent();

    a.trouble().clear();
    b.trouble().clear();
    bed.alarms.advance(Duration.ofMinutes(2));

    Await.until(() -> bed.converted().size() == 2);
    assertThat(bed.converted().getLast().ingestPeer()).isEqualTo(A);
    assertThat(bed.registry.reads(layer.digest())).isEqualTo(1);
  }

  @Test
  void aKnownImageWhosePeerIsAwayBeforeItsCopiesStandIsMadeAnewElsewhere() throws Exception {
    bed.start();
    Descriptor image = sent("1", uploads.layer(1, 700_000));
    Converted first = bed.awaitConverted(image);
    assertThat(first.ingestPeer()).isEqualTo(A);
    a.trouble().goDown();

    bed.send(APP, "2", image);
    Await.until(() -> bed.converted().size() == 2);

    Converted second = bed.converted().getLast();
    assertThat(second.ingestPeer()).isEqualTo(B);
    assertThat(second.imageDag()).isEqualTo(first.imageDag());
    bed.requireWhole(second);
  }

  /** Each image that reuses a layer would change its record otherwise, and back. */
  @Test
  void theRecordOfALayerThatTwoPeersHaveStays() throws Exception {
    Descriptor base = uploads.layer(1, 300_000);
    bed.start();
    bed.awaitConverted(sent("1", base));
    a.trouble().goDown();
    assertThat(bed.awaitConverted(sent("2", base, uploads.layer(2, 9))).ingestPeer()).isEqualTo(B);

    assertThat(bed.bus.read(Topic.BLOBS, BlobState.class))
        .filteredOn(blob -> blob.digest().equals(base.digest()))
        .singleElement()
        .returns(A, BlobState::ingestPeer);
  }

  @Test
  void theRecordOfALayerStaysUntilNoPeerHasIt() throws Exception {
    Descriptor base = uploads.layer(1, 700_000);
    Descriptor own = uploads.layer(2, 600_000);
    Converter converter = bed.start();
    Converted first = bed.awaitConverted(sent("1", base, own));
    a.trouble().goDown();
    Converted second = bed.awaitConverted(sent("2", base));
    a.trouble().clear();
    release(a, first);
    EndedBlobs ended =
        converter
            .service()
            .endedBlobs(key -> converter.host().nudge(Topic.OBSERVED, key), Duration.ofMillis(20));
    ended.start();
    try {
      Await.until(() -> !isRecorded(converter, own));
      assertThat(isRecorded(converter, base)).isTrue();
      release(b, second);
      Await.until(() -> !isRecorded(converter, base));
    } finally {
      ended.stop(Duration.ofSeconds(5));
    }
  }

  @Test
  void twoConvertersWithTheSameListAgree() throws Exception {
    Descriptor base = uploads.layer(1, 300_000);
    Uploads others = new Uploads(bed.registry, OTHER);
    bed.start();
    bed.start();
    List<Descriptor> images = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Descriptor own = uploads.layer(100 + i, 300_000);
      images.add(sent("v" + i, base, own));
      others.layer(1, 300_000);
      others.layer(100 + i, 300_000);
      bed.send(OTHER, "v" + i, others.image(base, own));
    }
    images.forEach(bed::awaitConverted);
    Await.until(() -> bed.converted().size() >= 16);

    Map<Digest, ImageDag> dags = new HashMap<>();
    for (Converted image : bed.converted()) {
      assertThat(dags.computeIfAbsent(image.digest(), _ -> image.imageDag()))
          .isEqualTo(image.imageDag());
      bed.requireWhole(image);
    }
  }

  private static boolean isRecorded(Converter converter, Descriptor layer) {
    return converter.catalog().conversions().blob(layer.digest(), BlobState.NONE).isPresent();
  }

  private static void release(InMemoryIpfsNode node, Converted image) throws Exception {
    Deadline soon = Deadline.after(Duration.ofSeconds(20));
    assertThat(node.unpin(image.imageDag().cid(), "longshore:", soon)).isTrue();
    var _ = node.collectGarbage(soon);
  }

  private Descriptor sent(String tag, Descriptor... layers) {
    Descriptor image = uploads.image(layers);
    bed.send(APP, tag, image);
    return image;
  }
}
