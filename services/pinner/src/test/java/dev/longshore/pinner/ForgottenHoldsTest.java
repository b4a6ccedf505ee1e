package dev.longshore.pinner;

import static dev.longshore.pinner.ForgetBed.awaitGone;
import static dev.longshore.pinner.ForgetBed.bed;
import static dev.longshore.pinner.ForgetBed.bytes;
import static dev.longshore.pinner.ForgetBed.forget;
import static dev.longshore.pinner.ForgetBed.phase;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.PinPhase;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.hold.HoldName;
import dev.longshore.ipfs.hold.HoldNode;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.HeldImport;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.Sha256;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What killed conversions of a forgotten image held at peers that take images in. */
@Timeout(60)
class ForgottenHoldsTest {
  private static final Duration CALL = Duration.ofSeconds(2);
  private static final String LAYER = "a layer with a password";

  @Test
  void theImageIsNotGoneBeforeTheyAre() throws Exception {
    try (KeptBed bed = bed()) {
      Cid dag = bed.image("secret", 3);
      Cid layer = hold(bed, bed.former, "secret", LAYER);
      Cid other = hold(bed, bed.former, "other", "another layer");
      bed.round();
      bed.former.trouble().goDown();
      bed.round();
      forget(bed, "secret");
      bed.rounds(Duration.ofMinutes(2));
      assertThat(phase(bed, dag)).isEqualTo(PinPhase.RELEASING);

      bed.former.trouble().clear();
      bed.rounds(Duration.ofMinutes(5));

      awaitGone(bed, dag);
      assertThat(bed.former.storedBlocks()).doesNotContain(layer).contains(other);
    }
  }

  @Test
  void theyGoFromAPeerThatKeepsCopiesToo() throws Exception {
    try (KeptBed bed = bed()) {
      Cid dag = bed.image("secret", 2);
      List<Cid> layers =
          List.of(
              hold(bed, bed.node("a"), "secret", LAYER),
              hold(bed, bed.node("b"), "secret", LAYER),
              hold(bed, bed.node("c"), "secret", LAYER));
      bed.round();

      forget(bed, "secret");
      bed.round();

      awaitGone(bed, dag);
      for (String peer : List.of("a", "b", "c")) {
        assertThat(bed.node(peer).storedBlocks()).doesNotContainAnyElementsOf(layers);
      }
    }
  }

  /** The conversion was killed before it recorded anything. */
  @Test
  void theyGoThoughNoRecordKnowsTheImage() throws Exception {
    try (KeptBed bed = bed()) {
      Cid layer = hold(bed, bed.ingest, "secret", LAYER);
      bed.rounds(Duration.ofMinutes(2));
      assertThat(bed.ingest.storedBlocks()).contains(layer);

      forget(bed, "secret");
      bed.rounds(Duration.ofMinutes(2));

      assertThat(bed.ingest.pinned()).isEmpty();
      assertThat(bed.ingest.storedBlocks()).doesNotContain(layer);
    }
  }

  /** It had not heard of the decision yet. */
  @Test
  void theyGoThoughTheConversionHeldThemAfterTheImageWasGone() throws Exception {
    try (KeptBed bed = bed()) {
      Cid dag = bed.image("secret", 3);
      forget(bed, "secret");
      bed.round();
      awaitGone(bed, dag);

      Cid layer = hold(bed, bed.ingest, "secret", LAYER);
      bed.rounds(Duration.ofMinutes(2));

      assertThat(bed.ingest.storedBlocks()).doesNotContain(layer);
    }
  }

  /** Else nobody would know that there is something to collect. */
  @Test
  void theirBlocksGoThoughTheCollectionBreaksOff() throws Exception {
    try (KeptBed bed = bed()) {
      bed.asked.put("ingest", failing(bed.ingest, "collectGarbage"));
      bed.restart("a", "b", "c");
      Cid layer = hold(bed, bed.ingest, "secret", LAYER);
      forget(bed, "secret");
      bed.rounds(Duration.ofMinutes(2));
      assertThat(bed.ingest.storedBlocks()).contains(layer);

      bed.asked.put("ingest", bed.ingest);
      bed.restart("a", "b", "c");
      Eventually.await(
          "its blocks are gone",
          () -> {
            bed.round();
            return !bed.ingest.storedBlocks().contains(layer);
          });
      assertThat(bed.ingest.pinned()).isEmpty();
    }
  }

  @Test
  void thoseOfAnotherInstallationStay() throws Exception {
    try (KeptBed bed = bed()) {
      Cid layer = hold("longshore:other:", bed, bed.ingest, "secret", LAYER);
      forget(bed, "secret");
      bed.rounds(Duration.ofMinutes(2));

      assertThat(bed.ingest.storedBlocks()).contains(layer);
    }
  }

  private static IpfsNode failing(InMemoryIpfsNode node, String call) {
    return KeptBed.behind(
        (_, method, arguments) -> {
          if (method.getName().equals(call)) {
            node.trouble().failNext(1, Fault.FAILED);
          }
          return method.invoke(node, arguments);
        });
  }

  private static Cid hold(KeptBed bed, InMemoryIpfsNode node, String image, String layer)
      throws Exception {
    return hold(PinBed.OURS, bed, node, image, layer);
  }

  private static Cid hold(
      String prefix, KeptBed bed, InMemoryIpfsNode node, String image, String layer)
      throws Exception {
    byte[] content = bytes(layer);
    Cid leaf = Cid.raw(HexFormat.of().parseHex(Digest.of(content).hex()));
    HoldName name =
        HoldName.of(
            prefix,
            bed.clock.instant().plus(Duration.ofDays(1)),
            "5c-1",
            Digest.stored(Sha256.digest(bytes(image))));
    Block holder = HoldNode.of(name.text(), List.of(leaf));
    try (HeldImport held = node.importHeld(KeptBed.soon(), CALL)) {
      held.put(leaf, content, 0, content.length);
      held.hold(holder);
    }
    return leaf;
  }
}
