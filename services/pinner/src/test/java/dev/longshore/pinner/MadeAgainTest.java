package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.CatalogRecord;
import dev.longshore.events.Decision.Forget;
import dev.longshore.events.DecisionState;
import dev.longshore.events.Evidence;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinPhase;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.runtime.testing.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of an image DAG in whose place another was made of the same source. */
@Timeout(60)
class MadeAgainTest {
  private static final Digest SOURCE = Digest.sha256("5".repeat(64));

  private long written = 1_000_000;

  @Test
  void itGoesFromAllPeersWithTheForgottenImage() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid first = bed.image("first", 3);
      Cid second = bed.image("second", 3);
      put(bed, made(bed, second).inPlaceOf(made(bed, first)));
      put(
          bed,
          DecisionState.of(
              "forget",
              new Forget("app", List.of(SOURCE)),
              "ann",
              "it had a password",
              bed.clock.instant(),
              null));

      await(bed, second, PinPhase.GONE);
      await(bed, first, PinPhase.GONE);
      assertThat(Stream.of("a", "b", "c").map(bed::node))
          .allMatch(node -> node.pinned().isEmpty())
          .noneMatch(node -> node.storedBlocks().contains(first));
    }
  }

  @Test
  void itGoesByItselfAnHourAfterTheOtherHasItsCopies() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid first = bed.image("first", 3);
      put(bed, made(bed, first));
      Cid second = bed.image("second", 3);
      put(bed, made(bed, second).inPlaceOf(made(bed, first)));

      await(bed, first, PinPhase.SURPLUS);
      bed.clock.advance(Retention.GRACE.minusMinutes(30));
      bed.rounds(Duration.ofMinutes(1));
      assertThat(bed.verified(first)).hasSize(3);

      bed.clock.advance(Duration.ofMinutes(30));
      await(bed, first, PinPhase.GONE);
      assertThat(Stream.of("a", "b", "c").map(bed::node))
          .noneMatch(node -> node.pinned().containsKey(first));
      bed.awaitCopies(second, "a", "b", "c");
    }
  }

  @Test
  void itStaysWhileTheOtherLacksCopies() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid first = bed.image("first", 3);
      put(bed, made(bed, first));
      Cid never = Cid.parse("bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy");
      put(bed, made(bed, never).inPlaceOf(made(bed, first)));
      Cid other = bed.image("other", 3);
      Cid second = bed.image("second", 3);
      put(bed, of(Digest.sha256("6".repeat(64)), second, bed).inPlaceOf(made(bed, other)));

      await(bed, other, PinPhase.SURPLUS);
      bed.clock.advance(Duration.ofHours(3));
      await(bed, other, PinPhase.GONE);
      assertThat(phase(bed, first)).isEqualTo(PinPhase.KEPT);
      bed.awaitCopies(first, "a", "b", "c");
    }
  }

  @Test
  void itStaysForAnotherSourceThatItWasMadeOfToo() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid first = bed.image("first", 3);
      put(bed, of(Digest.sha256("6".repeat(64)), first, bed));
      Cid second = bed.image("second", 3);
      put(bed, made(bed, second).inPlaceOf(made(bed, first)));
      put(
          bed,
          DecisionState.of(
              "forget",
              new Forget("app", List.of(SOURCE)),
              "ann",
              "it had a password",
              bed.clock.instant(),
              null));

      await(bed, second, PinPhase.GONE);
      bed.clock.advance(Duration.ofHours(3));
      bed.rounds(Duration.ofMinutes(1));
      assertThat(phase(bed, first)).isEqualTo(PinPhase.KEPT);
      bed.awaitCopies(first, "a", "b", "c");
    }
  }

  private static ImageState made(KeptBed bed, Cid dag) {
    return of(SOURCE, dag, bed);
  }

  private static ImageState of(Digest source, Cid dag, KeptBed bed) {
    return PinBed.image(dag, 6, source.toString(), bed.clock.instant()).shownBy(Evidence.READ);
  }

  /** As the converter and people do. */
  private void put(KeptBed bed, State state) {
    bed.catalog
        .writer()
        .apply(
            List.of(
                new CatalogRecord(
                    Topic.of(state), 0, written++, bed.clock.instant(), state.key(), state)));
  }

  private static void await(KeptBed bed, Cid dag, PinPhase phase) {
    Eventually.await(
        dag + " " + phase,
        () -> {
          if (phase(bed, dag) == phase) {
            return true;
          }
          bed.rounds(Duration.ofMinutes(1));
          return false;
        });
  }

  private static PinPhase phase(KeptBed bed, Cid dag) {
    return PinRecord.phase(bed.catalog.pins().of(new ImageDag(dag)).orElseThrow());
  }
}
