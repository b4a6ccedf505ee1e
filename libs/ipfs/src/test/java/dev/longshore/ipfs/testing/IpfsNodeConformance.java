package dev.longshore.ipfs.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.ipfs.BadBlockException;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.dagpb.PbLink;
import dev.longshore.ipfs.dagpb.PbNode;
import dev.longshore.ipfs.node.ByteRange;
import dev.longshore.ipfs.node.Content;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.HeldImport;
import dev.longshore.ipfs.node.ImportStats;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.LocalCheck;
import dev.longshore.ipfs.node.LocalCopy;
import dev.longshore.ipfs.node.Pin;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.ipfs.node.SwarmPrivacy;
import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.ipfs.unixfs.DirectoryTree;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link IpfsNode} must do: the twin and the real one. */
public abstract class IpfsNodeConformance extends ExportConformance {
  private static final AtomicLong SEEDS = new AtomicLong(1000);
  private static final Duration STALL = Duration.ofSeconds(2);

  private SampleDag dag;

  /** Another one in the same swarm. */
  protected abstract IpfsNode second();

  /** Takes a block that nothing pins out of a node's store. */
  protected abstract void lose(IpfsNode node, Cid cid) throws Exception;

  /** Changes a block in a node's store. */
  protected abstract void corrupt(IpfsNode node, Cid cid) throws Exception;

