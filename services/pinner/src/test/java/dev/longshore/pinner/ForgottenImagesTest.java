package dev.longshore.pinner;

import static dev.longshore.pinner.ForgetBed.awaitGone;
import static dev.longshore.pinner.ForgetBed.bed;
import static dev.longshore.pinner.ForgetBed.bytes;
import static dev.longshore.pinner.ForgetBed.copy;
import static dev.longshore.pinner.ForgetBed.forget;
import static dev.longshore.pinner.ForgetBed.isGone;
import static dev.longshore.pinner.ForgetBed.phase;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.CopyPhase;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinPhase;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.Sha256;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of the copies of an image that was forgotten. */
@Timeout(60)
class ForgottenImagesTest {
  private static final Duration CALL = Duration.ofSeconds(2);

  @Test
  void itIsTakenOffEveryPeerWithItsBlocks() throws Exception {
    try (KeptBed bed = bed()) {
      Cid dag = bed.image("secret", 2);
      Cid other = bed.image("other", 2);
      bed.round();

      forget(bed, "secret");
      bed.round();

      awaitGone(bed, dag);
      assertThat(bed.pin(other).verified()).isEqualTo(2);
      assertThat(bed.catalog.totals().pinsShort()).isZero();
    }
  }

  /** As a signature whose record comes when its image is gone already. */
  @Test
  void whatRefersToItGoesWithIt() throws Exception {
    try (KeptBed bed = bed()) {
      Cid dag = bed.image("secret", 2);
      Cid signature = bed.image("signature", 2);
      bed.round();
      forget(bed, "secret");
      bed.round();
      awaitGone(bed, dag);
      assertThat(bed.pin(signature).verified()).isEqualTo(2);

      ImageState image =
          bed.catalog.conversions().firstByDag(new ImageDag(signature)).orElseThrow();
      bed.learn(Topic.IMAGES, image.boundTo(Digest.stored(Sha256.digest(bytes("secret")))));
      bed.round();

      awaitGone(bed, signature);
    }
  }

  @Test
  void itIsTakenOffAPeerThatTookItInBeforeAnother() throws Exception {
    try (KeptBed bed = bed()) {
      Cid dag = bed.image("secret", 2);
      bed.former.importCar(sink -> UnixFsFileBuilder.build(bytes("secret"), sink), KeptBed.soon());
      bed.former.pin(dag, PinBed.OURS + "test", CALL, KeptBed.soon(), PinProgress.NONE);
      bed.round();
      bed.former.trouble().goDown();
      bed.round();

      forget(bed, "secret");
      bed.rounds(Duration.ofMinutes(1));
      Eventually.await(
          "gone from the peers that answer",
          () ->
              Stream.of("a", "b", "c").allMatch(peer -> isGone(bed, peer, dag))
                  && phase(bed, dag) == PinPhase.RELEASING);

      bed.former.trouble().clear();
      bed.rounds(Duration.ofMinutes(3));
      awaitGone(bed, dag);
      assertThat(bed.former.storedBlocks()).doesNotContain(dag);
    }
  }

  /** A conversion that was under way ended there, at another ingest peer than before. */
  @Test
  void aPinOnAPeerThatOnlyTakesImagesInGoesThoughTheImageIsGone() throws Exception {
    try (KeptBed bed = bed()) {
      Cid dag = bed.image("secret", 3);
      bed.round();
      forget(bed, "secret");
      bed.rounds(Duration.ofMinutes(1));
      awaitGone(bed, dag);

      bed.former.importCar(sink -> UnixFsFileBuilder.build(bytes("secret"), sink), KeptBed.soon());
      bed.former.pin(dag, PinBed.OURS + "test", CALL, KeptBed.soon(), PinProgress.NONE);
      bed.rounds(Duration.ofMinutes(2));

      Eventually.await("it goes", () -> bed.former.pinned().isEmpty());
      awaitGone(bed, dag);
      assertThat(bed.former.storedBlocks()).doesNotContain(dag);
    }
  }

