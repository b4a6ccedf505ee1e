package dev.longshore.ipfs.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.ipfs.BadBlockException;
import dev.longshore.ipfs.BadDagException;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.MalformedBytesException;
import dev.longshore.ipfs.PathNotFoundException;
import dev.longshore.ipfs.dagpb.PbLink;
import dev.longshore.ipfs.dagpb.PbNode;
import dev.longshore.ipfs.testing.MemoryBlocks;
import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.ipfs.unixfs.DirectoryTree;
import dev.longshore.ipfs.unixfs.ShardSlots;
import dev.longshore.ipfs.unixfs.UnixFsDirectory;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.ipfs.wire.ProtoWriter;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DagReaderTest {
  private static final int LEAF = 64;

  private final MemoryBlocks blocks = new MemoryBlocks();
  private final DagReader reader = new DagReader(blocks, Duration.ofSeconds(1));
  private final byte[] content = new byte[30_000];

  private Cid file() throws IOException {
    new Random(5).nextBytes(content);
    UnixFsFileBuilder builder = UnixFsFileBuilder.fixedLeaves(LEAF, 174, blocks);
    builder.write(content, 0, content.length);
    return builder.finish().cid();
  }

  private static byte[] read(InputStream stream) throws IOException {
    try (stream) {
      return stream.readAllBytes();
    }
  }

  @Test
  void readsAheadWhatWillBeAskedForAndNoMore() throws Exception {
    Cid file = file();
    int wanted = 4 * LEAF;
    CountDownLatch together = new CountDownLatch(4);
    AtomicInteger leaves = new AtomicInteger();
    BlockSource slow =
        (cid, deadline) -> {
          if (cid.codec() == Cid.RAW) {
            leaves.incrementAndGet();
            together.countDown();
            awaitOthers(together);
          }
          return blocks.get(cid, deadline);
        };
    DagReader ahead = new DagReader(slow, Duration.ofSeconds(20), 1 << 20);

    // Each leaf waits until all four are asked for: one at a time would never end.
    assertThat(read(ahead.open(file, 5L * LEAF, wanted)))
        .isEqualTo(Arrays.copyOfRange(content, 5 * LEAF, 5 * LEAF + wanted));

    assertThat(leaves).hasValue(4);
    assertThat(read(ahead.open(file))).isEqualTo(content);
    assertThat(read(ahead.open(file, 17, 20_001)))
        .isEqualTo(Arrays.copyOfRange(content, 17, 20_018));
  }

  private static void awaitOthers(CountDownLatch together) throws IOException {
    try {
      if (!together.await(10, TimeUnit.SECONDS)) {
        throw new IOException("no other leaf is asked for meanwhile");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void givesUpWhatIsUnderWayWhenTheReaderGoesAway() throws Exception {
    Cid file = file();
    CountDownLatch interrupted = new CountDownLatch(1);
    CountDownLatch underWay = new CountDownLatch(1);
    Thread here = Thread.currentThread();
    BlockSource hanging =
        (cid, deadline) -> {
          if (cid.codec() == Cid.RAW) {
            hangUnless(Thread.currentThread() == here, underWay, interrupted);
          }
          return blocks.get(cid, deadline);
        };
    DagReader ahead = new DagReader(hanging, Duration.ofSeconds(20), 2L * LEAF);

    try (InputStream stream = ahead.open(file)) {
      assertThat(stream.readNBytes(1)).hasSize(1);
    }

    assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
  }

  /** The reader's own leaf comes once another one hangs, which ends by an interrupt alone. */
  private static void hangUnless(boolean own, CountDownLatch underWay, CountDownLatch interrupted)
      throws IOException {
    try {
      if (own) {
        assertThat(underWay.await(10, TimeUnit.SECONDS)).isTrue();
      } else {
        underWay.countDown();
        assertThat(new CountDownLatch(1).await(20, TimeUnit.SECONDS)).isFalse();
      }
    } catch (InterruptedException e) {
      interrupted.countDown();
      throw new IOException(e);
    }
  }

  @Test
  void failureOfALeafThatWasReadAheadIsTheReaders() throws Exception {
    Cid file = file();
    AtomicInteger leaves = new AtomicInteger();
    BlockSource failing =
        (cid, deadline) -> {
          if (cid.codec() == Cid.RAW && leaves.incrementAndGet() == 3) {
            throw new IOException("the third is away");
          }
          return blocks.get(cid, deadline);
        };

    assertThatThrownBy(
            () -> read(new DagReader(failing, Duration.ofSeconds(20), 1 << 20).open(file)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is away");
  }

  @Test
  void readsAFileWhole() throws IOException {
    Cid file = file();

    assertThat(read(reader.open(file))).isEqualTo(content);
    assertThat(reader.fileSize(file)).isEqualTo(content.length);
    assertThat(reader.read(file, content.length)).isEqualTo(content);
  }

  @Test
  void readsEverySortOfRangeAndOnlyTheBlocksOnItsWay() throws IOException {
    Cid file = file();
    Random random = new Random(6);
    for (int i = 0; i < 300; i++) {
      int offset = random.nextInt(content.length + 1);
      int length = random.nextInt(500);
      int end = Math.min(content.length, offset + length);
      long before = blocks.reads();

      assertThat(read(reader.open(file, offset, length)))
          .isEqualTo(Arrays.copyOfRange(content, offset, end));
      // Root, at most two nodes below it, and the leaves that the range touches.
      assertThat(blocks.reads() - before).isLessThanOrEqualTo(3 + length / LEAF + 2);
    }
    assertThat(read(reader.open(file, content.length + 5L, 10))).isEmpty();
  }

  @Test
  void readsAnEmptyFileAndAFileOfOneLeaf() throws IOException {
    assertThat(read(reader.open(blocks.putRaw(new byte[0])))).isEmpty();
    assertThat(read(reader.open(blocks.putRaw(new byte[] {1, 2, 3}), 1, 1))).containsExactly(2);
  }

  @Test
  void readsContentThatIsPartOfTheCid() throws IOException {
    // Identity multihash of "hello\n", raw.
    Cid inline = Cid.parse("bafkqabtimvwgy3yk");

    assertThat(read(reader.open(inline))).asString(StandardCharsets.UTF_8).isEqualTo("hello\n");
    assertThat(blocks.reads()).isZero();
  }

  @Test
  void readsNodesThatCarryBytesThemselvesAndNodesWithDataFirst() throws IOException {
    byte[] data = unixFs(2, "hi ".getBytes(StandardCharsets.UTF_8), 5L, 2);
    PbLink leaf = new PbLink(blocks.putRaw("yo".getBytes(StandardCharsets.UTF_8)), "", 2);
    byte[] linksFirst = new PbNode(List.of(leaf), data).encode();
    byte[] dataField = new PbNode(List.of(), data).encode();
    byte[] dataFirst = new byte[linksFirst.length];
    System.arraycopy(dataField, 0, dataFirst, 0, dataField.length);
    System.arraycopy(
        linksFirst, 0, dataFirst, dataField.length, linksFirst.length - dataField.length);

    for (byte[] form : List.of(linksFirst, dataFirst)) {
      assertThat(read(reader.open(blocks.putBytes(form))))
          .asString(StandardCharsets.UTF_8)
          .isEqualTo("hi yo");
    }
  }

  @Test
  void refusesBlocksThatAreCutSwappedOrOfAnotherHash() throws IOException {
    Cid file = file();
    Cid leaf = leafOf(file, 3);
    byte[] whole = blocks.all().get(leaf);

    blocks.replace(leaf, Arrays.copyOf(whole, LEAF - 1));
    assertBadBlock(file, leaf);
    blocks.replace(leaf, blocks.all().get(leafOf(file, 4)));
    assertBadBlock(file, leaf);
    byte[] flipped = whole.clone();
    flipped[17] ^= 4;
    blocks.replace(leaf, flipped);
    assertBadBlock(file, leaf);
    blocks.replace(file, blocks.all().get(leaf));
    assertBadBlock(file, file);
  }

  @Test
  void refusesABlockOverTwoMebibytes() {
    Cid big = blocks.putRaw(new byte[2 * 1024 * 1024 + 1]);

    assertThatThrownBy(() -> reader.open(big))
        .isInstanceOf(BadBlockException.class)
        .hasMessage("block " + big + ": 2097153 bytes (expected: <= 2097152)");
  }

  private Cid leafOf(Cid file, int index) {
    PbNode root = PbNode.decode(blocks.all().get(file));
    Cid node = root.links().getFirst().cid();
    return PbNode.decode(blocks.all().get(node)).links().get(index).cid();
  }

  private void assertBadBlock(Cid file, Cid named) {
    assertThatThrownBy(() -> read(reader.open(file)))
        .isInstanceOf(BadBlockException.class)
        .hasMessageContaining(named.toString());
  }

  @Test
  void refusesAFileThatIsTooDeep() {
    Cid at = blocks.putRaw(new byte[] {7});
    for (int i = 0; i <= DagReader.MAX_DEPTH; i++) {
      at = blocks.putNode(new PbNode(List.of(new PbLink(at, "", 1)), unixFs(2, null, 1L, 1)));
    }
    Cid root = at;

    assertThatThrownBy(() -> read(reader.open(root)))
        .isInstanceOf(BadDagException.class)
        .hasMessageContaining("deeper than 1024 links");
  }

  @Test
  void refusesNodesThatLieAboutSizes() {
    Cid leaf = blocks.putRaw(new byte[10]);
    PbLink link = new PbLink(leaf, "", 10);

    assertLie(
        new PbNode(List.of(link), unixFs(2, null, 9L, 9)), "10 bytes where its parent says 9");
    assertLie(new PbNode(List.of(link), unixFs(2, null, 11L, 10)), "says 11 bytes");
    assertLie(new PbNode(List.of(link), unixFs(2, null, 10L)), "1 links but 0 block sizes");
    assertLie(new PbNode(List.of(link, link), unixFs(2, null, 3L, Long.MAX_VALUE, 4)), "over 2^63");
    Cid inner = blocks.putNode(new PbNode(List.of(link), unixFs(2, null, 10L, 10)));
    assertLie(
        new PbNode(List.of(new PbLink(inner, "", 60)), unixFs(2, null, 12L, 12)), "its parent 12");
  }

  @Test
  void refusesWhatIsNoFile() throws IOException {
    Cid directory =
        UnixFsDirectory.of(new TreeMap<>(Map.of("a", new DagLink(file(), 1, 1, 1))), blocks).cid();

    assertThatThrownBy(() -> reader.open(directory))
        .isInstanceOf(BadDagException.class)
        .hasMessageContaining("DIRECTORY (expected: a file)");
    assertThatThrownBy(() -> reader.open(blocks.putBytes(new byte[0])))
        .isInstanceOf(MalformedBytesException.class);
    assertThatThrownBy(() -> reader.read(file(), 100))
        .isInstanceOf(BadDagException.class)
        .hasMessageContaining("30000 bytes (expected: <= 100)");
  }

  private void assertLie(PbNode node, String says) {
    Cid root = blocks.putNode(node);
    assertThatThrownBy(() -> read(reader.open(root)))
        .isInstanceOf(BadDagException.class)
        .hasMessageContaining(says);
  }

  @Test
  void followsPathsThroughPlainDirectories() throws IOException {
    DagLink file = UnixFsFileBuilder.build(new byte[] {1}, blocks);
    Cid root = new DirectoryTree().put("blobs/sha256/ab", file).put("x", file).write(blocks).cid();

    assertThat(reader.resolve(root, "blobs/sha256/ab")).isEqualTo(file.cid());
    assertThat(reader.resolve(root, "/x/")).isEqualTo(file.cid());
    assertThat(reader.resolve(root, "")).isEqualTo(root);
    assertThat(reader.list(root)).extracting(DirectoryEntry::name).containsExactly("blobs", "x");
    assertThatThrownBy(() -> reader.resolve(root, "blobs/none"))
        .isInstanceOf(PathNotFoundException.class)
        .hasMessageContaining("\"none\"");
    assertThatThrownBy(() -> reader.resolve(root, "x/y"))
        .isInstanceOf(PathNotFoundException.class)
        .hasMessageContaining("that is a file");
    assertThatThrownBy(() -> reader.resolve(root, "x/".repeat(300)))
        .isInstanceOf(PathNotFoundException.class);
  }

  @Test
  void listsAndSearchesShardedDirectories() throws IOException {
    SortedMap<String, DagLink> entries = new TreeMap<>();
    for (int i = 0; i < 7000; i++) {
      byte[] bytes = Integer.toString(i).getBytes(StandardCharsets.UTF_8);
      entries.put("entry-" + i, UnixFsFileBuilder.build(bytes, blocks));
    }
    Cid root = UnixFsDirectory.of(entries, blocks).cid();

    assertThat(reader.list(root))
        .extracting(DirectoryEntry::name)
        .containsExactlyInAnyOrderElementsOf(entries.keySet());
    for (int i = 0; i < 7000; i += 77) {
      assertThat(reader.resolve(root, "entry-" + i)).isEqualTo(entries.get("entry-" + i).cid());
    }
    assertThatThrownBy(() -> reader.resolve(root, "entry-7000"))
        .isInstanceOf(PathNotFoundException.class);
  }

  @Test
  void refusesShardsThatLie() {
    PbLink entry = new PbLink(blocks.putRaw(new byte[1]), "00name", 1);
    Cid wrongSlot = blocks.putNode(new PbNode(List.of(entry), shard(0x22, 256)));
    Cid wrongHash = blocks.putNode(new PbNode(List.of(entry), shard(0x12, 256)));
    Cid wrongFanout = blocks.putNode(new PbNode(List.of(entry), shard(0x22, 100)));
    Cid file = blocks.putNode(new PbNode(List.of(), unixFs(2, null, 0L)));
    Cid mixed = blocks.putNode(new PbNode(List.of(new PbLink(file, "00", 1)), shard(0x22, 256)));
    Cid unnamed = blocks.putNode(new PbNode(List.of(new PbLink(file, "0", 1)), shard(0x22, 256)));

    for (Cid root : List.of(wrongSlot, wrongHash, wrongFanout, mixed, unnamed)) {
      assertThatThrownBy(() -> reader.list(root)).isInstanceOf(BadDagException.class);
    }
  }

  @Test
  void refusesShardsDeeperThanTheHash() {
    Cid at = blocks.putNode(new PbNode(List.of(), shard(0x22, 256)));
    String prefix = new ShardSlots(256).prefixFor("x", 0);
    for (int i = 0; i < 40; i++) {
      at = blocks.putNode(new PbNode(List.of(new PbLink(at, prefix, 1)), shard(0x22, 256)));
    }
    Cid root = at;

    assertThatThrownBy(() -> reader.list(root)).isInstanceOf(BadDagException.class);
  }

  private static byte[] shard(long hash, long fanout) {
    return new ProtoWriter(16).varint(1, 5).varint(5, hash).varint(6, fanout).toByteArray();
  }

  private static byte[] unixFs(int type, byte[] data, Long fileSize, long... blockSizes) {
    ProtoWriter out = new ProtoWriter(32).varint(1, type);
    if (data != null) {
      out.bytes(2, data);
    }
    out.varint(3, fileSize);
    for (long size : blockSizes) {
      out.varint(4, size);
    }
    return out.toByteArray();
  }

  @Test
  void aSourceThatChecksItsBlocksIsNotBelievedWithAnotherOne() throws Exception {
    Cid file = file();
    byte[] other = {1, 2, 3};
    Block wrong = Block.verify(Cid.raw(MessageDigest.getInstance("SHA-256").digest(other)), other);
    BlockSource source =
        new BlockSource() {
          @Override
          public byte[] get(Cid cid, Deadline deadline) throws IOException {
            return blocks.get(cid, deadline);
          }

          @Override
          public Block checked(Cid cid, Deadline deadline) throws IOException {
            return cid.codec() == Cid.RAW ? wrong : BlockSource.super.checked(cid, deadline);
          }
        };
    DagReader lied = new DagReader(source, Duration.ofSeconds(1));

    assertThatThrownBy(() -> read(lied.open(file, 0, content.length)))
        .isInstanceOf(BadBlockException.class);
  }
}
