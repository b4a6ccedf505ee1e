package dev.longshore.pinner;

import static java.util.function.Predicate.not;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.Decision;
import dev.longshore.events.DecisionState;
import dev.longshore.events.PeerState;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Cid;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.testing.Eventually;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of pins without a record. */
@Timeout(60)
class AdoptedPinsTest {
  @ParameterizedTest
  @ValueSource(strings = {"longshore:default:copy", "longshore:copy", "longshore:sha256:0a/1b"})
  void oneOfAKnownImageIsSurplusForAnHourAndGoes(String name) throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid dag = bed.image("one", 2);
      String third = third(bed, dag);
      pin(bed.node(third), content("one"), name);

      bed.rounds(Duration.ofMinutes(2));

      Eventually.await("it is recorded", () -> phase(bed, dag, third) == CopyPhase.SURPLUS);
      assertThat(bed.copy(dag, third).bytes()).isEqualTo(content("one").length);
      assertThat(bed.verified(dag)).hasSize(2);
      bed.nudged.clear();
      int written = bed.written(Topic.COPIES);
      bed.rounds(Duration.ofMinutes(50));
      assertThat(bed.nudged).as("it is known").isEmpty();
      assertThat(bed.written(Topic.COPIES)).isEqualTo(written);
      assertThat(bed.node(third).pinned()).containsEntry(dag, name);