  @Test
  void aPeerThatFailsAfterItWasFoundGoneIsAskedAgain() throws Exception {
    try (KeptBed bed = bed()) {
      AtomicBoolean fails = new AtomicBoolean();
      bed.before(
          "unpin",
          "a",
          () -> {
            if (fails.get()) {
              bed.node("a").trouble().failNext(1, Fault.UNREACHABLE);
            }
          });
      Cid dag = bed.image("secret", 3);
      bed.takenIn(dag, 3, "a");
      bed.former.trouble().goDown();
      bed.round();
      forget(bed, "secret");
      bed.rounds(Duration.ofMinutes(1));
      Eventually.await("gone from a", () -> copy(bed, dag, "a").state() == CopyPhase.GONE);
      assertThat(phase(bed, dag)).isEqualTo(PinPhase.RELEASING);

      fails.set(true);
      bed.rounds(Duration.ofMinutes(1));
      Eventually.await("the reason", () -> copy(bed, dag, "a").error() != null);
      assertThat(copy(bed, dag, "a").state()).isEqualTo(CopyPhase.RELEASING);

      fails.set(false);
      bed.former.trouble().clear();
      bed.rounds(Duration.ofMinutes(3));
      awaitGone(bed, dag);
    }
  }

  @Test
  void thatItGoesIsRecordedBeforeAnyPinDoes() throws Exception {
    try (KeptBed bed = bed()) {
      Cid dag = bed.image("secret", 3);
      List<CopyPhase> recorded = new CopyOnWriteArrayList<>();
      bed.before("unpin", "a", () -> recorded.add(copy(bed, dag, "a").state()));
      bed.round();

      forget(bed, "secret");
      bed.rounds(Duration.ofMinutes(1));

      awaitGone(bed, dag);
      assertThat(recorded).isNotEmpty().allMatch(CopyPhase.RELEASING::equals);
    }
  }

  @Test
  void aRecordTooOldToTakeAPinOffIsWrittenAnew() throws Exception {
    try (KeptBed bed = bed()) {
      Cid dag = bed.image("secret", 3);
      List<Duration> ages = new CopyOnWriteArrayList<>();
      for (String peer : List.of("a", "b", "c")) {
        bed.before(
            "unpin",
            peer,
            () -> {
              ages.add(Duration.between(copy(bed, dag, peer).changedAt(), bed.clock.instant()));
              bed.clock.advance(Duration.ofSeconds(7)); // as a slow peer takes
            });
      }
      bed.round();

      forget(bed, "secret");
      bed.round();

      awaitGone(bed, dag);
      assertThat(ages).hasSizeGreaterThanOrEqualTo(3).allMatch(a -> a.compareTo(Release.FRESH) < 0);
    }
  }

  @Test
  void noGarbageIsCollectedThatAWantedImageIsMendedFrom() throws Exception {
    try (KeptBed bed = bed()) {
      Cid dag = bed.image("secret", 3);
      Cid other = bed.image("other", 3);
      for (String peer : List.of("a", "b", "c")) {
        // Their blocks stay, and are the last: the ingest peer has none.
        bed.before("unpin", peer, () -> unpinEverywhere(bed, other));
      }
      bed.round();

      forget(bed, "secret");
      bed.rounds(Duration.ofMinutes(5));

      bed.awaitCopies(other, "a", "b", "c");
      bed.rounds(Duration.ofMinutes(11));
      awaitGone(bed, dag);
      bed.awaitCopies(other, "a", "b", "c");
    }
  }

  private final AtomicBoolean unpinned = new AtomicBoolean();

