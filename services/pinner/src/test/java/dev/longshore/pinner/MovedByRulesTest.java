package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.longshore.events.CopyPhase;
import dev.longshore.events.Topic;
import dev.longshore.model.Cid;
import dev.longshore.model.Mode;
import dev.longshore.rules.PlacementSettings;
import dev.longshore.rules.PlacementSettings.Spread;
import dev.longshore.rules.RuleSettings;
import dev.longshore.rules.SuffixSettings;
import dev.longshore.rules.TagSettings;
import dev.longshore.runtime.config.PeerPlace;
import dev.longshore.runtime.testing.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What moves because other rules or other peers count. */
@Timeout(60)
class MovedByRulesTest {
  private static final Map<String, PeerPlace> FOUR =
      Map.of("a", at("x"), "b", at("x", "ssd"), "c", at("x", "ssd"), "d", at("x", "ssd"));

  @Test
  void aRuleThatWantsMoreCopiesGetsThem() throws Exception {
    try (KeptBed bed = bed(FOUR, rule(2, Spread.ZONE))) {
      List<Cid> dags = dags(bed, 2);

      bed.configure(rule(4, Spread.ZONE));

      for (Cid dag : dags) {
        await(bed, "four copies", () -> bed.verified(dag).size() == 4);
        assertThat(bed.pin(dag).wanted()).isEqualTo(4);
      }
    }
  }

  @Test
  void aRuleThatWantsFewerCopiesLetsTheOthersGoAnHourLater() throws Exception {
    try (KeptBed bed = bed(FOUR, rule(3, Spread.ZONE))) {
      List<Cid> dags = dags(bed, 3);
      bed.rounds(Duration.ofHours(3)); // they have stood for long

      bed.configure(rule(1, Spread.ZONE));
      for (Cid dag : dags) {
        await(bed, "two are too many", () -> in(bed, dag, CopyPhase.SURPLUS) == 2);
      }
      bed.clock.advance(CopyMoves.GRACE.minusMinutes(10));
      bed.rounds(Duration.ofMinutes(1));
      assertThat(dags).allSatisfy(dag -> assertThat(pinned(bed, dag)).isEqualTo(3));
      later(bed);

      for (Cid dag : dags) {
        await(bed, "one copy", () -> bed.verified(dag).size() == 1 && pinned(bed, dag) == 1);
      }
    }
  }

  @Test
  void aRuleThatChangesBackWithinTheHourHasTheSameCopiesCountAgain() throws Exception {
    try (KeptBed bed = bed(FOUR, rule(3, Spread.ZONE))) {
      List<Cid> dags = dags(bed, 3);
      List<Set<String>> before = dags.stream().map(dag -> Set.copyOf(bed.verified(dag))).toList();
      bed.rounds(Duration.ofHours(3));
      bed.configure(rule(1, Spread.ZONE));
      for (Cid dag : dags) {
        await(bed, "two are too many", () -> in(bed, dag, CopyPhase.SURPLUS) == 2);
      }

      bed.configure(rule(3, Spread.ZONE));
      for (Cid dag : dags) {
        await(bed, "three copies", () -> bed.verified(dag).size() == 3);
      }
      later(bed);

      assertThat(dags.stream().map(dag -> Set.copyOf(bed.verified(dag))).toList())
          .isEqualTo(before);
      assertThat(dags).allSatisfy(dag -> assertThat(pinned(bed, dag)).isEqualTo(3));
    }
  }

  @Test
  void copiesLeaveAPeerWithoutALabelThatIsRequiredNowAndOthersAreMadeFirst() throws Exception {
    try (KeptBed bed = bed(FOUR, rule(2, Spread.ZONE))) {
      List<Long> others = new CopyOnWriteArrayList<>();
      List<Cid> dags = new ArrayList<>();
      bed.before(
          "unpin", "a", () -> dags.forEach(dag -> others.add(pinned(bed, dag, "b", "c", "d"))));
      dags.addAll(dags(bed, 2));
      assertThat(dags).anyMatch(dag -> bed.verified(dag).contains("a"));

      bed.configure(rule(2, Spread.ZONE, List.of("ssd"), List.of()));
      later(bed);

      for (Cid dag : dags) {
        await(
            bed,
            "two copies on the others",
            () -> !bed.node("a").pinned().containsKey(dag) && bed.verified(dag).size() == 2);
      }
      assertThat(others).isNotEmpty().allMatch(count -> count >= 2);
    }
  }

  @Test
  void withoutAPeerThatHasTheLabelEveryCopyStays() throws Exception {
    try (KeptBed bed = bed(FOUR, rule(2, Spread.ZONE))) {
      List<Cid> dags = dags(bed, 2);
      List<List<String>> before = dags.stream().map(bed::verified).toList();

      bed.configure(rule(2, Spread.ZONE, List.of("tape"), List.of()));
      later(bed);

      assertThat(dags.stream().map(bed::verified).toList()).isEqualTo(before);
    }
  }

