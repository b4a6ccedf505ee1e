package dev.longshore.pinner;

import static dev.longshore.pinner.ForgetBed.bed;
import static dev.longshore.pinner.ForgetBed.bytes;
import static dev.longshore.pinner.ForgetBed.copy;
import static dev.longshore.pinner.ForgetBed.decide;
import static dev.longshore.pinner.ForgetBed.forget;
import static dev.longshore.pinner.ForgetBed.isGone;
import static dev.longshore.pinner.ForgetBed.phase;
import static dev.longshore.pinner.ForgetBed.undone;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.CopyPhase;
import dev.longshore.events.DecisionState;
import dev.longshore.events.PeerState;
import dev.longshore.events.PinPhase;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.Sha256;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What becomes of pins of a forgotten image of which no record is left, as after Kafka was lost:
 * the converter's pin says what the image was made of.
 */
@Timeout(60)
class ForgottenPinsTest {
  private static final Duration CALL = Duration.ofSeconds(2);
  private static final String COPY = "longshore:default:copy";
  private static final List<String> PEERS = List.of("a", "b", "c");

  @ParameterizedTest
  @ValueSource(strings = {"longshore:default:", "longshore:"})
  void theyGoFromAllPeersWithTheirBlocks(String prefix) throws Exception {
    try (KeptBed bed = bed()) {
      Cid dag = lost(bed, "secret", prefix + made("secret"));
      Cid other = lost(bed, "other", prefix + made("other"));
      Cid theirs = pin(bed.node("b"), "theirs", "longshore:other:" + made("secret"));
      bed.rounds(Duration.ofMinutes(5));
      assertThat(PEERS).allMatch(peer -> bed.node(peer).pinned().containsKey(dag));

      forget(bed, "secret");
      bed.rounds(Duration.ofMinutes(2));

      awaitGone(bed, dag);
      bed.rounds(Duration.ofMinutes(5));
      assertThat(PEERS).allMatch(peer -> bed.node(peer).pinned().containsKey(other));
      assertThat(PEERS).allMatch(peer -> bed.node(peer).storedBlocks().contains(other));
      assertThat(bed.node("b").pinned()).containsKey(theirs);
      assertThat(unknownPins(bed, "a")).as("the other alone").contains(1L);
    }
  }

  /** The converter's pin, which said so too, went when there were enough. */
  @Test
  void copiesAloneSayWhatTheyAreMadeOf() throws Exception {
    try (KeptBed bed = bed()) {
      bed.knowsImages = false;
      Cid dag = bed.image("secret", 3);
      bed.delete(Topic.COPIES, dag);
      bed.delete(Topic.PINS, dag);
      Eventually.await("Kafka is lost", () -> bed.catalog.pins().of(new ImageDag(dag)).isEmpty());
      bed.rounds(Duration.ofMinutes(3));
      assertAllPinned(bed, dag, "it may be all that is left");

      forget(bed, "another"); // with the source of all that this bed pushes
      bed.rounds(Duration.ofMinutes(2));

      awaitGone(bed, dag);
    }
  }

  /** What a command waits for that forgets an image of which no record tells. */
  @Test
  void aPeerIsSaidToHeedADecisionOnceNoPinOfItIsWithoutARecord() throws Exception {
    try (KeptBed bed = bed()) {
      Cid dag = lost(bed, "secret", "longshore:default:" + made("secret"));
      pin(bed.former, "secret", "longshore:default:" + made("secret"));
      bed.rounds(Duration.ofMinutes(3));
      assertThat(heeded(bed, "b")).isEmpty();
      bed.former.trouble().goDown();
      bed.rounds(Duration.ofMinutes(1));
      forget(bed, "secret");
      bed.rounds(Duration.ofMinutes(3));
      assertThat(heeded(bed, "b")).as("the former one was not looked at").isEmpty();

      bed.former.trouble().clear();
      awaitGone(bed, dag);
      bed.rounds(Duration.ofMinutes(3));

      assertThat(PEERS).allMatch(peer -> heeded(bed, peer).equals(Optional.of(1L)));
    }
  }

