package dev.longshore.ipfs.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.ipfs.BadBlockException;
import dev.longshore.ipfs.BadDagException;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.dagpb.PbLink;
import dev.longshore.ipfs.dagpb.PbNode;
import dev.longshore.ipfs.testing.MemoryBlocks;
import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.ipfs.unixfs.DirectoryTree;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class BlockWalkTest {
  private static final int LEAF = 64;
  private static final int LINKS = 5;
  private final MemoryBlocks blocks = new MemoryBlocks();
  private final BlockWalk walk = new BlockWalk(blocks, Deadline.after(Duration.ofMinutes(1)));

  private DagLink file(byte[] content) throws IOException {
    UnixFsFileBuilder builder = UnixFsFileBuilder.fixedLeaves(LEAF, LINKS, blocks);
    builder.write(content, 0, content.length);
    return builder.finish();
  }

  private static byte[] random(long seed, int leaves) {
    byte[] content = new byte[leaves * LEAF];
    new Random(seed).nextBytes(content);
    return content;
  }

  private Map<Cid, Long> stored(Cid root) throws IOException {
    var sizes = new HashMap<Cid, Long>();
    blocks.exportTo(root, (cid, _, _, length) -> sizes.put(cid, (long) length));
    return sizes;
  }

  @Test
  void findsEveryBlockWithItsSizeWithoutReadingALeaf() throws Exception {
    Cid dag =
        new DirectoryTree()
            .put("a/big", file(random(1, 200)))
            .put("small", UnixFsFileBuilder.build(random(2, 1), blocks))
            .write(blocks)
            .cid();
    Map<Cid, Long> expected = stored(dag);
    long leaves = expected.keySet().stream().filter(cid -> cid.codec() == Cid.RAW).count();
    long before = blocks.reads();

    BlockSet found = walk.of(dag);

    assertThat(found.sizes()).isEqualTo(expected);
    assertThat(blocks.reads() - before).isEqualTo(expected.size() - leaves);
  }

  @Test
  void countsABlockThatIsLinkedTwiceOnce() throws Exception {
    byte[] zeros = new byte[40 * LEAF];

    assertThat(walk.of(file(zeros).cid()).sizes()).isEqualTo(stored(file(zeros).cid()));
  }

  @Test
  void tellsWhatIsSharedAndWhatIsNew() throws Exception {
    byte[] content = random(3, 100);
    DagLink before = file(content);
    content[70 * LEAF] ^= 1;
    DagLink after = file(content);

    BlockSet.Share share = walk.of(after.cid()).against(walk.of(before.cid()));

    Map<Cid, Long> brought = stored(after.cid());
    brought.keySet().removeAll(stored(before.cid()).keySet());
    assertThat(share.newBlocks()).isEqualTo(brought.size()).isLessThan(6);
    assertThat(share.newBytes()).isEqualTo(brought.values().stream().mapToLong(b -> b).sum());
    assertThat(share.sharedBlocks() + share.newBlocks()).isEqualTo(after.blocks());
    assertThat(share.sharedBytes() + share.newBytes())
        .isEqualTo(stored(after.cid()).values().stream().mapToLong(b -> b).sum());
  }

  @Test
  void aFileOfOneLeafIsThatLeaf() throws Exception {
    Cid leaf = UnixFsFileBuilder.build(random(4, 1), blocks).cid();

    assertThat(walk.of(leaf).sizes()).isEqualTo(Map.of(leaf, (long) LEAF));
  }

  @Test
  void refusesAnInnerNodeOfOtherBytes() throws Exception {
    Cid root = file(random(5, 20)).cid();
    blocks.replace(root, new byte[] {1});

    assertThatThrownBy(() -> walk.of(root)).isInstanceOf(BadBlockException.class);
  }

  @Test
  void refusesBlocksOfAnotherKind() throws Exception {
    byte[] bytes = {1, 2, 3};
    byte[] cid = blocks.putRaw(bytes).bytes();
    cid[1] = 0x71;
    Cid cbor = Cid.ofBytes(cid);
    blocks.replace(cbor, bytes);
    Cid root = blocks.putNode(new PbNode(List.of(new PbLink(cbor, "", 1)), null));

    assertThatThrownBy(() -> walk.of(root)).isInstanceOf(BadDagException.class);
  }

  @Test
  void aMissingInnerNodeEndsTheWalk() throws Exception {
    Cid absent = Cid.dagPb(new byte[32]);
    Cid root = blocks.putNode(new PbNode(List.of(new PbLink(absent, "", 1)), null));

    assertThatThrownBy(() -> walk.of(root))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(absent.toString());
  }

  @Test
  void endsWhenTheTimeIsOver() throws Exception {
    Cid root = file(random(6, 20)).cid();

    assertThatThrownBy(() -> new BlockWalk(blocks, Deadline.after(Duration.ZERO)).of(root))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no time left");
  }

  /** A root with so many child nodes, each linking leaves that do not exist. */
  private Cid wide(int nodes, Function<Integer, byte[]> leaf) {
    var links = new ArrayList<PbLink>();
    for (int node = 0; node < nodes; node++) {
      var leaves = new ArrayList<PbLink>();
      // No two nodes the same.
      leaves.add(new PbLink(Cid.raw(hash(-1 - node)), "", 1));
      for (int i = 1; i < 10; i++) {
        leaves.add(new PbLink(Cid.raw(leaf.apply(10 * node + i)), "", 1));
      }
      links.add(new PbLink(blocks.putNode(new PbNode(leaves, null)), "", 1));
    }
    return blocks.putNode(new PbNode(links, null));
  }

  private static byte[] hash(int number) {
    return ByteBuffer.allocate(32).putInt(number).array();
  }

  @Test
  void aDagOfTooManyBlocksIsRefusedBeforeALevelIsRead() {
    Cid root = wide(100, BlockWalkTest::hash);
    var reads = new AtomicInteger();
    BlockSource counted =
        (cid, deadline) -> {
          reads.incrementAndGet();
          return blocks.get(cid, deadline);
        };
    var bounded = new BlockWalk(counted, Deadline.after(Duration.ofMinutes(1)), 300);

    assertThatThrownBy(() -> bounded.of(root))
        .isInstanceOf(BadDagException.class)
        .hasMessageContaining("over 300 blocks");
    // The root of 100 links, the 21 nodes that lead over 300, and those asked for meanwhile.
    assertThat(reads.get()).isBetween(22, 1 + 21 + 16);
  }

  @Test
  void linksToTheSameBlocksAreBoundedTooForTheyAreKept() throws Exception {
    Cid root = wide(100, i -> hash(i % 10));

    var enough = new BlockWalk(blocks, Deadline.after(Duration.ofMinutes(1)), 1_100);
    assertThat(enough.of(root).blocks()).isEqualTo(1 + 100 + 100 + 9);
    var bounded = new BlockWalk(blocks, Deadline.after(Duration.ofMinutes(1)), 1_099);
    assertThatThrownBy(() -> bounded.of(root)).isInstanceOf(BadDagException.class);
  }
}
