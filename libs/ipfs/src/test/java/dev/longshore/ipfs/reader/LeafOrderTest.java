package dev.longshore.ipfs.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.ipfs.BadBlockException;
import dev.longshore.ipfs.BadDagException;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.dagpb.PbLink;
import dev.longshore.ipfs.dagpb.PbNode;
import dev.longshore.ipfs.reader.LeafOrder.Leaf;
import dev.longshore.ipfs.testing.MemoryBlocks;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LeafOrderTest {
  private final MemoryBlocks blocks = new MemoryBlocks();

  private static PbLink to(Cid cid, long bytes) {
    return new PbLink(cid, "", bytes);
  }

  private Cid node(PbLink... links) {
    return blocks.putNode(new PbNode(List.of(links), null));
  }

  /** What the contract says, word by word. */
  private void naive(
      Cid cid, long bytes, Cid parent, Set<Cid> seen, List<Cid> nodes, List<Leaf> leaves)
      throws IOException {
    if (cid.isInline() || !seen.add(cid)) {
      return;
    }
    if (cid.codec() == Cid.RAW) {
      leaves.add(new Leaf(cid, bytes, parent));
      return;
    }
    nodes.add(cid);
    for (PbLink link : PbNode.decode(blocks.get(cid, soon())).links()) {
      naive(link.cid(), link.tsize(), cid, seen, nodes, leaves);
    }
  }

  private LeafOrder naive(Cid root) throws IOException {
    var nodes = new ArrayList<Cid>();
    var leaves = new ArrayList<Leaf>();
    naive(root, blocks.get(root, soon()).length, root, new LinkedHashSet<>(), nodes, leaves);
    return new LeafOrder(nodes, leaves);
  }

  /** Levels of nodes that link what is below them, the same again and again, and inline ones. */
  private Cid random(Random random) {
    var below = new ArrayList<PbLink>();
    for (int i = 0; i < 1 + random.nextInt(20); i++) {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      below.add(to(blocks.putRaw(bytes), bytes.length));
    }
    for (int i = 0; i < random.nextInt(3); i++) {
      // An identity hash: CIDv1, raw, code 0, one byte.
      below.add(to(Cid.ofBytes(new byte[] {1, 0x55, 0, 1, (byte) i}), 1));
    }
    Cid last = below.getFirst().cid();
    for (int i = 0; i < random.nextInt(60); i++) {
      var links = new ArrayList<PbLink>();
      for (int link = 0; link < random.nextInt(6); link++) {
        links.add(below.get(random.nextInt(below.size())));
      }
      // No two nodes the same by chance alone: the data is a number.
      last = blocks.putNode(new PbNode(links, new byte[] {(byte) i}));
      below.add(to(last, random.nextInt(1000)));
    }
    return last;
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofMinutes(1));
  }

  @Test
  void isThatOfAWalkByTheWordsOfTheContract() throws Exception {
    long seed = new Random().nextLong();
    for (int i = 0; i < 300; i++) {
      Cid root = random(new Random(seed + i));

      assertThat(LeafOrder.of(root, blocks, soon())).as("seed %d", seed + i).isEqualTo(naive(root));
    }
  }

  @Test
  void aLeafThatIsLinkedTwiceHasItsFirstPlace() throws Exception {
    Cid a = blocks.putRaw(new byte[] {1});
    Cid b = blocks.putRaw(new byte[] {2, 2});
    Cid c = blocks.putRaw(new byte[] {3, 3, 3});
    Cid inner = node(to(c, 3), to(a, 1));
    Cid root = node(to(b, 2), to(inner, 9), to(a, 1), to(b, 2));

    assertThat(LeafOrder.of(root, blocks, soon()))
        .isEqualTo(
            new LeafOrder(
                List.of(root, inner),
                List.of(new Leaf(b, 2, root), new Leaf(c, 3, inner), new Leaf(a, 1, inner))));
  }

  @Test
  void readsNoLeafAndEachInnerNodeOnce() throws Exception {
    Cid leaf = Cid.raw(new byte[32]);
    Cid inner = node(to(leaf, 1));
    Cid root = node(to(inner, 1), to(node(to(inner, 1)), 1));

    assertThat(LeafOrder.of(root, blocks, soon()).leaves())
        .containsExactly(new Leaf(leaf, 1, inner));
    assertThat(blocks.reads()).isEqualTo(3);
  }

  @Test
  void aRootThatIsALeafIsNumberZero() throws Exception {
    Cid root = blocks.putRaw(new byte[5]);

    assertThat(LeafOrder.of(root, blocks, soon()))
        .isEqualTo(new LeafOrder(List.of(), List.of(new Leaf(root, 5, root))));
  }

  @Test
  void aChainThatTheRootLinksBackwardsIsNotTooDeep() throws Exception {
    var chain = new ArrayList<PbLink>();
    PbLink below = to(Cid.raw(new byte[32]), 1);
    for (int i = 0; i < 20_000; i++) {
      below = to(node(below), 1);
      chain.addFirst(below);
    }
    Cid root = blocks.putNode(new PbNode(chain, null));

    LeafOrder order = LeafOrder.of(root, blocks, soon());

    assertThat(order.nodes()).hasSize(20_001);
    assertThat(order.nodes().subList(1, 20_001))
        .isEqualTo(chain.stream().map(PbLink::cid).toList());
    assertThat(order.leaves()).hasSize(1);
  }

  @Test
  void refusesWrongBytesAndTooManyBlocks() throws Exception {
    Cid root = node(to(Cid.raw(new byte[32]), 1), to(blocks.putRaw(new byte[3]), 3));

    assertThatThrownBy(() -> LeafOrder.of(root, blocks, soon(), 2))
        .isInstanceOf(BadDagException.class);
    assertThat(LeafOrder.of(root, blocks, soon(), 3).leaves()).hasSize(2);
    blocks.replace(root, new byte[] {1});
    assertThatThrownBy(() -> LeafOrder.of(root, blocks, soon()))
        .isInstanceOf(BadBlockException.class);
  }
}
