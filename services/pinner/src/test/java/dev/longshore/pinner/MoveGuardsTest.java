package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Decision.Confirm;
import dev.longshore.events.Decision.Drain;
import dev.longshore.events.DecisionState;
import dev.longshore.model.Cid;
import dev.longshore.model.Mode;
import dev.longshore.model.PeerName;
import dev.longshore.rules.MoveGuard;
import dev.longshore.rules.PlacementSettings;
import dev.longshore.rules.PlacementSettings.Spread;
import dev.longshore.rules.RuleSettings;
import dev.longshore.rules.SuffixSettings;
import dev.longshore.rules.TagSettings;
import dev.longshore.runtime.config.PeerPlace;
import dev.longshore.runtime.testing.Eventually;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Very many copies that changed rules no longer want stay until an operator lets them go. */
@Timeout(60)
class MoveGuardsTest {
  private static final int MANY = 20;

  private final KeptBed bed =
      new KeptBed(rule(3), Map.of("a", at(), "b", at("ssd"), "c", at("ssd"), "d", at("ssd")));

  @AfterEach
  void close() {
    bed.close();
  }

  @Test
  void fewerCopiesOfManyImagesAreOnlyLetGoOnceThatIsConfirmed() throws Exception {
    List<Cid> dags = images(MANY);
    bed.configure(rule(1));
    later();
    assertThat(dags).allSatisfy(dag -> assertThat(pinned(dag)).isEqualTo(3));
    assertThat(guard(rule(1))).contains(new MoveGuard(MANY, MANY));

    confirm(MANY - 1);
    later();
    assertThat(dags).as("others were confirmed").allMatch(dag -> pinned(dag) == 3);

    confirm(MANY);
    await("one copy", () -> dags.stream().allMatch(dag -> pinned(dag) == 1));
    assertThat(guard(rule(1))).isEmpty();
  }

  @Test
  void aRestartForgetsNeitherTheGuardNorWhatWasWanted() throws Exception {
    List<Cid> dags = images(MANY);
    bed.configure(rule(1));
    later();
    bed.restart("a", "b", "c", "d");
    later();
    assertThat(dags).allSatisfy(dag -> assertThat(pinned(dag)).isEqualTo(3));
    assertThat(guard(rule(1))).isPresent();
  }

  @Test
  void itEndsWhenTheRuleChangesBack() throws Exception {
    List<Cid> dags = images(MANY);
    bed.configure(rule(1));
    later();
    bed.configure(rule(3));
    later();
    assertThat(guard(rule(3))).isEmpty();
    assertThat(dags).allSatisfy(dag -> assertThat(bed.verified(dag)).hasSize(3));
    assertThat(dags).allSatisfy(dag -> assertThat(pinned(dag)).isEqualTo(3));
  }

  @Test
  void aLabelThatAPeerLacksMovesNothingOfManyImagesAndWhatIsMissingIsMade() throws Exception {
    List<Cid> dags = images(2 * MANY);
    Map<Cid, List<String>> before = new HashMap<>();
    dags.forEach(dag -> before.put(dag, bed.verified(dag)));
    long onA = before.values().stream().filter(had -> had.contains("a")).count();
    bed.configure(rule(3, "ssd"));
    later();
    assertThat(guard(rule(3, "ssd"))).contains(new MoveGuard(onA, 2 * MANY));
    assertThat(dags)
        .allSatisfy(
            dag ->
                assertThat(bed.verified(dag)).containsExactlyInAnyOrderElementsOf(before.get(dag)));

    bed.node("b").trouble().goDown();
    await(
        "they are made elsewhere",
        () ->
            dags.stream()
                .filter(dag -> before.get(dag).containsAll(List.of("a", "b", "c")))
                .allMatch(dag -> bed.verified(dag).containsAll(List.of("a", "c", "d"))));
  }

  /** More were wanted than there are peers. */
  @Test
  void nobodyIsAskedWhereNoCopyIsTooMuch() throws Exception {
    List<Cid> dags = images(MANY);
    bed.configure(rule(6));
    await("four copies", () -> dags.stream().allMatch(dag -> pinned(dag) == 4));
    assertThat(dags).allSatisfy(dag -> assertThat(bed.pin(dag).wanted()).isEqualTo(6));

    assertThat(guard(rule(4))).isEmpty();
    bed.configure(rule(4));
    await("four are wanted", () -> dags.stream().allMatch(dag -> bed.pin(dag).wanted() == 4));
    assertThat(dags).allSatisfy(dag -> assertThat(bed.verified(dag)).hasSize(4));
    assertThat(guard(rule(3))).as("here one is").contains(new MoveGuard(MANY, MANY));
  }

