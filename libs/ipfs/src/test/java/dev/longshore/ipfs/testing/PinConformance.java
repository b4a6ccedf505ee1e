package dev.longshore.ipfs.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.RecursivePin;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose pins a node names, keeps and releases; a part of {@link IpfsNodeConformance}. */
public abstract class PinConformance extends FetchConformance {
  @Test
  void pinsByNameAndUnpins() throws IOException {
    first().importCar(dag.car(), soon());
    assertThat(first().isPinned(dag.root(), soon())).isFalse();

    pin(first(), dag.root(), "longshore:here:one");
    assertThat(first().isPinned(dag.root(), soon())).isTrue();
    assertThat(first().isPinned(dag.bigFile(), soon())).isFalse();
    assertThat(pinsOf(first())).contains(new RecursivePin(dag.root(), "longshore:here:one"));

    pin(first(), dag.root(), "longshore:here:two");
    assertThat(pinsOf(first())).contains(new RecursivePin(dag.root(), "longshore:here:two"));

    assertThat(first().unpin(dag.root(), "longshore:here:", soon())).isTrue();
    assertThat(first().unpin(dag.root(), "longshore:here:", soon())).isFalse();
    assertThat(first().isPinned(dag.root(), soon())).isFalse();
    assertThat(pinsOf(first())).noneMatch(pin -> pin.root().equals(dag.root()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"theirs", ""})
  void aPinOfSomebodyElseKeepsItsNameAndStays(String theirs) throws IOException {
    first().importCar(dag.car(), soon());
    pin(first(), dag.root(), theirs);

    pin(first(), dag.root(), "longshore:here:one");
    assertThat(pinsOf(first())).contains(new RecursivePin(dag.root(), theirs));

    assertThat(first().unpin(dag.root(), "longshore:here:", soon())).isFalse();
    assertThat(first().isPinned(dag.root(), soon())).isTrue();
    assertThat(first().unpin(dag.root(), theirs, soon())).isTrue();
  }

  @Test
  void aPinOfAnotherPartOfLongshoreStays() throws IOException {
    first().importCar(dag.car(), soon());
    pin(first(), dag.root(), "longshore-resolver");

    assertThat(first().unpin(dag.root(), "longshore:", soon())).isFalse();
    assertThat(first().isPinned(dag.root(), soon())).isTrue();
    assertThat(first().unpin(dag.root(), "longshore-resolver", soon())).isTrue();
  }

  @Test
  void aPinOfAnotherInstallationKeepsItsNameAndStays() throws IOException {
    first().importCar(dag.car(), soon());
    pin(first(), dag.root(), "longshore:there:copy");

    pin(first(), dag.root(), "longshore:here:copy");
    assertThat(pinsOf(first())).contains(new RecursivePin(dag.root(), "longshore:there:copy"));

    assertThat(first().unpin(dag.root(), "longshore:here:", soon())).isFalse();
    assertThat(first().unpin(dag.root(), "longshore:there:", soon())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"longshore:copy", "longshore:sha256:0a/1b", "longshore-resolver"})
  void aCopyTakesOverThePinThatWasThereBefore(String before) throws IOException {
    first().importCar(dag.car(), soon());
    pin(first(), dag.root(), before);

    pin(first(), dag.root(), "longshore:here:copy");

    assertThat(pinsOf(first())).contains(new RecursivePin(dag.root(), "longshore:here:copy"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"longshore:copy", "longshore:sha256:0a/1b"})
  void aPinOfTheFirstReleasesIsReleasedByAnInstallation(String before) throws IOException {
    first().importCar(dag.car(), soon());
    pin(first(), dag.root(), before);

    assertThat(first().unpin(dag.root(), "longshore:here:", soon())).isTrue();
  }

  @Test
  void aResolversPinDoesNotTakeTheNameOfACopy() throws IOException {
    first().importCar(dag.car(), soon());
    pin(first(), dag.root(), "longshore:here:copy");

    pin(first(), dag.root(), "longshore-resolver");

    assertThat(pinsOf(first())).contains(new RecursivePin(dag.root(), "longshore:here:copy"));
    assertThat(first().unpin(dag.root(), "longshore-resolver", soon())).isFalse();
  }

  @Test
  void refusesANameThatIsTooLong() {
    assertThat(faultOf(() -> pin(first(), dag.root(), "n".repeat(256)))).isEqualTo(Fault.REFUSED);
  }
}
