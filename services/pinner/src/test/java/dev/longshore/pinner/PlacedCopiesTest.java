package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Cid;
import dev.longshore.model.Mode;
import dev.longshore.rules.PlacementSettings;
import dev.longshore.rules.PlacementSettings.Spread;
import dev.longshore.rules.RuleSettings;
import dev.longshore.rules.SuffixSettings;
import dev.longshore.rules.TagSettings;
import dev.longshore.runtime.config.PeerPlace;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.settings.value.ByteSize;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On which peers the rules put copies. */
@Timeout(60)
class PlacedCopiesTest {
  @Test
  void copiesAreMadeOnPeersWithTheLabelsThatTheRuleRequires() throws Exception {
    List<RuleSettings> rules = List.of(rule(2, 1, List.of("disk=ssd"), List.of()));
    Map<String, PeerPlace> places =
        Map.of(
            "a", labelled(), "b", labelled("disk=ssd"), "c", labelled(), "d", labelled("disk=ssd"));
    try (KeptBed bed = new KeptBed(rules, places)) {
      bed.knowsImages = true;
      for (String content : contents(5)) {
        bed.awaitCopies(bed.image(content, 2), "b", "d");
      }
    }
  }

  @Test
  void aPeerToAvoidGetsACopyOnlyWhereTheLeastCopiesNeedIt() throws Exception {
    List<RuleSettings> rules = List.of(rule(3, 2, List.of(), List.of("slow")));
    Map<String, PeerPlace> places =
        Map.of("a", labelled(), "b", labelled(), "c", labelled("slow"), "d", labelled("slow"));
    try (KeptBed bed = new KeptBed(rules, places)) {
      bed.knowsImages = true;
      Cid dag = bed.pushed("one", 3);
      bed.awaitCopies(dag, "a", "b");
      bed.node("b").unpin(dag, PinBed.OURS, KeptBed.soon());
      bed.node("b").trouble().goDown();

      bed.rounds(KeptBed.LOST_AFTER.plusMinutes(2));

      Eventually.await(
          "a second copy on a peer to avoid",
          () -> Set.of(Set.of("a", "c"), Set.of("a", "d")).contains(Set.copyOf(bed.verified(dag))));
    }
  }

  @Test
  void aPeerAtItsCapacityGetsNoFurtherCopyAndTheOthersDo() throws Exception {
    PeerPlace small = new PeerPlace("default", List.of(), 1, new ByteSize(1_000));
    Map<String, PeerPlace> places =
        Map.of("a", small, "b", PeerPlace.of("default"), "c", PeerPlace.of("default"));
    try (KeptBed bed = new KeptBed(List.of(), places)) {
      bed.knowsImages = true;
      List<Cid> dags = bed.images(contents(30), 2);

      bed.rounds(Duration.ofMinutes(2));

      assertThat(bed.node("a").repoStat(KeptBed.soon()).usedBytes()).isBetween(1L, 1_000L);
      assertThat(dags).allSatisfy(dag -> assertThat(bed.verified(dag)).hasSize(2));
    }
  }

  @Test
  void anImageThatIsShortForWantOfCapacitySaysSo() throws Exception {
    PeerPlace small = new PeerPlace("default", List.of(), 1, new ByteSize(10));
    Map<String, PeerPlace> places = Map.of("a", small, "b", PeerPlace.of("default"));
    try (KeptBed bed = new KeptBed(List.of(), places)) {
      bed.knowsImages = true;
      Cid dag = bed.pushed(contents(1).getFirst(), 2);

      Eventually.await(
          "what is missing, and why",
          () ->
              bed.verified(dag).equals(List.of("b"))
                  && bed.pin(dag).copies().stream()
                      .anyMatch(
                          copy -> String.valueOf(copy.error()).contains("its capacity of 10")));
      assertThat(bed.node("a").storedBlocks()).isEmpty();
    }
  }

  private static List<String> contents(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "an image of so and so many bytes: " + "%064d".formatted(i))
        .toList();
  }

  private static PeerPlace labelled(String... labels) {
    return new PeerPlace("default", List.of(labels), 1, null);
  }

  private static RuleSettings rule(int copies, int min, List<String> require, List<String> avoid) {
    return new RuleSettings(
        "**",
        List.of(Mode.PLAIN),
        List.of(),
        copies,
        min,
        new PlacementSettings(Spread.ZONE, require, avoid),
        null,
        TagSettings.ALL,
        SuffixSettings.DEFAULT,
        List.of(),
        List.of(),
        List.of(),
        null,
        null);
  }
}
