package dev.longshore.ipfs.unixfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.ipfs.BlockSink;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnixFsFileBuilderTest {
  private static final BlockSink NOWHERE = (cid, buffer, offset, length) -> {};

  @ParameterizedTest
  @CsvSource({
    "0, bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku",
    "262144, bafkreiekhhjkxu4ztk3tyng3er3ijhg56mb44oe3gwbgquhzu4afrg2ksa",
    "262145, bafybeigllfqgfpqydppr6cmv56g7ax4wyhruzswvcefv6j5kj77nzttfki",
  })
  void namesFilesOfZerosAsKuboDoes(int size, String cid) throws IOException {
    DagLink file = UnixFsFileBuilder.build(new byte[size], NOWHERE);

    assertThat(file.cid()).hasToString(cid);
    assertThat(file.fileSize()).isEqualTo(size);
  }

  @Test
  void writesTheInnerNodeByteForByte() throws IOException {
    List<String> nodes = new ArrayList<>();
    BlockSink sink =
        (cid, buffer, offset, length) -> {
          if (cid.codec() == Cid.DAG_PB) {
            nodes.add(HexFormat.of().formatHex(buffer, offset, offset + length));
          }
        };

    DagLink file = UnixFsFileBuilder.build(new byte[262145], sink);

    assertThat(nodes)
        .containsExactly(
            "122c0a24015512208a39d2abd3999ab73c34db2476849cddf303ce389b35826850f9a700589b4a9012001880"
                + "8010122a0a24015512206e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
                + "120018010a0c080218818010208080102001");
    assertThat(file.dagSize()).isEqualTo(262249);
    assertThat(file.blocks()).isEqualTo(3);
  }

  @Test
  void givesOneCidHoweverTheBytesArrive() throws IOException {
    byte[] content = new byte[70_000];
    new Random(3).nextBytes(content);
    DagLink whole = build(content, content.length);

    for (int part : new int[] {1, 63, 64, 65, 4096, 69_999}) {
      assertThat(build(content, part)).isEqualTo(whole);
    }
    UnixFsFileBuilder direct = UnixFsFileBuilder.fixedLeaves(64, 174, NOWHERE);
    direct.write(ByteBuffer.allocateDirect(content.length).put(content).flip());
    assertThat(direct.finish()).isEqualTo(whole);
  }

  private static DagLink build(byte[] content, int part) throws IOException {
    UnixFsFileBuilder builder = UnixFsFileBuilder.fixedLeaves(64, 174, NOWHERE);
    for (int at = 0; at < content.length; at += part) {
      builder.write(content, at, Math.min(part, content.length - at));
    }
    return builder.finish();
  }

  /** So that memory stays one leaf and a list of links a level, whatever the file's size. */
  @Test
  void handsEveryBlockOnAsSoonAsItIsKnown() throws IOException {
    List<Cid> emitted = new ArrayList<>();
    UnixFsFileBuilder builder =
        UnixFsFileBuilder.fixedLeaves(64, 174, (cid, buffer, offset, length) -> emitted.add(cid));
    byte[] leaf = new byte[64];
    for (int leaves = 1; leaves <= 61_000; leaves++) {
      builder.write(leaf, 0, leaf.length);
      assertThat(emitted).hasSize(leaves + leaves / 174 + leaves / (174 * 174));
    }
  }

  @Test
  void cutsLeavesWhereTheCallerSays() throws IOException {
    List<Integer> leaves = new ArrayList<>();
    BlockSink sink =
        (cid, buffer, offset, length) -> {
          if (cid.codec() == Cid.RAW) {
            leaves.add(length);
          }
        };
    UnixFsFileBuilder builder = UnixFsFileBuilder.callerDecidesLeaves(174, sink);
    byte[] bytes = new byte[2_000_000];
    builder.write(bytes, 0, 10);
    builder.endLeaf();
    builder.endLeaf();
    builder.writeLeaf(bytes, 0, 1000);
    builder.write(bytes, 0, 3);
    builder.writeLeaf(bytes, 5, 70_000);

    DagLink file = builder.finish();

    assertThat(leaves).containsExactly(10, 1000, 3, 70_000);
    assertThat(file.fileSize()).isEqualTo(71_013);
  }

  @Test
  void refusesALeafThatNoPeerWouldTake() throws IOException {
    UnixFsFileBuilder builder = UnixFsFileBuilder.callerDecidesLeaves(174, NOWHERE);
    builder.write(new byte[2097152], 0, 2097152);

    assertThatThrownBy(() -> builder.write(new byte[1], 0, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("2097152");
    assertThatThrownBy(() -> UnixFsFileBuilder.fixedLeaves(2097153, 174, NOWHERE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("leafBytes: 2097153 (expected: 1 to 2097152)");
  }

  @Test
  void refusesBytesBehindTheEnd() throws IOException {
    UnixFsFileBuilder builder = UnixFsFileBuilder.kuboDefaults(NOWHERE);
    builder.finish();

    assertThatThrownBy(() -> builder.write(new byte[1], 0, 1))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(builder::finish).isInstanceOf(IllegalStateException.class);
  }
}
