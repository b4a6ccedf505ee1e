package dev.longshore.ipfs.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.ipfs.dagpb.PbLink;
import dev.longshore.ipfs.dagpb.PbNode;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.LocalCheck;
import dev.longshore.ipfs.node.LocalCopy;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.ipfs.unixfs.DirectoryTree;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How a node brings blocks and DAGs from its peers; a part of {@link IpfsNodeConformance}. */
public abstract class FetchConformance extends ExportConformance {
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
}