  @Test
  void aDecisionIsHeededSoon() throws Exception {
    try (KeptBed bed = bed()) {
      bed.rounds(Duration.ofMinutes(3));
      forget(bed, "secret");
      bed.rounds(Duration.ofSeconds(30));

      assertThat(PEERS).allMatch(peer -> heeded(bed, peer).equals(Optional.of(1L)));
    }
  }

  private static Optional<Long> heeded(KeptBed bed, String peer) {
    return bed.catalog.peers().of(new PeerName(peer)).map(PeerState::forgetsHeeded);
  }

  @Test
  void theyGoFromAPeerThatIsBack() throws Exception {
    try (KeptBed bed = bed()) {
      Cid dag = lost(bed, "secret", "longshore:default:" + made("secret"));
      bed.round();
      bed.node("b").trouble().goDown();
      forget(bed, "secret");
      bed.rounds(Duration.ofMinutes(3));
      Eventually.await("a and c", () -> isGone(bed, "a", dag) && isGone(bed, "c", dag));
      assertThat(phase(bed, dag)).isEqualTo(PinPhase.RELEASING);

      bed.restart("a", "b", "c");
      bed.node("b").trouble().clear();
      bed.rounds(Duration.ofMinutes(12));

      awaitGone(bed, dag);
    }
  }

  @Test
  void theyAreNotGoneWhileAPeerThatTakesImagesInMayHaveOne() throws Exception {
    try (KeptBed bed = bed()) {
      Cid dag = lost(bed, "secret", "longshore:default:" + made("secret"));
      pin(bed.former, "secret", "longshore:default:" + made("secret"));
      bed.rounds(Duration.ofMinutes(3));
      bed.former.trouble().goDown();

      forget(bed, "secret");
      bed.rounds(Duration.ofMinutes(10));
      assertThat(PEERS).allMatch(peer -> isGone(bed, peer, dag));
      assertThat(phase(bed, dag)).isEqualTo(PinPhase.RELEASING);

      bed.former.trouble().clear();
      awaitGone(bed, dag);
    }
  }

  @Test
  void thatTheyGoIsRecordedBeforeAnyDoes() throws Exception {
    try (KeptBed bed = bed()) {
      Cid dag = lost(bed, "secret", "longshore:default:" + made("secret"));
      List<CopyPhase> recorded = new ArrayList<>();
      bed.before("unpin", "a", () -> recorded.add(copy(bed, dag, "a").state()));

      forget(bed, "secret");
      bed.rounds(Duration.ofMinutes(3));

      awaitGone(bed, dag);
      assertThat(recorded).isNotEmpty().allMatch(CopyPhase.RELEASING::equals);
    }
  }

  @Test
  void theyStayWhileRecordsMayBeMissing() throws Exception {
    try (KeptBed bed = bed()) {
      Cid dag = lost(bed, "secret", "longshore:default:" + made("secret"));
      bed.follows = false;
      bed.catalog.writer().startAgain(true);
      forget(bed, "secret");
      bed.rounds(Duration.ofMinutes(5));
      assertAllPinned(bed, dag, "during the rebuild");
      bed.catalog.writer().complete(bed.clock.instant());
      bed.setOpenGap(true);
      bed.rounds(Duration.ofMinutes(5));
      assertAllPinned(bed, dag, "while events are looked for");

      bed.setOpenGap(false);
      bed.rounds(Duration.ofMinutes(5));

      awaitGone(bed, dag);
    }
  }

  /** Both sources became the same DAG. */
  @Test
  void theyStayWhereAnotherPinSaysThatTheImageIsAnotherToo() throws Exception {
    try (KeptBed bed = bed()) {
      Cid dag = lost(bed, "secret", "longshore:default:" + made("secret"));
      pin(bed.former, "secret", "longshore:default:" + made("other"));

      forget(bed, "secret");
      bed.rounds(Duration.ofMinutes(10));
      assertAllPinned(bed, dag, "the other is not forgotten");

      forget(bed, "other");
      bed.rounds(Duration.ofMinutes(10));
      awaitGone(bed, dag);
    }
  }

  @Test
  void theyStayWhereARecordSaysThatTheImageIsAnother() throws Exception {
    try (KeptBed bed = bed()) {
      Cid dag = lost(bed, "secret", "longshore:default:" + made("secret"));
      bed.learn(
          Topic.IMAGES, PinBed.image(dag, 6, Sha256.digest(bytes("other")), bed.clock.instant()));

      forget(bed, "secret");
      bed.rounds(Duration.ofMinutes(10));

      assertAllPinned(bed, dag, "it is the other's");
      assertThat(phase(bed, dag)).isEqualTo(PinPhase.KEPT);
    }
  }