      bed.rounds(Duration.ofHours(2));
      Eventually.await("it goes", () -> bed.node(third).pinned().isEmpty());
      assertThat(bed.verified(dag)).hasSize(2);
    }
  }

  @Test
  void oneOfAKnownImageMakesUpForACopyThatIsMissing() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid dag = bed.image("one", 2);
      String third = third(bed, dag);
      pin(bed.node(third), content("one"), "longshore:default:copy");
      bed.rounds(Duration.ofMinutes(2));
      Eventually.await("surplus", () -> phase(bed, dag, third) == CopyPhase.SURPLUS);
      String gone = bed.verified(dag).getFirst();
      String stays = bed.verified(dag).getLast();

      bed.node(gone).unpin(dag, PinBed.OURS, KeptBed.soon());
      bed.rounds(Duration.ofMinutes(2));

      bed.awaitCopies(dag, stays, third);
      assertThat(bed.node(gone).pinned()).isEmpty();
    }
  }

  @Test
  void oneThatIsTooManyDoesNotGoWithACopyThatMoves() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c", "d")) {
      Cid dag = bed.image("one", 2);
      String drained = bed.verified(dag).getFirst();
      List<String> others =
          Stream.of("a", "b", "c", "d").filter(not(bed.verified(dag)::contains)).toList();
      for (String other : others) {
        pin(bed.node(other), content("one"), "longshore:default:copy");
      }
      bed.rounds(Duration.ofMinutes(2));
      Eventually.await(
          "two are too many",
          () -> others.stream().allMatch(other -> phase(bed, dag, other) == CopyPhase.SURPLUS));

      bed.write(
          DecisionState.of(
              "drain",
              new Decision.Drain(new PeerName(drained), null),
              "ann",
              "it is old",
              bed.clock.instant(),
              null));
      bed.rounds(Duration.ofMinutes(2));

      Eventually.inRounds(
          "it moved",
          () -> {
            bed.round();
            return phase(bed, dag, drained) == CopyPhase.GONE;
          });
      bed.rounds(Duration.ofMinutes(2));
      assertThat(others)
          .extracting(other -> phase(bed, dag, other))
          .containsExactlyInAnyOrder(CopyPhase.VERIFIED, CopyPhase.SURPLUS);
      assertThat(others).allMatch(other -> bed.node(other).pinned().containsKey(dag));
    }
  }

  @Test
  void oneThatIsGoneAgainIsForgotten() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid dag = bed.image("one", 2);
      String third = third(bed, dag);
      pin(bed.node(third), content("one"), "longshore:default:copy");
      bed.rounds(Duration.ofMinutes(2));
      Eventually.await("surplus", () -> phase(bed, dag, third) == CopyPhase.SURPLUS);

      bed.node(third).unpin(dag, PinBed.OURS, KeptBed.soon());
      bed.rounds(Duration.ofMinutes(2));

      Eventually.await("gone", () -> phase(bed, dag, third) == CopyPhase.GONE);
      assertThat(bed.verified(dag)).hasSize(2);
    }
  }

  @Test
  void oneWhoseBlocksAreGoneGoesAtOnce() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid dag = bed.image("one", 2);
      String third = third(bed, dag);
      pin(bed.node(third), content("one"), "longshore:default:copy");
      bed.node(third).lose(dag);

      bed.rounds(Duration.ofMinutes(2));

      Eventually.await("its pin goes", () -> bed.node(third).pinned().isEmpty());
      assertThat(bed.verified(dag)).hasSize(2);
    }
  }

  @Test
  void oneThatNoRecordKnowsIsCountedAndStays() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      bed.image("one", 3);
      Cid unknown = pin(bed.node("a"), content("unknown"), "longshore:default:copy");
      Cid older = pin(bed.node("a"), content("older"), "longshore:copy");

      bed.rounds(Duration.ofMinutes(30));

      Eventually.await("both are counted", () -> unknownPins(bed, "a").equals(Optional.of(2L)));
      assertThat(unknownPins(bed, "b")).isEmpty();
      assertThat(bed.node("a").pinned()).containsKeys(unknown, older);

      bed.node("a").unpin(unknown, PinBed.OURS, KeptBed.soon());
      bed.node("a").unpin(older, PinBed.OURS, KeptBed.soon());
      bed.rounds(Duration.ofMinutes(30));
      Eventually.await("none is left", () -> unknownPins(bed, "a").isEmpty());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"theirs", "", "longshore:other:copy", "longshore-resolver"})
  void oneOfSomebodyElseIsNeitherCountedNorAdopted(String name) throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid dag = bed.image("one", 2);
      String third = third(bed, dag);
      pin(bed.node(third), content("one"), name);
      Cid unknown = pin(bed.node(third), content("unknown"), name);

      bed.rounds(Duration.ofMinutes(30));

      assertThat(unknownPins(bed, third)).isEmpty();
      assertThat(bed.nudged).isEmpty();
      assertThat(bed.node(third).pinned()).isEqualTo(Map.of(dag, name, unknown, name));
    }
  }

  /** Its copies were recorded in a topic that is lost. */
  @Test
  void anImageWithoutARecordOfItsCopiesGetsOne() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      bed.knowsImages = true;
      Cid dag = bed.image("one", 3);
      bed.round();
      bed.delete(Topic.PINS, dag);
      bed.delete(Topic.COPIES, dag);

      bed.rounds(Duration.ofMinutes(2));

      bed.awaitCopies(dag, "a", "b", "c");
    }
  }

  @Test
  void withoutItsRecordsNothingIsTakenOffAnyPeer() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      bed.knowsImages = true;
      List<Cid> dags = bed.images(IntStream.range(0, 20).mapToObj(i -> "image " + i).toList(), 3);
      bed.rounds(Duration.ofMinutes(2));
      Map<Cid, String> before = bed.node("a").pinned();

      bed.follows = false;
      bed.catalog.writer().startAgain(true);
      bed.rounds(Duration.ofMinutes(10));
      assertThat(unknownPins(bed, "a")).as("during the rebuild").isEmpty();
      bed.catalog.writer().complete(bed.clock.instant());
      bed.setOpenGap(true);
      bed.restart("a", "b", "c");
      bed.rounds(Duration.ofMinutes(10));
      assertThat(bed.catalog.pins().page(null, 10)).isEmpty();
      assertThat(unknownPins(bed, "a")).as("while events are looked for").isEmpty();
      bed.setOpenGap(false);
      bed.rounds(Duration.ofHours(3));

      Eventually.await("all are counted", () -> unknownPins(bed, "a").equals(Optional.of(20L)));
      for (String name : List.of("a", "b", "c")) {
        assertThat(bed.node(name).pinned()).isEqualTo(before).containsOnlyKeys(dags);
        assertThat(bed.node(name).storedBlocks()).containsAll(dags);
      }
    }
  }

  /** A conversion was broken off there once its pin stood, and made again at another peer. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneOfAPeerThatOnlyTakesImagesInGoesAsTheCopiesStand(boolean atTheSame) throws Exception {
    try (KeptBed bed = new KeptBed("a", "b")) {
      Cid dag = bed.image("one", 2);
      InMemoryIpfsNode node = atTheSame ? bed.ingest : bed.former;
      Cid theirs = pin(node, content("two"), "somebody else's");
      pin(node, content("one"), "longshore:default:sha256:0a/1b");

      bed.rounds(Duration.ofMinutes(2));

      Eventually.await("it goes", () -> !node.pinned().containsKey(dag));
      assertThat(node.pinned()).containsOnlyKeys(theirs);
      bed.awaitCopies(dag, "a", "b");
      bed.nudged.clear();
      bed.rounds(Duration.ofMinutes(10));
      assertThat(bed.nudged).as("nothing is left to do").isEmpty();
    }
  }

  /** Nobody else who answers has it, whatever the records say. */
  @Test
  void oneOfAPeerThatOnlyTakesImagesInStaysWhileThePeersOfTheCopiesAreAway() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b")) {
      Cid dag = bed.image("one", 2);
      bed.node("a").trouble().goDown();
      bed.node("b").trouble().goDown();
      bed.rounds(Duration.ofMinutes(1));
      pin(bed.former, content("one"), "longshore:default:sha256:0a/1b");
      bed.nudged.clear();

      bed.rounds(Duration.ofMinutes(5));

      assertThat(bed.nudged).as("it was found").contains(dag.toString());
      assertThat(bed.former.pinned()).containsKey(dag);
      bed.node("a").trouble().clear();
      bed.node("b").trouble().clear();
      Eventually.inRounds(
          "it goes",
          () -> {
            bed.round();
            return !bed.former.pinned().containsKey(dag);
          });
    }
  }

  @Test
  void oneOfAPeerThatOnlyTakesImagesInStaysUntilThereAreCopies() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b")) {
      bed.node("a").trouble().goDown();
      bed.node("b").trouble().goDown();
      Cid dag = bed.pushed("one", 2);
      Eventually.await("it is known", () -> !bed.copies(dag).isEmpty());
      pin(bed.former, content("one"), "longshore:default:sha256:0a/1b");
      bed.rounds(Duration.ofMinutes(10));
      assertThat(bed.former.pinned()).containsKey(dag);

      bed.node("a").trouble().clear();
      bed.node("b").trouble().clear();

      Eventually.inRounds(
          "it goes",
          () -> {
            bed.round();
            return !bed.former.pinned().containsKey(dag);
          });
      bed.awaitCopies(dag, "a", "b");
    }
  }

  private static Optional<Long> unknownPins(KeptBed bed, String peer) {
    return bed.catalog.peers().of(new PeerName(peer)).map(PeerState::unknownPins);
  }

  private static CopyPhase phase(KeptBed bed, Cid dag, String peer) {
    return bed.copies(dag).stream()
        .filter(copy -> copy.peer().text().equals(peer))
        .map(CopiesState.Copy::state)
        .findFirst()
        .orElse(CopyPhase.UNKNOWN);
  }

  private static String third(KeptBed bed, Cid dag) {
    String third = "abc";
    for (String holder : bed.verified(dag)) {
      third = third.replace(holder, "");
    }
    return third;
  }

  private static byte[] content(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Cid pin(InMemoryIpfsNode node, byte[] content, String name) throws IOException {
    Cid[] root = new Cid[1];
    node.importCar(sink -> root[0] = UnixFsFileBuilder.build(content, sink).cid(), KeptBed.soon());
    Cid cid = Objects.requireNonNull(root[0]);
    node.pin(cid, name, Duration.ofSeconds(2), KeptBed.soon(), PinProgress.NONE);
    return cid;
  }
}
