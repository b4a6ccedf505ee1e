package dev.longshore.pinner;

import static dev.longshore.pinner.NameBed.shows;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.RemovalReason;
import dev.longshore.events.ServedState;
import dev.longshore.events.Topic;
import dev.longshore.model.Mode;
import dev.longshore.runtime.kafka.StepHost;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Each name is looked at again whenever what it shows may have changed. */
final class LooksAtNamesTest {
  /** What changed while nobody had the partitions is found by who takes them. */
  @Test
  void whoTakesAPartitionOverLooksAtAllItsNames() {
    try (NameBed bed = new NameBed()) {
      bed.tag("v1", "A");
      bed.converted("A", Mode.PLAIN);
      bed.verified("A", Mode.PLAIN);
      bed.awaitShown("v1", "A", Mode.PLAIN);
      bed.pinner.stop();
      bed.tag("v1", "B", "A");
      bed.converted("B", Mode.PLAIN);
      bed.verified("B", Mode.PLAIN);
      for (int i = 0; i < 600; i++) {
        bed.tag("w" + i, "B");
      }

      bed.takeOver();

      bed.awaitShown("v1", "B", Mode.PLAIN);
      bed.awaitShown("w599", "B", Mode.PLAIN);
    }
  }

  @Test
  void aLookThatIsRefusedIsAskedForAgain() {
    AtomicInteger refusals = new AtomicInteger();
    try (NameBed bed = new NameBed(host -> refusing(host, refusals))) {
      refusals.set(3);
      bed.tag("v1", "A");
      bed.converted("A", Mode.PLAIN);
      bed.verified("A", Mode.PLAIN);

      bed.awaitShown("v1", "A", Mode.PLAIN);
      assertThat(refusals).hasNonPositiveValue();
    }
  }

  @Test
  void namesThatAPartitionRefusesWhenItComesAreAskedForAgain() {
    AtomicInteger refusals = new AtomicInteger(3);
    try (NameBed bed = new NameBed()) {
      bed.pinner.stop();
      bed.tag("v1", "A");
      bed.tag("v2", "A");
      bed.converted("A", Mode.PLAIN);
      bed.verified("A", Mode.PLAIN);

      bed.takeOver(host -> refusing(host, refusals));

      bed.awaitShown("v1", "A", Mode.PLAIN);
      bed.awaitShown("v2", "A", Mode.PLAIN);
      assertThat(refusals).hasNonPositiveValue();
    }
  }

  /** With a million names and a step that is busy, each round would begin with the first name. */
  @Test
  void aPartitionThatWasBusyGoesOnWhereItWas() {
    try (NameBed bed = new NameBed()) {
      bed.pinner.stop();
      bed.converted("A", Mode.PLAIN);
      bed.verified("A", Mode.PLAIN);
      for (int i = 0; i < 150; i++) {
        bed.tag("w" + i, "A");
      }
      AtomicInteger looks = new AtomicInteger();
      AtomicInteger nudges = new AtomicInteger();

      bed.takeOver(
          host ->
              intercepting(
                  host,
                  method -> {
                    if (method.equals("holds")) {
                      looks.incrementAndGet();
                    }
                    return method.equals("nudge") && nudges.incrementAndGet() % 6 == 0;
                  }));

      for (int i = 0; i < 150; i++) {
        bed.awaitShown("w" + i, "A", Mode.PLAIN);
      }
      int refusals = nudges.get() / 6;
      assertThat(refusals).isGreaterThanOrEqualTo(25);
      // Each once more when its record has come.
      assertThat(looks).hasValueLessThanOrEqualTo(2 * 150 + refusals + Topic.PARTITIONS);
    }
  }

  /** What a rebuild dropped is no change that anybody tells of. */
  @Test
  void aRebuiltCatalogHasAllNamesLookedAt() {
    try (NameBed bed = new NameBed()) {
      bed.tag("v1", "A");
      bed.converted("A", Mode.PLAIN);
      bed.verified("A", Mode.PLAIN);
      ServedState first = bed.awaitShown("v1", "A", Mode.PLAIN);
      bed.rebuildWithout(Topic.SERVED);

      bed.awaitWritten("v1", 2);
      assertThat(bed.await("v1", shows(Mode.PLAIN, "A")).digest()).isEqualTo(first.digest());
    }
  }

  /** A signature of an SBOM: that the SBOM is of a forgotten image is known later. */
  @Test
  void whatRefersToWhatTurnsOutToBelongToAForgottenImageIsLookedAt() {
    try (NameBed bed = new NameBed()) {
      bed.tag("signature", "signature");
      bed.convertedFor("signature", "SBOM");
      bed.verified("signature", Mode.PLAIN);
      bed.awaitShown("signature", "signature", Mode.PLAIN);
      bed.forgotten("image");
      bed.awaitLooked();

      bed.convertedFor("SBOM", "image");

      bed.await("signature", state -> state.removed() == RemovalReason.FORGOTTEN);
    }
  }

  private static StepHost refusing(StepHost host, AtomicInteger refusals) {
    return intercepting(host, method -> method.equals("nudge") && refusals.getAndDecrement() > 0);
  }

  /**
   * @param refuses whether the method of this name answers no
   */
  private static StepHost intercepting(StepHost host, Predicate<String> refuses) {
    return (StepHost)
        Proxy.newProxyInstance(
            StepHost.class.getClassLoader(),
            new Class<?>[] {StepHost.class},
            (_, method, arguments) ->
                refuses.test(method.getName()) ? false : method.invoke(host, arguments));
  }
}
