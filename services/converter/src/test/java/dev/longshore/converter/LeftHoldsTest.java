package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.NOON;
import static dev.longshore.converter.TestConverter.observed;
import static dev.longshore.ipfs.node.Fault.UNREACHABLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Decision;
import dev.longshore.events.DecisionState;
import dev.longshore.events.ImageState;
import dev.longshore.model.Cid;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.testing.Fault;
import dev.longshore.runtime.kafka.step.Effects;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A hold ends though its conversion did not: after a kill or a failure. */
@Timeout(60)
class LeftHoldsTest {
  private final HoldBed bed = new HoldBed();

  @AfterEach
  void stop() {
    bed.close();
  }

  /** Killed before the call and after it, at each of its calls. */
  @Test
  void whatAKilledProcessLeftIsTakenOffByALaterOneOnceItsTimeIsOver() throws Exception {
    int most = 0;
    for (int call = 1; ; call++) {
      var killed = new Killed(call);
      bed.converter.writeTo(bed.over(killed::enter));
      Descriptor image =
          bed.uploads.image(bed.uploads.layer(call, 1_400_000), bed.uploads.layer(-call, 10));
      if (!killed.handle(image)) {
        break;
      }
      most = Math.max(most, bed.holds().size());
      Set<Cid> left = bed.holds();
      sweepByAnother();
      assertThat(bed.holds()).as("not its time yet").isEqualTo(left);
    }
    assertThat(most).isPositive();
    assertThat(bed.holds()).isNotEmpty();

    bed.converter.clock.advance(Duration.ofDays(1).plus(Duration.ofHours(1)));
    sweepByAnother();

    assertThat(bed.holds()).isEmpty();
  }

  @Test
  void aHoldOfAnotherConverterThatIsAtWorkStays() throws Exception {
    var gate = new CountDownLatch(1);
    Future<Effects> conversion =
        begin(bed.uploads.layer(2, 1_100_000), gate, bed.uploads.layer(1, 1_400_000));
    Set<Cid> theirs = bed.holds();
    assertThat(theirs).isNotEmpty();

    sweepByAnother();

    assertThat(bed.holds()).isEqualTo(theirs);
    gate.countDown();
    conversion.get();
    assertThat(bed.holds()).isEmpty();
  }

  @Test
  void aHoldThatCouldNotBeTakenOffGoesLater() throws Exception {
    var unreachable = new AtomicInteger(1);
    bed.converter.writeTo(
        bed.over(
            name -> {
              if (name.equals("unpinAll") && unreachable.getAndDecrement() > 0) {
                bed.converter.peer.trouble().failNext(1, UNREACHABLE);
              }
            }));
    bed.converter.handle(observed(APP, "1", bed.uploads.image(bed.uploads.layer(1, 1_400_000))));
    assertThat(bed.holds()).isNotEmpty();

    sweep();

    assertThat(bed.holds()).isEmpty();
  }

  @Test
  void aForgetEndsTheConversionAtItsNextBlocksAndLeavesItsHoldToThePinner() throws Exception {
    Set<String> calls = ConcurrentHashMap.newKeySet();
    bed.converter.writeTo(bed.over(calls::add));
    var gate = new CountDownLatch(1);
    Descriptor held = bed.uploads.layer(2, 1_100_000);
    Descriptor large = bed.uploads.layer(1, 1_400_000);
    Descriptor image = bed.uploads.image(large, held);
    LeftHolds left = bed.converter.leftHolds();
    left.start();
    try {
      Future<Effects> conversion = begin(held, gate, large);
      assertThat(bed.holds()).isNotEmpty();

      Set<Cid> holds = bed.holds();
      int looks = bed.looks.get();
      bed.converter.commit(forget(image));
      Await.until(() -> bed.looks.get() > looks);
      calls.clear();

      gate.countDown();
      assertThat(conversion.get()).isEqualTo(Effects.NONE);
      assertThat(calls).doesNotContain("importHeld", "pin", "unpinAll");
      assertThat(bed.holds()).isEqualTo(holds);
      bed.converter.peer.unpinAll(holds, HoldBed.soon());
      bed.converter.peer.collectGarbage(HoldBed.soon());
      assertThat(bed.converter.peer.storedBlocks()).isEmpty();
    } finally {
      left.stop(Duration.ofSeconds(5));
    }
  }