  @Test
  void afterAnUndoThoseThatAreLeftStay() throws Exception {
    try (KeptBed bed = bed()) {
      Cid dag = lost(bed, "secret", "longshore:default:" + made("secret"));
      bed.round();
      bed.node("b").trouble().goDown();
      DecisionState decision = forget(bed, "secret");
      bed.rounds(Duration.ofMinutes(3));
      Eventually.await("a and c", () -> isGone(bed, "a", dag) && isGone(bed, "c", dag));

      decide(bed, undone(decision, bed));
      bed.node("b").trouble().clear();
      bed.restart("a", "b", "c");
      bed.rounds(Duration.ofMinutes(5));
      bed.clock.advance(Duration.ofHours(26));
      bed.rounds(Duration.ofMinutes(5));

      assertThat(bed.node("b").pinned()).containsKey(dag);
      assertThat(bed.node("b").storedBlocks()).contains(dag);
      assertThat(bed.catalog.pins().of(new ImageDag(dag))).isEmpty();
      assertThat(unknownPins(bed, "b")).contains(1L);
    }
  }

  @Test
  void anUndoBeforeThePinsWereLookedAtLetsNoneGo() throws Exception {
    try (KeptBed bed = bed()) {
      Cid dag = lost(bed, "secret", "longshore:default:" + made("secret"));
      bed.rounds(Duration.ofMinutes(5));
      DecisionState decision = forget(bed, "secret");
      bed.before("nameOfPin", "a", () -> decide(bed, undone(decision, bed)));
      bed.rounds(Duration.ofMinutes(10));

      assertAllPinned(bed, dag, "undone");
    }
  }

  @Test
  void theRecordOfTheirGoingEndsLikeThatOfAnyUnknownImage() throws Exception {
    try (KeptBed bed = bed()) {
      Cid dag = lost(bed, "secret", "longshore:default:" + made("secret"));
      forget(bed, "secret");
      bed.rounds(Duration.ofMinutes(3));
      awaitGone(bed, dag);

      bed.clock.advance(Duration.ofHours(26));
      bed.rounds(Duration.ofMinutes(5));

      assertThat(bed.catalog.pins().of(new ImageDag(dag))).isEmpty();
    }
  }

  /** Copies of what is not recorded, the first of them at the peer that the converter wrote to. */
  private static Cid lost(KeptBed bed, String content, String name) throws Exception {
    Cid dag = pin(bed.node("a"), content, name);
    pin(bed.node("b"), content, COPY);
    pin(bed.node("c"), content, COPY);
    return dag;
  }

  private static String made(String content) {
    return Sha256.digest(bytes(content)) + "/" + "5c".repeat(32);
  }

  private static Cid pin(InMemoryIpfsNode node, String content, String name) throws Exception {
    Cid[] root = new Cid[1];
    node.importCar(
        sink -> root[0] = UnixFsFileBuilder.build(bytes(content), sink).cid(), KeptBed.soon());
    node.pin(root[0], name, CALL, KeptBed.soon(), PinProgress.NONE);
    return root[0];
  }

  private static void awaitGone(KeptBed bed, Cid dag) {
    Eventually.inRounds(
        dag + " gone",
        () -> {
          bed.round();
          return bed.catalog
              .pins()
              .of(new ImageDag(dag))
              .filter(pin -> pin.state() == PinPhase.GONE)
              .isPresent();
        });
    assertThat(PEERS).allMatch(peer -> isGone(bed, peer, dag));
    assertThat(Stream.of(bed.ingest, bed.former))
        .noneMatch(node -> node.storedBlocks().contains(dag));
  }

  private static void assertAllPinned(KeptBed bed, Cid dag, String why) {
    assertThat(PEERS).as(why).allMatch(peer -> bed.node(peer).pinned().containsKey(dag));
  }

  private static Optional<Long> unknownPins(KeptBed bed, String peer) {
    return bed.catalog.peers().of(new PeerName(peer)).map(PeerState::unknownPins);
  }
}
