package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.events.CopyStatus;
import dev.longshore.events.PinState;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.check.PrivacyGuard;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.SwarmPrivacy;
import dev.longshore.model.Cid;
import dev.longshore.model.PeerName;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.config.PeerPlace;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class PinTest {
  /** Longer than anything here takes. */
  private static final Duration SOME_TIME = Duration.ofMinutes(1);

  @Test
  void introducesPeersOnceForABurstAndAnewAfterAFailure() throws Exception {
    TestSwarm swarm = new TestSwarm(2);
    Pin pin = swarm.step();
    swarm.pin(pin, swarm.image(1), 2);
    swarm.node("a").disconnect();
    Cid second = swarm.image(2);

    assertThat(swarm.pin(pin, second, 2).verified())
        .as("a is taken to be connected still, and its copy fails")
        .isEqualTo(1);
    assertThat(swarm.pin(pin, second, 2).verified()).as("introduced anew").isEqualTo(2);
  }

  @Test
  void introducesPeersAgainAfterAWhile() throws Exception {
    TestSwarm swarm = new TestSwarm(2);
    Pin pin = swarm.step();
    swarm.pin(pin, swarm.image(1), 2);
    swarm.node("a").disconnect();
    swarm.clock.advance(Duration.ofSeconds(2));

    assertThat(swarm.pin(pin, swarm.image(2), 2).verified()).isEqualTo(2);
  }

  @Test
  void copiesThatComeTogetherAreRecordedInOneTransaction() throws Exception {
    TestSwarm swarm = TestSwarm.keepingAtIngest(2);
    swarm.pace(SOME_TIME, SOME_TIME);

    assertThat(swarm.pin(swarm.image(1), 3).verified()).isEqualTo(3);
    assertThat(swarm.catalog.peers().all()).as("peers that were new").hasSize(3);

    swarm.published.clear();
    assertThat(swarm.pin(swarm.image(2), 3).verified()).isEqualTo(3);
    assertThat(swarm.published.stream().map(PinState::verified)).containsExactly(3);
  }

  @Test
  void theFirstCopyIsRecordedWithoutThoseThatTakeLonger() throws Exception {
    TestSwarm swarm = new TestSwarm(3);
    swarm.pace(SOME_TIME, Duration.ofMillis(1));
    CountDownLatch b = swarm.node("b").trouble().holdCalls();
    CountDownLatch c = swarm.node("c").trouble().holdCalls();

    try (var _ =
        swarm.catalog.onChange(
            record -> {
              if (record.value() instanceof PinState pin && pin.verified() == 1) {
                b.countDown();
                c.countDown();
              }
            })) {
      swarm.pin(swarm.image(1), 3);
    }

    assertThat(swarm.published.getFirst().verified()).isEqualTo(1);
    assertThat(swarm.published.getLast().verified()).isEqualTo(3);
  }

  @Test
  void copiesWaitLongerForEachOtherInABurst() {
    RecordPace pace = new RecordPace(Duration.ofMillis(500), Duration.ofMillis(25));
    assertThat(pace.among(3)).isEqualTo(pace);
    assertThat(pace.among(4))
        .isEqualTo(new RecordPace(Duration.ofSeconds(5), Duration.ofMillis(250)));
  }

  @Test
  void copiesThatTakeLongAreRecordedWhileTheyAreMade() throws Exception {
    TestSwarm swarm = new TestSwarm(3);
    List<CountDownLatch> gates =
        swarm.nodes.stream().map(node -> node.trouble().holdCalls()).toList();

    try (var _ = swarm.catalog.onChange(_ -> gates.forEach(CountDownLatch::countDown))) {
      swarm.pin(swarm.image(1), 3);
    }

    assertThat(swarm.published.getFirst().copies())
        .hasSize(3)
        .allMatch(copy -> copy.status() == CopyStatus.PINNING);
    assertThat(swarm.published.getLast().verified()).isEqualTo(3);
  }

  @Test
  void showsTwoOfThreeWhenThereAreTwoPeers() throws Exception {
    TestSwarm swarm = new TestSwarm(2);

    PinState state = swarm.pin(swarm.image(1), 3);

    assertThat(state.verified()).isEqualTo(2);
    assertThat(state.wanted()).isEqualTo(3);
    assertThat(swarm.catalog.pins().unfinished(null, 10)).hasSize(1);
  }

  @Test
  void givesUpAStalledPinAndMakesTheCopyElsewhere() throws Exception {
    TestSwarm swarm = new TestSwarm(4);
    Cid dag = swarm.image(1);
    String stalling = firstChoice(dag, swarm);
    swarm.node(stalling).trouble().failWith(Fault.STALLED);

    PinState state = swarm.pin(dag, 3);

    assertThat(state.verified()).isEqualTo(3);
    assertThat(state.copies())
        .anyMatch(c -> c.peer().text().equals(stalling) && c.status() == CopyStatus.FAILED);
  }

  @Test
  void whatIsShortIsAskedForHoweverLongTooMuchWaited() throws Exception {
    TestSwarm swarm = new TestSwarm(3);
    Cid dag = swarm.image(1);
    swarm.node("b").trouble().goDown();
    swarm.pin(dag, 3);
    swarm.node("b").trouble().clear();
    swarm.clock.advance(Duration.ofSeconds(2));
    for (int i = 0; i < 20; i++) {
      swarm.repairInVain();
    }

    assertThat(swarm.repair()).containsExactly(dag.toString());
  }

  @Test
  void goesOnByItselfWhenAPeerIsBack() throws Exception {
    TestSwarm swarm = new TestSwarm(3);
    Cid dag = swarm.image(1);
    swarm.node("b").trouble().goDown();
    assertThat(swarm.pin(dag, 3).verified()).isEqualTo(2);
    assertThat(swarm.endpoints.isOpen("kubo b")).isFalse();

    swarm.node("b").trouble().clear();
    swarm.repair();
    assertThat(swarm.endpoints.isOpen("kubo b")).as("left alone for a while").isFalse();
    assertThat(swarm.again(dag).verified()).isEqualTo(2);
    swarm.clock.advance(Duration.ofSeconds(2));

    assertThat(swarm.repair()).containsExactly(dag.toString());
    assertThat(swarm.endpoints.isOpen("kubo b")).isTrue();
    assertThat(swarm.again(dag).isFinished()).isTrue();
  }

  @Test
  void asksNothingOfTheOtherPeersWhileTheOneThatIsMissingIsAway() throws Exception {
    TestSwarm swarm = new TestSwarm(3);
    Cid dag = swarm.image(1);
    swarm.node("b").trouble().goDown();
    assertThat(swarm.pin(dag, 3).ingestReleased()).isTrue();

    swarm.node("a").trouble().goDown();
    swarm.again(dag);

    assertThat(swarm.endpoints.isOpen("kubo a")).as("nobody saw that it is away").isTrue();
  }

  @Test
  void holdsBackWorkFromAPeerThatAnswersNothingInTime() throws Exception {
    TestSwarm swarm = new TestSwarm(3);
    swarm.node("b").trouble().failWith(Fault.TIMEOUT);

    assertThat(swarm.pin(swarm.image(1), 3).verified()).isEqualTo(2);
    assertThat(swarm.endpoints.isOpen("kubo b")).isFalse();
    swarm.node("b").trouble().clear();
    PinState next = swarm.pin(swarm.image(2), 3);

    assertThat(next.copies()).extracting(c -> c.peer().text()).doesNotContain("b");
    assertThat(swarm.node("b").pinned()).isEmpty();
  }

  @Test
  void countsNoCopyOfWhichThePeerLacksABlock() throws Exception {
    TestSwarm swarm = new TestSwarm(1);
    Cid dag = swarm.image(1);
    swarm.ingest.storedBlocks().stream()
        .filter(c -> !c.equals(dag))
        .findFirst()
        .ifPresent(swarm.ingest::lose);

    PinState state = swarm.pin(dag, 1);

    assertThat(state.verified()).isZero();
    assertThat(state.copies()).first().satisfies(c -> assertThat(c.error()).isNotBlank());
    assertThat(swarm.ingest.pinned()).containsKey(dag);
  }

  @Test
  void makesALostCopyAnew() throws Exception {
    TestSwarm swarm = new TestSwarm(3);
    Cid dag = swarm.image(1);
    swarm.pin(dag, 3);
    swarm.node("c").unpin(dag, PinBed.OURS, soon());
    swarm.node("c").collectGarbage(soon());

    PinState state = swarm.again(dag);

    assertThat(state.verified()).isEqualTo(3);
    assertThat(swarm.node("c").pinned()).containsKey(dag);
  }

  @Test
  void changesNothingWhenAllIsWell() throws Exception {
    TestSwarm swarm = new TestSwarm(3);
    Cid dag = swarm.image(1);
    swarm.pin(dag, 3);
    swarm.published.clear();

    swarm.again(dag);

    assertThat(swarm.published).isEmpty();
  }

  @Test
  void writesNothingToAPeerThatStrangersCanReach() throws Exception {
    TestSwarm swarm = new TestSwarm(1);
    Cid dag = swarm.image(1);
    swarm.node("a").setPrivacy(new SwarmPrivacy.Public(List.of("Routing.Type is auto: set none")));

    PinState state = swarm.pin(dag, 1);

    assertThat(state.verified()).isZero();
    assertThat(state.copies().getFirst().error())
        .startsWith("kubo a: look whether strangers can reach it: Routing.Type is auto");
    assertThat(swarm.node("a").storedBlocks()).isEmpty();
  }

  @Test
  void writesNothingToAPeerThatCameBackWhereStrangersCanReachIt() throws Exception {
    TestSwarm swarm = new TestSwarm(1);
    Pin pin = swarm.step();
    assertThat(swarm.pin(pin, swarm.image(1), 1).verified()).isEqualTo(1);
    swarm.node("a").setPrivacy(new SwarmPrivacy.Public(List.of("Routing.Type is auto: set none")));
    swarm.clock.advance(PrivacyGuard.TRUSTED);
    Cid second = swarm.image(2);

    PinState state = swarm.pin(pin, second, 1);

    assertThat(state.verified()).isZero();
    assertThat(swarm.node("a").storedBlocks()).doesNotContain(second);
  }

  @Test
  void aFullPeerIsReadAndLeftAloneUntilItMayHaveRoomAgain() throws Exception {
    TestSwarm swarm = new TestSwarm(3);
    Pin pin = swarm.step();
    Cid first = swarm.image(1);
    swarm.pin(pin, first, 3);
    long used = swarm.node("b").repoStat(soon()).usedBytes();
    swarm.node("b").trouble().limitStorage(used + 1000);
    Cid second = swarm.image(2);

    assertThat(swarm.pin(pin, second, 3).verified()).isEqualTo(2);
    assertThat(swarm.endpoints.isOpen("kubo b")).as("not away").isTrue();
    swarm.node("b").trouble().clear();
    swarm.clock.advance(FullPeers.PAUSE.minusMinutes(1));
    assertThat(again(swarm, pin, second).verified()).as("not asked soon").isEqualTo(2);
    assertThat(again(swarm, pin, first).verified()).as("what it holds counts").isEqualTo(3);

    swarm.clock.advance(Duration.ofMinutes(1));
    assertThat(again(swarm, pin, second).verified()).isEqualTo(3);
  }

  /** What the loop does at its next look. */
  private static PinState again(TestSwarm swarm, Pin pin, Cid dag) throws Exception {
    swarm.repair();
    return swarm.again(pin, dag);
  }

  @Test
  void refusesAKeyThatIsNoCid() {
    TestSwarm swarm = new TestSwarm(1);
    Message message =
        new Message(Topic.CONVERTED, 0, 0, "no-cid", "id", swarm.clock.instant(), null);

    assertThatThrownBy(() -> swarm.step().handle(message, effects -> {}))
        .isInstanceOfSatisfying(
            PermanentFailure.class, e -> assertThat(e.reason()).isEqualTo("MALFORMED_CID"));
  }

  @Test
  void ignoresANudgeForADagThatItNeverSaw() throws Exception {
    TestSwarm swarm = new TestSwarm(1);
    Cid dag = swarm.image(1);
    Message message =
        new Message(Topic.CONVERTED, 0, 0, dag.toString(), "id", swarm.clock.instant(), null);

    assertThat(swarm.step().handle(message, effects -> {})).isEqualTo(Effects.NONE);
  }

  private static String firstChoice(Cid dag, TestSwarm swarm) {
    List<Peer> peers =
        swarm.nodes.stream()
            .map(
                n ->
                    new Peer(
                        new PeerName(n.name()),
                        PeerPlace.of("site"),
                        true,
                        false,
                        false,
                        List.of(),
                        n))
            .toList();
    return Placement.choose(
            dag,
            CopyRule.of(Rules.DEFAULT),
            peers,
            List.of(),
            java.util.Set.of(),
            new PeerName("ingest"),
            java.util.Set.of(),
            1)
        .getFirst()
        .name()
        .text();
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(5));
  }
}
