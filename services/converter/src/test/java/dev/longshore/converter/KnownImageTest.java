package dev.longshore.converter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.runtime.kafka.step.TransientFailure;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KnownImageTest {
  private static final ImageState IMAGE = image(List.of());

  private static final KnownImage.Pinned NOT_ASKED =
      dag -> {
        throw new AssertionError("the ingest peer was asked for " + dag);
      };

  @Test
  void isSettledWithoutAskingThePeerWhileTheRecordsHaveAVerifiedCopyAndCopiesEnough()
      throws Exception {
    assertThat(decided(IMAGE, pins(2, 1), 2, NOT_ASKED)).isEqualTo(new KnownImage.Settled(IMAGE));
  }

  @Test
  void isHeldWhenMoreCopiesAreAskedFor() throws Exception {
    assertThat(decided(IMAGE, pins(2, 1), 3, NOT_ASKED)).isEqualTo(new KnownImage.Held(IMAGE));
  }

  @Test
  void isHeldWhileThePeerHasItAndThePinnerNeverHeardOfIt() throws Exception {
    assertThat(decided(IMAGE, Optional.empty(), 1, dag -> true))
        .isEqualTo(new KnownImage.Held(IMAGE));
  }

  @Test
  void isSettledWhileThePinnerWorksOnItAndThePeerHasIt() throws Exception {
    assertThat(decided(IMAGE, pins(2, 0), 2, dag -> true)).isEqualTo(new KnownImage.Settled(IMAGE));
  }

  @Test
  void isLostWithoutACopyAnywhere() throws Exception {
    assertThat(decided(IMAGE, pins(2, 0), 2, dag -> false)).isEqualTo(new KnownImage.Lost(IMAGE));
    assertThat(decided(IMAGE, Optional.empty(), 2, dag -> false))
        .isEqualTo(new KnownImage.Lost(IMAGE));
  }

  @Test
  void isIncompleteHoweverManyCopiesThereAre() throws Exception {
    ImageState lacking = image(List.of(Samples.digest(9)));

    KnownImage decided = decided(lacking, pins(2, 2), 2, NOT_ASKED);

    assertThat(decided).isEqualTo(new KnownImage.Incomplete(lacking));
    assertThat(decided.standing()).isEmpty();
  }

  @Test
  void isNotTakenForLostBecauseThePeerIsAway() {
    TransientFailure away = new TransientFailure("kubo a", "pin/ls: refused", null, null);

    assertThatThrownBy(
            () ->
                decided(
                    IMAGE,
                    Optional.empty(),
                    1,
                    dag -> {
                      throw away;
                    }))
        .isSameAs(away);
  }

  @Test
  void needsNoReadingWhenSettledOrHeld() {
    assertThat(new KnownImage.Settled(IMAGE).standing()).contains(IMAGE);
    assertThat(new KnownImage.Held(IMAGE).standing()).contains(IMAGE);
    assertThat(List.of(new KnownImage.Unknown(), new KnownImage.Lost(IMAGE)))
        .allSatisfy(image -> assertThat(image.standing()).isEmpty());
  }

  private static KnownImage decided(
      ImageState image, Optional<PinState> pins, int copies, KnownImage.Pinned peer)
      throws Exception {
    return KnownImage.of(image, pins, copies, peer);
  }

  private static ImageState image(List<Digest> missing) {
    ImageState sample = Samples.image(1);
    return new ImageState(
        sample.digest(),
        sample.recipe(),
        sample.mode(),
        sample.mediaType(),
        ImageDag.stored("bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy"),
        sample.root(),
        sample.manifest(),
        sample.platforms(),
        sample.blobs(),
        sample.bytes(),
        missing,
        sample.ingestPeer(),
        sample.name(),
        sample.convertedAt());
  }

  private static Optional<PinState> pins(int wanted, int verified) {
    return Optional.of(Samples.pin(1, wanted, verified));
  }
}