  /** Then nothing goes, whatever an operator says. */
  @Test
  void nobodyIsAskedWhereTooFewPeersHaveTheLabel() throws Exception {
    List<Cid> dags = images(MANY);
    assertThat(guard(rule(3, "nvme"))).isEmpty();
    bed.configure(rule(3, "nvme"));
    later();
    assertThat(dags).allSatisfy(dag -> assertThat(pinned(dag)).isEqualTo(3));
  }

  @Test
  void aLostCopyThatMayComeBackCountsAsOneThatWouldGo() throws Exception {
    List<Cid> dags = images(MANY);
    bed.configure(rule(4));
    await("four copies", () -> dags.stream().allMatch(dag -> bed.verified(dag).size() == 4));
    bed.node("a").trouble().goDown();
    bed.rounds(KeptBed.LOST_AFTER.plusMinutes(5));
    assertThat(dags).allSatisfy(dag -> assertThat(bed.verified(dag)).hasSize(3));

    assertThat(guard(rule(3))).contains(new MoveGuard(MANY, MANY));
  }

  @Test
  void fewAreLetGoUnasked() throws Exception {
    List<Cid> dags = images(MANY - 1);
    bed.configure(rule(1));
    await("one copy", () -> dags.stream().allMatch(dag -> pinned(dag) == 1));
  }

  /** What stays goes from a peer that drains though a guard stands. */
  @Test
  void itDoesNotKeepAPeerFromDraining() throws Exception {
    List<Cid> dags = images(MANY);
    bed.configure(rule(1));
    later();
    bed.write(
        DecisionState.of(
            "drain",
            new Drain(new PeerName("a"), null),
            "ann",
            "new disks",
            bed.clock.instant(),
            null));
    await("a is empty", () -> bed.node("a").pinned().isEmpty());
    assertThat(dags).allSatisfy(dag -> assertThat(bed.verified(dag)).containsOnly("b", "c", "d"));
  }

  private void confirm(int count) throws Exception {
    bed.write(
        DecisionState.of(
            "confirm-" + count,
            new Confirm(MoveGuard.ID, count),
            "ann",
            "we have less room",
            bed.clock.instant(),
            null));
  }

  private List<Cid> images(int count) throws Exception {
    bed.knowsImages = true;
    bed.namesImages = true;
    List<Cid> dags = bed.images(IntStream.range(0, count).mapToObj(n -> "image " + n).toList(), 3);
    bed.rounds(Duration.ofMinutes(1));
    bed.clock.advance(Duration.ofHours(3));
    bed.rounds(Duration.ofMinutes(1));
    return dags;
  }

  /** Longer than the time of grace and the interval of looks. */
  private void later() {
    for (int hour = 0; hour < 3; hour++) {
      bed.clock.advance(CopyMoves.GRACE.plusMinutes(5));
      bed.rounds(Duration.ofMinutes(1));
    }
  }

  private void await(String what, BooleanSupplier condition) {
    Eventually.inRounds(
        what,
        () -> {
          if (condition.getAsBoolean()) {
            return true;
          }
          bed.clock.advance(Duration.ofMinutes(20));
          bed.rounds(Duration.ofSeconds(30));
          return false;
        });
  }

  private long pinned(Cid dag) {
    return Stream.of("a", "b", "c", "d")
        .filter(peer -> bed.node(peer).pinned().containsKey(dag))
        .count();
  }

  private Optional<MoveGuard> guard(List<RuleSettings> rules) {
    return bed.plan(rules, bed.peers("a", "b", "c", "d")).held().moves();
  }

  private static PeerPlace at(String... labels) {
    return new PeerPlace("x", List.of(labels), 1, null);
  }

  private static List<RuleSettings> rule(int copies, String... required) {
    return List.of(
        new RuleSettings(
            "**",
            List.of(Mode.PLAIN),
            List.of(),
            copies,
            1,
            new PlacementSettings(Spread.ZONE, List.of(required), List.of()),
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