  /** It says that there are blocks to collect, even once its time is over. */
  @Test
  void theHoldOfAForgottenImageThatAKilledProcessLeftIsThePinners() throws Exception {
    var killed = new Killed(1);
    bed.converter.writeTo(bed.over(name -> killed.enterIf(name.equals("pin"), name)));
    Descriptor image =
        bed.uploads.image(bed.uploads.layer(1, 1_400_000), bed.uploads.layer(2, 1_400_000));
    assertThat(killed.handle(image)).isTrue();
    assertThat(bed.holds()).isNotEmpty();

    Set<Cid> holds = bed.holds();
    bed.converter.commit(forget(image));
    bed.converter.clock.advance(Duration.ofDays(2));
    sweepByAnother();

    assertThat(bed.holds()).isEqualTo(holds);
  }

  /** The pinner bed.looks at what it knows is gone no more. */
  @Test
  void anImageThatWasForgottenWhileItWasMadeAgainIsNotLeftPinned() throws Exception {
    Descriptor image = bed.uploads.image(bed.uploads.layer(1, 1_400_000));
    bed.converter.handle(observed(APP, "1", image));
    ImageState made = bed.converter.catalog.conversions().ofDigest(image.digest()).getLast();
    bed.converter.peer.unpinAll(List.of(made.imageDag().cid()), HoldBed.soon());
    bed.converter.commit(HoldBed.gone(made.imageDag()));
    bed.converter.writeTo(
        bed.over(
            name -> {
              if (name.equals("unpinAll")) {
                bed.converter.commit(forget(image));
              }
            }));

    assertThat(bed.converter.handle(observed(APP, "1", image))).isEqualTo(Effects.NONE);
    assertThat(bed.converter.peer.pinned()).isEmpty();
  }

  /** A conversion of both layers that has read the second one, and waits in the first. */
  private Future<Effects> begin(Descriptor held, CountDownLatch gate, Descriptor large) {
    bed.converter.registry.faults().next(held.digest().toString(), new Fault.Held(gate));
    Descriptor image = bed.uploads.image(large, held);
    Future<Effects> conversion =
        bed.threads.submit(() -> bed.converter.handle(observed(APP, "1", image)));
    Await.until(() -> !bed.holds().isEmpty() && bed.converter.registry.reads(held.digest()) == 1);
    return conversion;
  }

  /** Another process begins, which bed.looks through them once and, after a decision, again. */
  private void sweepByAnother() throws InterruptedException {
    bed.converter.writeTo(bed.over(_ -> {}));
    sweep();
  }

  private void sweep() throws InterruptedException {
    int before = bed.looks.get();
    LeftHolds left = bed.converter.leftHolds();
    left.start();
    try {
      Await.until(() -> bed.looks.get() > before);
      bed.converter.commit(forget(bed.uploads.layer(-1_000, 1)));
      Await.until(() -> bed.looks.get() > before + 1);
    } finally {
      left.stop(Duration.ofSeconds(5));
    }
  }

  /** A process that is killed at one of its calls; none gets through from then on. */
  private final class Killed {
    private final AtomicInteger left;

    Killed(int call) {
      this.left = new AtomicInteger(call);
    }

    void enter(String method) {
      // A broken connection closes itself, and the name is no call.
      enterIf(!method.equals("close") && !method.equals("name"), method);
    }

    void enterIf(boolean counts, String method) {
      boolean dead = left.get() <= 0 && !method.equals("close");
      if (dead || (counts && left.decrementAndGet() <= 0)) {
        throw new Kill();
      }
    }

    /** Whether it came to that. */
    boolean handle(Descriptor image) throws Exception {
      try {
        bed.converter.handle(observed(APP, "1", image));
        return false;
      } catch (Kill e) {
        return true;
      }
    }
  }

  private static final class Kill extends Error {
    private static final long serialVersionUID = 1L;
  }

  private static DecisionState forget(Descriptor image) {
    return DecisionState.of(
        "f" + image.digest().hex(),
        new Decision.Forget("app:1", List.of(image.digest())),
        "alice",
        "a key",
        NOON,
        null);
  }
}
