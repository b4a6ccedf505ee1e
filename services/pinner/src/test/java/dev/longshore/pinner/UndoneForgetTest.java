package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.CatalogRecord;
import dev.longshore.events.Decision;
import dev.longshore.events.DecisionState;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.Topic;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A forget that is undone stops where it is. */
@Timeout(60)
class UndoneForgetTest {
  private long written;

  @Test
  void anUndoStopsAReleaseThatIsUnderWay() throws Exception {
    try (KeptBed bed = bed()) {
      Cid dag = bed.image("secret", 3);
      AtomicReference<DecisionState> decision = new AtomicReference<>();
      AtomicInteger taken = new AtomicInteger();
      for (String peer : List.of("a", "b", "c")) {
        bed.before(
            "unpin",
            peer,
            () -> {
              if (taken.incrementAndGet() == 1) {
                decide(bed, undone(decision.get(), bed));
              }
            });
      }
      bed.round();

      decision.set(forgetting(bed, "secret"));
      decide(bed, decision.get());
      bed.rounds(Duration.ofMinutes(3));

      bed.awaitCopies(dag, "a", "b", "c");
      assertThat(taken).hasValue(1);
    }
  }

  @Test
  void anUndoneDecisionBringsItBackWithItsNextConversion() throws Exception {
    try (KeptBed bed = bed()) {
      Cid dag = bed.image("secret", 3);
      bed.round();
      DecisionState decision = forget(bed, "secret");
      bed.round();
      awaitGone(bed, dag);

      decide(bed, undone(decision, bed));
      bed.round();
      assertThat(bed.pushed("secret", 3)).isEqualTo(dag);

      bed.awaitCopies(dag, "a", "b", "c");
      Eventually.await("kept", () -> phase(bed, dag) == PinPhase.KEPT);
    }
  }

  @Test
  void aDecisionUndoneBeforeAPeerIsBackKeepsItsCopy() throws Exception {
    try (KeptBed bed = bed()) {
      Cid dag = bed.image("secret", 3);
      bed.round();
      bed.node("c").trouble().goDown();
      bed.round();
      DecisionState decision = forget(bed, "secret");
      bed.rounds(Duration.ofMinutes(1));
      Eventually.await("a and b", () -> isGone(bed, "a", dag) && isGone(bed, "b", dag));

      decide(bed, undone(decision, bed));
      bed.node("c").trouble().clear();
      bed.rounds(Duration.ofMinutes(3));

      bed.awaitCopies(dag, "a", "b", "c");
    }
  }

  private static byte[] bytes(String content) {
    return content.getBytes(StandardCharsets.UTF_8);
  }

  private static KeptBed bed() {
    KeptBed bed = new KeptBed("a", "b", "c");
    bed.knowsImages = true;
    return bed;
  }

  private DecisionState forget(KeptBed bed, String content) {
    DecisionState decision = forgetting(bed, content);
    decide(bed, decision);
    return decision;
  }

  private static DecisionState forgetting(KeptBed bed, String content) {
    Digest digest = Digest.stored(Sha256.digest(bytes(content)));
    return DecisionState.of(
        "forget-" + content,
        new Decision.Forget(content, List.of(digest, Digest.sha256("0".repeat(64)))),
        "ann",
        "it had a password",
        bed.clock.instant(),
        null);
  }

  private static DecisionState undone(DecisionState decision, KeptBed bed) {
    return decision.undone(new DecisionState.Undone("ann", "it was another", bed.clock.instant()));
  }

  private void decide(KeptBed bed, DecisionState decision) {
    learn(
        bed,
        new CatalogRecord(
            Topic.DECISIONS, 0, written++, bed.clock.instant(), decision.key(), decision));
  }

  private static void learn(KeptBed bed, CatalogRecord record) {
    bed.catalog.writer().apply(List.of(record));
  }

  private static PinPhase phase(KeptBed bed, Cid dag) {
    PinState pin = bed.catalog.pins().of(new ImageDag(dag)).orElseThrow();
    return PinRecord.phase(pin);
  }

  private static void awaitGone(KeptBed bed, Cid dag) {
    Eventually.await(dag + " gone", () -> phase(bed, dag) == PinPhase.GONE);
    assertThat(Stream.of("a", "b", "c")).allMatch(peer -> isGone(bed, peer, dag));
    assertThat(bed.ingest.storedBlocks()).doesNotContain(dag);
  }

  private static boolean isGone(KeptBed bed, String peer, Cid dag) {
    return !bed.node(peer).pinned().containsKey(dag)
        && !bed.node(peer).storedBlocks().contains(dag);
  }
}