  private void unpinEverywhere(KeptBed bed, Cid dag) {
    if (unpinned.getAndSet(true)) {
      return;
    }
    for (String peer : List.of("a", "b", "c")) {
      try {
        bed.node(peer).unpin(dag, PinBed.OURS, KeptBed.soon());
      } catch (KuboException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void anImageThatBecomesKnownAfterItWasForgottenGoes() throws Exception {
    try (KeptBed bed = bed()) {
      bed.knowsImages = false;
      Cid dag = bed.image("secret", 3);
      forget(bed, "secret");
      bed.rounds(Duration.ofMinutes(1));
      assertThat(phase(bed, dag)).isEqualTo(PinPhase.KEPT);

      bed.learn(
          Topic.IMAGES, PinBed.image(dag, 6, Sha256.digest(bytes("secret")), bed.clock.instant()));
      bed.rounds(Duration.ofMinutes(1));

      awaitGone(bed, dag);
    }
  }

  @Test
  void aPeerThatIsAwayIsWaitedFor() throws Exception {
    try (KeptBed bed = bed()) {
      Cid dag = bed.image("secret", 3);
      bed.round();
      bed.node("b").trouble().goDown();
      bed.round();

      forget(bed, "secret");
      bed.rounds(Duration.ofMinutes(1));
      Eventually.await("a and c", () -> isGone(bed, "a", dag) && isGone(bed, "c", dag));
      assertThat(phase(bed, dag)).isEqualTo(PinPhase.RELEASING);
      assertThat(copy(bed, dag, "b").state()).isEqualTo(CopyPhase.RELEASING);

      bed.node("b").trouble().clear();
      bed.rounds(Duration.ofMinutes(3));
      awaitGone(bed, dag);
    }
  }

  @Test
  void somebodyElsesPinIsNamedAndStays() throws Exception {
    try (KeptBed bed = bed()) {
      Cid dag = bed.image("secret", 2);
      bed.round();
      bed.node("c").unpin(dag, PinBed.OURS, KeptBed.soon());
      bed.node("c").pin(dag, "theirs", CALL, KeptBed.soon(), PinProgress.NONE);

      forget(bed, "secret");
      bed.rounds(Duration.ofMinutes(1));

      Eventually.await("the reason", () -> copy(bed, dag, "c").error() != null);
      assertThat(copy(bed, dag, "c").error())
          .contains("on c, where a pin of somebody else holds it");
      assertThat(bed.node("c").pinned()).containsEntry(dag, "theirs");
      assertThat(phase(bed, dag)).isEqualTo(PinPhase.RELEASING);

      assertThat(bed.node("c").unpin(dag, "theirs", KeptBed.soon())).isTrue();
      bed.rounds(Duration.ofMinutes(2));
      awaitGone(bed, dag);
    }
  }

  @Test
  void anotherPinnerGoesOnWithIt() throws Exception {
    try (KeptBed bed = bed()) {
      Cid dag = bed.image("secret", 3);
      bed.round();

      bed.restart("a", "b", "c");
      forget(bed, "secret");
      bed.restart("a", "b", "c");
      bed.rounds(Duration.ofMinutes(1));

      awaitGone(bed, dag);
    }
  }

  @Test
  void anImageThatWasMadeOfAnotherSourceTooStays() throws Exception {
    try (KeptBed bed = bed()) {
      Cid dag = bed.image("secret", 3);
      bed.learn(
          Topic.IMAGES, PinBed.image(dag, 6, Sha256.digest(bytes("other")), bed.clock.instant()));
      bed.round();

      forget(bed, "secret");
      bed.rounds(Duration.ofMinutes(2));

      bed.awaitCopies(dag, "a", "b", "c");
      assertThat(phase(bed, dag)).isEqualTo(PinPhase.KEPT);
    }
  }

  @Test
  void whatIsPinnedAgainBehindOurBackIsTakenOffAgain() throws Exception {
    try (KeptBed bed = bed()) {
      Cid dag = bed.image("secret", 2);
      Cid other = bed.image("other", 2);
      bed.round();
      forget(bed, "secret");
      bed.round();
      awaitGone(bed, dag);

      bed.node("a")
          .importCar(sink -> UnixFsFileBuilder.build(bytes("secret"), sink), KeptBed.soon());
      bed.node("a").pin(dag, PinBed.OURS + "copy", CALL, KeptBed.soon(), PinProgress.NONE);
      bed.rounds(Duration.ofMinutes(2));

      Eventually.await("a", () -> isGone(bed, "a", dag));
      awaitGone(bed, dag);
      assertThat(bed.pin(other).verified()).isEqualTo(2);
    }
  }
}
