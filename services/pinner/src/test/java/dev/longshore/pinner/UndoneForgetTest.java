package dev.longshore.pinner;

import static dev.longshore.pinner.ForgetBed.awaitGone;
import static dev.longshore.pinner.ForgetBed.bed;
import static dev.longshore.pinner.ForgetBed.decide;
import static dev.longshore.pinner.ForgetBed.forget;
import static dev.longshore.pinner.ForgetBed.forgetting;
import static dev.longshore.pinner.ForgetBed.isGone;
import static dev.longshore.pinner.ForgetBed.phase;
import static dev.longshore.pinner.ForgetBed.undone;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.DecisionState;
import dev.longshore.events.PinPhase;
import dev.longshore.model.Cid;
import dev.longshore.runtime.testing.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A forget that is undone stops where it is. */
@Timeout(60)
class UndoneForgetTest {
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
}