  @Test
  void aPeerThatJoinsInAZoneOfItsOwnGetsTheCopiesThatShareAZone() throws Exception {
    Map<String, PeerPlace> places = Map.of("a", at("x"), "b", at("x"), "c", at("y"));
    try (KeptBed bed = bed(places, rule(2, Spread.ZONE))) {
      bed.configure("a", "b");
      List<Cid> dags = dags(bed, 2);

      bed.configure("a", "b", "c");
      later(bed);

      for (Cid dag : dags) {
        await(
            bed,
            "one in each zone",
            () -> bed.verified(dag).size() == 2 && bed.verified(dag).contains("c"));
      }
    }
  }

  @Test
  void aPeerThatJoinsInAZoneThatHasOthersMovesNothing() throws Exception {
    Map<String, PeerPlace> places = Map.of("a", at("x"), "b", at("y"), "c", at("y"));
    try (KeptBed bed = bed(places, rule(2, Spread.ZONE))) {
      bed.configure("a", "b");
      List<Cid> dags = dags(bed, 2);
      int written = bed.written(Topic.COPIES);

      bed.configure("a", "b", "c");
      later(bed);

      assertThat(dags).allSatisfy(dag -> bed.awaitCopies(dag, "a", "b"));
      assertThat(bed.written(Topic.COPIES)).isEqualTo(written);
    }
  }

  @Test
  void aBetterPeerThatTakesNoCopyLeavesEverythingAsItIs() throws Exception {
    Map<String, PeerPlace> places = Map.of("a", at("x"), "b", at("x"), "c", at("y"), "d", at("x"));
    try (KeptBed bed = bed(places, rule(2, Spread.ZONE))) {
      bed.configure("a", "b", "d");
      List<Cid> dags = dags(bed, 2);
      List<List<String>> before = dags.stream().map(bed::verified).toList();
      bed.node("c").trouble().limitStorage(1);

      bed.configure("a", "b", "c", "d");
      later(bed);

      assertThat(dags.stream().map(bed::verified).toList()).isEqualTo(before);
    }
  }

  @Test
  void whatIsTooMuchOnceALostPeerIsBackGoes() throws Exception {
    try (KeptBed bed = bed(FOUR, rule(3, Spread.ZONE))) {
      List<Cid> dags = dags(bed, 3);
      bed.node("a").trouble().goDown();
      bed.rounds(KeptBed.LOST_AFTER.plusMinutes(2));
      for (Cid dag : dags) {
        bed.awaitCopies(dag, "b", "c", "d");
      }

      bed.node("a").trouble().clear();
      later(bed);

      for (Cid dag : dags) {
        await(bed, "three", () -> bed.verified(dag).size() == 3);
      }
    }
  }

  @Test
  void nothingGoesByACatalogThatIsNotComplete() throws Exception {
    try (KeptBed bed = new KeptBed(rule(3, Spread.ZONE), FOUR, false)) {
      bed.namesImages = true;
      List<Cid> dags = dags(bed, 3);

      bed.configure(rule(1, Spread.ZONE));
      later(bed);

      assertThat(dags).allSatisfy(dag -> assertThat(pinned(bed, dag)).isEqualTo(3));
    }
  }

  @Test
  void nothingGoesByACatalogThatIsReadAnew() throws Exception {
    try (KeptBed bed = bed(FOUR, rule(3, Spread.ZONE))) {
      List<Cid> dags = dags(bed, 3);
      bed.rounds(Duration.ofHours(3));
      bed.follows = false;
      bed.catalog.writer().startAgain(false);

      bed.configure(rule(1, Spread.ZONE));
      bed.rounds(Duration.ofMinutes(3));

      assertThat(dags)
          .allSatisfy(
              dag -> {
                assertThat(pinned(bed, dag)).isEqualTo(3);
                assertThat(in(bed, dag, CopyPhase.SURPLUS)).isZero();
              });
    }
  }

  @Test
  void nothingGoesBeforeRegistriesWereListedSinceTheCatalogWasRead() throws Exception {
    try (KeptBed bed = new KeptBed(rule(3, Spread.ZONE), FOUR, false)) {
      bed.namesImages = true;
      List<Cid> dags = dags(bed, 3);
      bed.rounds(Duration.ofHours(3));
      bed.follows = true; // it is read to its end for the first time
      bed.configure(rule(1, Spread.ZONE));

      bed.rounds(Duration.ofMinutes(50));
      assertThat(dags)
          .allSatisfy(
              dag -> {
                assertThat(pinned(bed, dag)).isEqualTo(3);
                assertThat(in(bed, dag, CopyPhase.SURPLUS)).isZero();
              });

      later(bed);
      for (Cid dag : dags) {
        await(bed, "one copy", () -> pinned(bed, dag) == 1);
      }
    }
  }

  @Test
  void nothingGoesByACatalogThatHasNotHeardOfKafkaForMinutes() throws Exception {
    try (KeptBed bed = bed(FOUR, rule(3, Spread.ZONE))) {
      List<Cid> dags = dags(bed, 3);
      bed.follows = false;

      bed.configure(rule(1, Spread.ZONE));
      bed.clock.advance(Duration.ofMinutes(6));
      later(bed);

      assertThat(dags).allSatisfy(dag -> assertThat(pinned(bed, dag)).isEqualTo(3));
    }
  }

