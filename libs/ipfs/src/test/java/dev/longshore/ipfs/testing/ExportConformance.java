package dev.longshore.ipfs.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a node streams a DAG out of its own store; a part of {@link IpfsNodeConformance}. */
public abstract class ExportConformance extends NodeConformance {
  @Test
  void exportsEveryBlockOnceParentsFirst() throws IOException {
    first().importCar(dag.car(), soon());
    List<Cid> exported = new ArrayList<>();
    long[] bytes = new long[1];

    first()
        .export(
            dag.root(),
            (cid, buffer, offset, length) -> {
              assertThat(Block.verify(cid, Arrays.copyOfRange(buffer, offset, offset + length)))
                  .isNotNull();
              exported.add(cid);
              bytes[0] += length;
            },
            STALL,
            soon());

    assertThat(exported).doesNotHaveDuplicates().startsWith(dag.root());
    assertThat(exported).hasSize((int) dag.blockCount());
    assertThat(bytes[0]).isEqualTo(dag.blockBytes());
  }

  @Test
  void exportsNothingOfADagThatItLacks() {
    KuboException failure =
        catchThrowableOfType(
            KuboException.class,
            () -> first().export(dag.root(), (_, _, _, _) -> {}, STALL, soon()));

    assertThat(failure.fault()).isEqualTo(Fault.NOT_HELD);
  }

  @Test
  void passesAFailureOfTheSinkThroughAnExport() throws IOException {
    first().importCar(dag.car(), soon());
    IOException failure = new IOException("the sink is full");

    assertThatThrownBy(
            () ->
                first()
                    .export(
                        dag.root(),
                        (_, _, _, _) -> {
                          throw failure;
                        },
                        STALL,
                        soon()))
        .isSameAs(failure);
  }
}
