package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.MalformedEventException;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Mode;
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.config.PeerPlace;
import dev.longshore.runtime.testing.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which images the pinner asks for first when all can be mended at last. */
@Timeout(60)
class RepairOrderTest {
  private static final Map<String, PeerPlace> PLACES =
      Map.of("a", at(), "b", at(), "c", at(), "d", at());

  @Test
  void whatNobodyHasComesFirstThenWhatIsBelowTheLeastThenTheOthersThenWhatIsTooMuch()
      throws Exception {
    try (KeptBed bed = new KeptBed(rule(4), PLACES)) {
      bed.knowsImages = true;
      bed.namesImages = true;
      List<Cid> images = bed.images(IntStream.range(0, 12).mapToObj(n -> "image " + n).toList(), 4);
      List<Cid> none = images.subList(0, 3);
      List<Cid> one = images.subList(3, 6);
      List<Cid> two = images.subList(6, 9);
      List<Cid> tooMany = images.subList(9, 12);
      none.forEach(dag -> record(bed, dag, 0));
      one.forEach(dag -> record(bed, dag, 1));
      two.forEach(dag -> record(bed, dag, 2));
      Eventually.await("the records", () -> bed.pin(two.getLast()).verified() == 2);
      bed.clock.advance(Duration.ofHours(3));
      bed.configure(rule(3));
      bed.restart("a", "b", "c", "d");
      bed.nudged.clear();
      bed.round();

      List<String> asked = new ArrayList<>(bed.nudged).stream().distinct().toList();
      assertThat(places(asked, none)).allMatch(place -> place < 3);
      assertThat(places(asked, one)).allMatch(place -> place >= 3 && place < 6);
      assertThat(places(asked, two)).allMatch(place -> place >= 6 && place < 9);
      assertThat(places(asked, tooMany)).allMatch(place -> place >= 9);
    }
  }

  /** As another pinner would find. */
  private static void record(KeptBed bed, Cid dag, int verified) {
    PinState pin = bed.catalog.pins().of(new ImageDag(dag)).orElseThrow();
    try {
      bed.write(
          new PinState(
              pin.imageDag(),
              pin.wanted(),
              List.of(),
              pin.ingestPeer(),
              true,
              bed.clock.instant(),
              2,
              verified,
              null,
              null,
              null,
              PinPhase.KEPT,
              bed.clock.instant()));
    } catch (MalformedEventException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Integer> places(List<String> asked, List<Cid> dags) {
    List<Integer> places = dags.stream().map(dag -> asked.indexOf(dag.toString())).toList();
    assertThat(places).as("asked %s", asked).doesNotContain(-1);
    return places;
  }

  private static PeerPlace at() {
    return PeerPlace.of("x");
  }

  private static List<RuleSettings> rule(int copies) {
    return List.of(new RuleSettings("**", List.of(Mode.PLAIN), List.of(), copies, 2, null));
  }
}