  @BeforeEach
  void newContent() throws IOException {
    dag = new SampleDag(SEEDS.incrementAndGet());
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(60));
  }

  private static Deadline atOnce() {
    return Deadline.after(Duration.ofMillis(700));
  }

  private static Fault faultOf(ThrowingCallable call) {
    KuboException e = catchThrowableOfType(KuboException.class, call);
    assertThat(e).as("the call fails with a KuboException").isNotNull();
    return e.fault();
  }

  private void connect() throws KuboException {
    first().connect(second().id(soon()).addresses().getFirst(), soon());
  }

  private void pin(IpfsNode node, Cid root, String name) throws KuboException {
    node.pin(root, name, STALL, soon(), PinProgress.NONE);
  }

  private static byte[] read(Content content) throws IOException {
    try (content) {
      byte[] bytes = content.stream().readAllBytes();
      assertThat(content.length()).isEqualTo(bytes.length);
      return bytes;
    }
  }

  @Test
  void importsBlocksAndCountsThem() throws IOException {
    ImportStats stats = first().importCar(dag.car(), soon());

    assertThat(stats).isEqualTo(new ImportStats(dag.blockCount(), dag.blockBytes()));
    assertThat(first().holds(dag.leaf(), soon())).isTrue();
    Block leaf = first().block(dag.leaf(), Reach.LOCAL, soon());
    assertThat(leaf.bytes()).isEqualTo(Arrays.copyOfRange(dag.big(), 7000, 8000));
  }

  @Test
  void importsNothing() throws IOException {
    assertThat(first().importCar(sink -> {}, soon())).isEqualTo(new ImportStats(0, 0));
  }

  @Test
  void passesAFailureOfTheSourceThroughAnImport() throws IOException {
    IOException source = new IOException("the registry hung up");

    assertThatThrownBy(
            () ->
                first()
                    .importCar(
                        sink -> {
                          dag.car().writeTo(sink);
                          throw source;
                        },
                        soon()))
        .isSameAs(source);

    assertThat(first().importCar(dag.car(), soon()).blocks()).isEqualTo(dag.blockCount());
  }

  @Test
  void refusesABlockThatIsNotWhatItsCidSays() {
    Fault fault =
        faultOf(
            () ->
                first()
                    .importCar(sink -> sink.put(dag.leaf(), new byte[] {1, 2, 3}, 0, 3), soon()));

    assertThat(fault).isEqualTo(Fault.FAILED);
  }

  @ParameterizedTest
  @EnumSource(Reach.class)
  void readsFilesWholeAndInParts(Reach reach) throws IOException {
    first().importCar(dag.car(), soon());
    byte[] big = dag.big();

    assertThat(read(first().open(dag.bigFile(), "", ByteRange.ALL, reach, soon()))).isEqualTo(big);
    assertThat(read(first().open(dag.root(), "docs/big", ByteRange.ALL, reach, soon())))
        .isEqualTo(big);
    assertThat(read(first().open(dag.root(), "small", ByteRange.ALL, reach, soon())))
        .isEqualTo(dag.small());
    assertThat(read(first().open(dag.bigFile(), "", new ByteRange(999, 2002), reach, soon())))
        .isEqualTo(Arrays.copyOfRange(big, 999, 3001));
    assertThat(read(first().open(dag.bigFile(), "", ByteRange.from(399_990), reach, soon())))
        .isEqualTo(Arrays.copyOfRange(big, 399_990, big.length));
    assertThat(read(first().open(dag.bigFile(), "", new ByteRange(400_000, 999), reach, soon())))
        .isEqualTo(Arrays.copyOfRange(big, 400_000, big.length));
    assertThat(read(first().open(dag.bigFile(), "", ByteRange.from(big.length), reach, soon())))
        .isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Reach.class)
  void tellsAMissingPathFromADirectory(Reach reach) throws IOException {
    first().importCar(dag.car(), soon());

    assertThat(faultOf(() -> first().open(dag.root(), "docs/x", ByteRange.ALL, reach, soon())))
        .isEqualTo(Fault.NOT_HELD);
    assertThat(faultOf(() -> first().open(dag.root(), "docs", ByteRange.ALL, reach, soon())))
        .isEqualTo(Fault.REFUSED);
  }

  @Test
  void breaksAReadOff() throws IOException {
    first().importCar(dag.car(), soon());

    try (Content content = first().open(dag.bigFile(), "", ByteRange.ALL, Reach.LOCAL, soon())) {
      assertThat(content.stream().readNBytes(10)).isEqualTo(Arrays.copyOf(dag.big(), 10));
    }
    assertThat(first().holds(dag.bigFile(), soon())).isTrue();
  }

  @Test
  void saysWhatItDoesNotHold() throws KuboException {
    assertThat(first().holds(dag.leaf(), soon())).isFalse();
    assertThat(faultOf(() -> first().block(dag.leaf(), Reach.LOCAL, soon())))
        .isEqualTo(Fault.NOT_HELD);
    assertThat(faultOf(() -> first().open(dag.bigFile(), "", ByteRange.ALL, Reach.LOCAL, soon())))
        .isEqualTo(Fault.NOT_HELD);
    assertThat(faultOf(() -> first().verifyLocal(dag.root(), LocalCheck.PRESENCE, soon())))
        .isEqualTo(Fault.NOT_HELD);
  }

  @Test
  void givesUpOnABlockThatNobodyHas() {
    assertThat(faultOf(() -> first().block(dag.leaf(), Reach.NETWORK, atOnce())))
        .isEqualTo(Fault.TIMEOUT);
  }

  @Test
  void fetchesABlockFromAPeer() throws IOException {
    connect();
    first().importCar(dag.car(), soon());

    assertThat(second().block(dag.leaf(), Reach.NETWORK, soon()).cid()).isEqualTo(dag.leaf());
  }

  @Test
  void pinsByNameAndUnpins() throws IOException {
    first().importCar(dag.car(), soon());
    assertThat(first().isPinned(dag.root(), soon())).isFalse();

    pin(first(), dag.root(), "longshore:here:one");
    assertThat(first().isPinned(dag.root(), soon())).isTrue();
    assertThat(first().isPinned(dag.bigFile(), soon())).isFalse();
    assertThat(pinsOf(first())).contains(new Pin(dag.root(), "longshore:here:one"));

    pin(first(), dag.root(), "longshore:here:two");
    assertThat(pinsOf(first())).contains(new Pin(dag.root(), "longshore:here:two"));

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
    assertThat(pinsOf(first())).contains(new Pin(dag.root(), theirs));

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
    assertThat(pinsOf(first())).contains(new Pin(dag.root(), "longshore:there:copy"));

    assertThat(first().unpin(dag.root(), "longshore:here:", soon())).isFalse();
    assertThat(first().unpin(dag.root(), "longshore:there:", soon())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"longshore:copy", "longshore:sha256:0a/1b", "longshore-resolver"})
  void aCopyTakesOverThePinThatWasThereBefore(String before) throws IOException {
    first().importCar(dag.car(), soon());
    pin(first(), dag.root(), before);

    pin(first(), dag.root(), "longshore:here:copy");

    assertThat(pinsOf(first())).contains(new Pin(dag.root(), "longshore:here:copy"));
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

    assertThat(pinsOf(first())).contains(new Pin(dag.root(), "longshore:here:copy"));
    assertThat(first().unpin(dag.root(), "longshore-resolver", soon())).isFalse();
  }

  private static List<Pin> pinsOf(IpfsNode node) throws KuboException {
    List<Pin> pins = new ArrayList<>();
    node.pins(pins::add, soon());
    return pins;
  }

  @Test
  void refusesANameThatIsTooLong() {
    assertThat(faultOf(() -> pin(first(), dag.root(), "n".repeat(256)))).isEqualTo(Fault.REFUSED);
  }

  @Test
  void bringsAWholeDagFromAPeer() throws IOException {
    connect();
    first().importCar(dag.car(), soon());

    pin(second(), dag.root(), "copy");

    LocalCopy whole = new LocalCopy(dag.blockCount(), dag.blockBytes());
    assertThat(second().verifyLocal(dag.root(), LocalCheck.PRESENCE, soon())).isEqualTo(whole);
    assertThat(second().verifyLocal(dag.root(), LocalCheck.REHASH, soon())).isEqualTo(whole);
  }

  /** So nobody needs to walk it once more to know that it is there. */
  @Test
  void aPinReportsAllThatItWalkedAlsoWhenItWasThere() throws IOException {
    first().importCar(dag.car(), soon());
    connect();
    for (String time : List.of("new", "again")) {
      List<LocalCopy> walked = new ArrayList<>();
      second()
          .pin(
              dag.root(),
              "n",
              STALL,
              soon(),
              (blocks, bytes) -> walked.add(new LocalCopy(blocks, bytes)));

      assertThat(walked.getLast())
          .as(time)
          .isEqualTo(second().verifyLocal(dag.root(), LocalCheck.PRESENCE, soon()));
    }
  }

  @Test
  void fetchesAWholeDagWithoutPinningIt() throws Exception {
    connect();
    first().importCar(dag.car(), soon());

    second().fetch(dag.root(), STALL, soon());

    assertThat(second().verifyLocal(dag.root(), LocalCheck.PRESENCE, soon()).blocks())
        .isEqualTo(dag.blockCount());
    assertThat(second().isPinned(dag.root(), soon())).isFalse();
  }

  @Test
  void fetchesTheChildrenOfANodeInTheirOrderAndNothingElse() throws Exception {
    connect();
    first().importCar(dag.car(), soon());
    List<Cid> links =
        PbNode.decode(first().block(dag.bigFile(), Reach.LOCAL, soon()).bytes()).links().stream()
            .map(PbLink::cid)
            .distinct()
            .toList();
    List<Cid> came = new ArrayList<>();

    second()
        .fetchChildren(
            dag.bigFile(),
            cid -> {
              assertThat(holds(second(), cid)).isTrue();
              came.add(cid);
            },
            STALL,
            soon());

    assertThat(came).hasSizeGreaterThan(1).isEqualTo(links);
    assertThat(second().holds(dag.root(), soon())).isFalse();
    assertThat(second().isPinned(dag.bigFile(), soon())).isFalse();
  }

  @Test
  void tellsOfTheChildrenThatCameBeforeOneThatDoesNot() throws Exception {
    connect();
    first().importCar(dag.car(), soon());
    List<PbLink> links =
        PbNode.decode(first().block(dag.bigFile(), Reach.LOCAL, soon()).bytes()).links();
    lose(first(), links.getLast().cid());
    List<Cid> came = new ArrayList<>();

    assertThatThrownBy(() -> second().fetchChildren(dag.bigFile(), came::add, STALL, soon()))
        .isInstanceOf(KuboException.class);
    assertThat(came).contains(links.getFirst().cid()).doesNotContain(links.getLast().cid());
  }

  private static boolean holds(IpfsNode node, Cid cid) {
    try {
      return node.holds(cid, soon());
    } catch (KuboException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void givesAFetchUpWhenNoBlockComes() throws Exception {
    connect();
    first().importCar(dag.car(), soon());
    lose(first(), dag.leaf());

    assertThatThrownBy(() -> second().fetch(dag.root(), STALL, soon()))
        .isInstanceOf(KuboException.class);
    assertThat(second().holds(dag.leaf(), soon())).isFalse();
  }

  @Test
  void bringsADagWithAnEmptyFileFromAPeer() throws IOException {
    connect();
    first().importCar(dag.car(), soon());
    pin(second(), dag.root(), "so that blocks come at once");
    DagLink[] root = new DagLink[1];
    first()
        .importCar(
            sink ->
                root[0] =
                    new DirectoryTree()
                        .put("empty", UnixFsFileBuilder.build(new byte[0], sink))
                        .put("small", UnixFsFileBuilder.build(dag.small(), sink))
                        .write(sink),
            soon());

    pin(second(), root[0].cid(), "copy");

    assertThat(second().verifyLocal(root[0].cid(), LocalCheck.REHASH, soon()).blocks())
        .isEqualTo(3);
  }

  @Test
  void knowsThatAnEmptyFileIsThere() throws IOException {
    DagLink[] file = new DagLink[1];
    first().importCar(sink -> file[0] = UnixFsFileBuilder.build(new byte[0], sink), soon());

    assertThat(first().verifyLocal(file[0].cid(), LocalCheck.PRESENCE, soon()))
        .isEqualTo(new LocalCopy(1, 0));
  }

  @Test
  void givesAPinUpWhenNoBlockComes() throws Exception {
    connect();
    first().importCar(dag.car(), soon());
    lose(first(), dag.leaf());
    List<Long> progress = new ArrayList<>();

    Fault fault =
        faultOf(
            () ->
                second()
                    .pin(
                        dag.root(),
                        "never",
                        STALL,
                        soon(),
                        (blocks, bytes) -> progress.add(blocks)));

    assertThat(fault).isEqualTo(Fault.STALLED);
    assertThat(progress).isNotEmpty();
    assertThat(second().isPinned(dag.root(), soon())).isFalse();
    assertThat(second().holds(dag.leaf(), soon())).isFalse();
  }

  @ParameterizedTest
  @EnumSource(LocalCheck.class)
  void doesNotCountWhatOnlyAPeerHolds(LocalCheck check) throws Exception {
    connect();
    first().importCar(dag.car(), soon());
    second().importCar(dag.car(), soon());
    lose(second(), dag.leaf());

    assertThat(faultOf(() -> second().verifyLocal(dag.root(), check, soon())))
        .isEqualTo(Fault.NOT_HELD);
    assertThat(second().holds(dag.leaf(), soon())).isFalse();
  }

  @Test
  void findsRotWhenItHashes() throws Exception {
    first().importCar(dag.car(), soon());
    corrupt(first(), dag.leaf());

    assertThatThrownBy(() -> first().verifyLocal(dag.root(), LocalCheck.REHASH, soon()))
        .isInstanceOf(BadBlockException.class)
        .hasMessageContaining(dag.leaf().toString());
    assertThatThrownBy(() -> first().block(dag.leaf(), Reach.LOCAL, soon()))
        .isInstanceOf(BadBlockException.class);
    lose(first(), dag.leaf());
  }

  @Test
  void removesABlockThatNoPinReaches() throws Exception {
    first().importCar(dag.car(), soon());
    pin(first(), dag.root(), "longshore:here:one");

    assertThat(first().removeBlock(dag.leaf(), soon()).orElse("")).contains("pinned");
    assertThat(first().removeBlock(dag.root(), soon()).orElse("")).contains("pinned");
    assertThat(first().holds(dag.leaf(), soon())).isTrue();

    first().unpin(dag.root(), "longshore:here:", soon());
    assertThat(first().removeBlock(dag.leaf(), soon())).isEmpty();
    assertThat(first().holds(dag.leaf(), soon())).isFalse();
    assertThat(first().removeBlock(dag.leaf(), soon())).as("it is not there").isEmpty();
  }

  @Test
  void mendsARottenBlockThatWasUnpinnedRemovedAndImportedAgain() throws Exception {
    first().importCar(dag.car(), soon());
    pin(first(), dag.root(), "longshore:here:one");
    corrupt(first(), dag.leaf());
    first().importCar(dag.car(), soon());
    assertThatThrownBy(() -> first().block(dag.leaf(), Reach.LOCAL, soon()))
        .as("an import alone leaves it")
        .isInstanceOf(BadBlockException.class);

    first().unpin(dag.root(), "longshore:here:", soon());
    assertThat(first().removeBlock(dag.leaf(), soon())).isEmpty();
    first().importCar(dag.car(), soon());
    pin(first(), dag.root(), "longshore:here:one");

    assertThat(first().verifyLocal(dag.root(), LocalCheck.REHASH, soon()).blocks())
        .isEqualTo(dag.blockCount());
  }

  @Test
  void collectsWhatNoPinReaches() throws IOException {
    SampleDag kept = new SampleDag(SEEDS.incrementAndGet());
    first().importCar(dag.car(), soon());
    first().importCar(kept.car(), soon());
    pin(first(), kept.root(), "kept");

    long removed = first().collectGarbage(soon());

    assertThat(removed).isGreaterThanOrEqualTo(dag.blockCount());
    assertThat(first().holds(dag.leaf(), soon())).isFalse();
    assertThat(first().verifyLocal(kept.root(), LocalCheck.PRESENCE, soon()).blocks())
        .isEqualTo(kept.blockCount());
    assertThat(first().unpin(kept.root(), "kept", soon())).isTrue();
  }

  /** A raw CID names the same block as that of a node, and says nothing of what it links. */
  @Test
  void holdsWhatItImportsInTheSameCallUntilItIsLetGo() throws IOException {
    List<Cid> alone = new ArrayList<>();
    Block holder;
    try (HeldImport held = first().importHeld(soon(), soon().remaining())) {
      dag.car()
          .writeTo(
              (cid, bytes, offset, length) -> {
                held.put(cid, bytes, offset, length);
                alone.add(Cid.raw(cid.digest()));
              });
      holder = SampleDag.linking(alone);
      held.hold(holder);
    }
    assertThat(pinsOf(first())).contains(new Pin(holder.cid(), ""));

    first().collectGarbage(soon());
    assertThat(first().verifyLocal(dag.root(), LocalCheck.REHASH, soon()).blocks())
        .isEqualTo(dag.blockCount());

    Cid gone = SampleDag.linking(List.of(dag.root())).cid();
    first().unpinAll(List.of(gone, holder.cid()), soon());
    first().collectGarbage(soon());
    assertThat(first().holds(dag.leaf(), soon())).isFalse();
  }

  @Test
  void twoHoldersOfOneDagHoldItTwice() throws IOException {
    first().importCar(dag.car(), soon());
    Block one = SampleDag.linking(List.of(dag.root()));
    Block other = SampleDag.linking(List.of(dag.root(), dag.bigFile()));
    hold(one);
    hold(other);

    first().unpinAll(List.of(one.cid()), soon());
    first().collectGarbage(soon());

    assertThat(first().verifyLocal(dag.root(), LocalCheck.PRESENCE, soon()).blocks())
        .isEqualTo(dag.blockCount());
    first().unpinAll(List.of(other.cid()), soon());
  }

  private void hold(Block holder) throws IOException {
    try (HeldImport held = first().importHeld(soon(), soon().remaining())) {
      held.hold(holder);
    }
  }

  @Test
  void anImportThatIsBrokenOffHoldsNothing() throws IOException {
    try (HeldImport held = first().importHeld(soon(), soon().remaining())) {
      dag.car().writeTo(held);
    }

    first().collectGarbage(soon());
    assertThat(first().holds(dag.leaf(), soon())).isFalse();
  }

  @Test
  void aHolderOfMissingBlocksIsNotPinned() throws Exception {
    first().importCar(dag.car(), soon());
    lose(first(), dag.leaf());
    Block holder = SampleDag.linking(List.of(dag.root()));

    Fault fault =
        faultOf(
            () -> {
              try (HeldImport held = first().importHeld(atOnce(), atOnce().remaining())) {
                held.hold(holder);
              }
            });

    assertThat(fault).isIn(Fault.TIMEOUT, Fault.STALLED);
    assertThat(first().isPinned(holder.cid(), soon())).isFalse();
  }

  @Test
  void knowsItsPeers() throws KuboException {
    connect();
    connect();

    assertThat(first().peers(soon())).contains(second().id(soon()).peerId());
    assertThat(second().peers(soon())).contains(first().id(soon()).peerId());
  }

  @Test
  void saysWhenAPeerIsNotThere() {
    String nobody = "/ip4/127.0.0.1/tcp/1/p2p/12D3KooWFc8vgC5CFdW31kn4fLcpRH2ATGN3MDSzpfgZjyManiDK";

    assertThat(faultOf(() -> first().connect(nobody, soon()))).isEqualTo(Fault.FAILED);
  }

  @Test
  void isPrivate() throws KuboException {
    assertThat(first().privacy(soon())).isEqualTo(new SwarmPrivacy.Private());
  }

  @Test
  void tellsHowFullItIs() throws IOException {
    first().importCar(dag.car(), soon());

    assertThat(first().repoStat(soon()).usedBytes()).isGreaterThanOrEqualTo(dag.blockBytes());
    assertThat(first().repoStat(soon()).maxBytes()).isPositive();
  }

  @Test
  void takesNoCallBehindItsDeadline() {
    Deadline past = Deadline.after(Duration.ofSeconds(-1));

    assertThat(faultOf(() -> first().holds(dag.leaf(), past))).isEqualTo(Fault.TIMEOUT);
    assertThat(faultOf(() -> first().importCar(dag.car(), past))).isEqualTo(Fault.TIMEOUT);
  }

  @Test
  void breaksOffWhenInterrupted() {
    Thread.currentThread().interrupt();

    Fault fault = faultOf(() -> first().block(dag.leaf(), Reach.NETWORK, soon()));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(fault).isEqualTo(Fault.CANCELLED);
  }
}
