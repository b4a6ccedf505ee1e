package dev.longshore.ipfs.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.ByteRange;
import dev.longshore.ipfs.node.Content;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.ImportStats;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.LocalCheck;
import dev.longshore.ipfs.node.LocalCopy;
import dev.longshore.ipfs.node.NodeId;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.ipfs.node.SwarmPrivacy;
import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every {@link IpfsNode} must do: the twin and the real one. */
public abstract class IpfsNodeConformance extends GarbageConformance {
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
  void knowsThatAnEmptyFileIsThere() throws IOException {
    DagLink[] file = new DagLink[1];
    first().importCar(sink -> file[0] = UnixFsFileBuilder.build(new byte[0], sink), soon());

    assertThat(first().verifyLocal(file[0].cid(), LocalCheck.PRESENCE, soon()))
        .isEqualTo(new LocalCopy(1, 0));
  }

  @Test
  void knowsItsPeers() throws KuboException {
    connect();
    connect();

    assertThat(first().peers(soon())).contains(second().id(soon()).peerId());
    assertThat(second().peers(soon())).contains(first().id(soon()).peerId());
  }

  @Test
  void readsFromAPeerThatItLostInBetween() throws Exception {
    NodeId peer = second().id(soon());
    connect();
    first().addPeering(peer.addresses().getFirst(), soon());

    disconnect();

    second().importCar(dag.car(), soon());
    assertThat(first().block(dag.root(), Reach.NETWORK, soon()).cid()).isEqualTo(dag.root());
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