  @Test
  void nothingGoesWhileEventsAreLookedFor() throws Exception {
    try (KeptBed bed = bed(FOUR, rule(3, Spread.ZONE))) {
      List<Cid> dags = dags(bed, 3);
      bed.setOpenGap(true);

      bed.configure(rule(1, Spread.ZONE));
      later(bed);

      assertThat(dags).allSatisfy(dag -> assertThat(pinned(bed, dag)).isEqualTo(3));
    }
  }

  @Test
  void thePlanSaysBeforeWhatMoves() throws Exception {
    Map<String, PeerPlace> places = Map.of("a", at("x"), "b", at("x"), "c", at("y"), "d", at("y"));
    try (KeptBed bed = bed(places, rule(2, Spread.ZONE))) {
      bed.configure("a", "b", "c");
      List<Cid> dags = dags(bed, 2);
      Map<Cid, Set<String>> expected = new HashMap<>();
      dags.forEach(dag -> expected.put(dag, new HashSet<>(bed.verified(dag))));
      List<MovePlan.Move> moves = new ArrayList<>();

      bed.plan(rule(3, Spread.ZONE), bed.peers("b", "c", "d")).forEach(moves::add);
      bed.plan(rule(2, Spread.ZONE), bed.peers("a", "b", "c"))
          .forEach(move -> fail("nothing moves by the settings that count: " + move));
      for (MovePlan.Move move : moves) {
        Set<String> holders = expected.get(move.dag().cid());
        move.to().forEach(peer -> holders.add(peer.text()));
        move.from().forEach(peer -> holders.remove(peer.text()));
        holders.remove("a");
        assertThat(move.bytes()).isEqualTo("image 0".length());
      }
      bed.configure(rule(3, Spread.ZONE), bed.peers("b", "c", "d"));
      later(bed);

      assertThat(moves).hasSize(dags.size());
      expected.forEach(
          (dag, holders) ->
              await(
                  bed,
                  dag + " on " + holders,
                  () -> Set.copyOf(bed.verified(dag)).equals(holders)));
    }
  }

  @Test
  void thePlanSaysForWhatThereIsNoPeer() throws Exception {
    try (KeptBed bed = bed(FOUR, rule(2, Spread.ZONE))) {
      dags(bed, 2);
      List<MovePlan.Move> moves = new ArrayList<>();

      bed.plan(rule(4, Spread.ZONE, List.of("ssd"), List.of()), bed.peers("a", "b", "c", "d"))
          .forEach(moves::add);

      assertThat(moves).hasSize(8).allMatch(move -> move.missing() == 1);
    }
  }

  private static KeptBed bed(Map<String, PeerPlace> places, List<RuleSettings> rules) {
    KeptBed bed = new KeptBed(rules, places);
    bed.namesImages = true;
    return bed;
  }

  private static List<Cid> dags(KeptBed bed, int copies) throws Exception {
    bed.round();
    List<Cid> dags = bed.images(IntStream.range(0, 8).mapToObj(i -> "image " + i).toList(), copies);
    bed.round();
    return dags;
  }

  /** When what is to move has moved, and what is to go has gone. */
  private static void later(KeptBed bed) {
    bed.rounds(Duration.ofMinutes(1));
    bed.clock.advance(CopyMoves.GRACE);
    bed.rounds(Duration.ofMinutes(1));
    bed.clock.advance(Rebalancer.EVERY);
    bed.rounds(Duration.ofMinutes(1));
  }

  /** Rounds go on meanwhile. */
  private static void await(KeptBed bed, String what, BooleanSupplier condition) {
    Eventually.inRounds(
        what,
        () -> {
          bed.round();
          return condition.getAsBoolean();
        });
  }

  private static long in(KeptBed bed, Cid dag, CopyPhase phase) {
    return bed.copies(dag).stream().filter(copy -> copy.state() == phase).count();
  }

  private static long pinned(KeptBed bed, Cid dag) {
    return pinned(bed, dag, "a", "b", "c", "d");
  }

  private static long pinned(KeptBed bed, Cid dag, String... names) {
    return Stream.of(names).filter(name -> bed.node(name).pinned().containsKey(dag)).count();
  }

  private static PeerPlace at(String zone, String... labels) {
    return new PeerPlace(zone, List.of(labels), 1, null);
  }

  private static List<RuleSettings> rule(int copies, Spread spread) {
    return rule(copies, spread, List.of(), List.of());
  }

  private static List<RuleSettings> rule(
      int copies, Spread spread, List<String> require, List<String> avoid) {
    return List.of(
        new RuleSettings(
            "**",
            List.of(Mode.PLAIN),
            List.of(),
            copies,
            1,
            new PlacementSettings(spread, require, avoid),
            null,
            TagSettings.ALL,
            SuffixSettings.DEFAULT,
            List.of(),
            List.of(),
            List.of(),
            null,
            null));
  }
}
