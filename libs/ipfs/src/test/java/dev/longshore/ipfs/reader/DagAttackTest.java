package dev.longshore.ipfs.reader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.PathNotFoundException;
import dev.longshore.ipfs.dagpb.PbLink;
import dev.longshore.ipfs.dagpb.PbNode;
import dev.longshore.ipfs.testing.MemoryBlocks;
import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.ipfs.unixfs.UnixFsData;
import dev.longshore.ipfs.unixfs.UnixFsDirectory;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.ipfs.wire.ProtoWriter;
import dev.longshore.model.Cid;
import dev.longshore.testing.Attack;
import dev.longshore.testing.HostileInput;
import dev.longshore.testing.HostileInputs;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Files and directories whose blocks are each what their CID says, and lie about each other. The
 * input is the root's bytes.
 */
final class DagAttackTest {
  /** Bytes of a small file, such as a manifest. */
  private static final int SMALL = 4 << 20;

  /** Bytes; a small file, its blocks and a directory of some 10,000 entries. */
  private static final long MOST_BYTES = 256L << 20;

  private static final int FILE = 2;
  private static final int SHARD = 5;

  private final MemoryBlocks blocks = new MemoryBlocks();
  private final DagReader reader = new DagReader(blocks, Duration.ofSeconds(1));
  private final Cid aByte = blocks.putRaw(new byte[] {7});

  /** Bytes of the file or entries of the directory. */
  private record Content(boolean file, long size) {}

  private Attack<Content> attack() {
    return new Attack<>(
        DagAttackTest.class,
        "libs/ipfs",
        this::read,
        List.of(IpfsDataException.class, FileNotFoundException.class),
        MOST_BYTES,
        (content, bytes) -> {
          UnixFsData data = UnixFsData.decode(Objects.requireNonNull(PbNode.decode(bytes).data()));
          if (content.file()) {
            assertThat(content.size()).isEqualTo(data.fileSize());
          }
        });
  }

  private Content read(byte[] root) throws IOException {
    Cid cid = blocks.putBytes(root);
    List<String> names = new ArrayList<>();
    try {
      reader.list(cid, entry -> names.add(entry.name()));
    } catch (PathNotFoundException aFile) {
      return new Content(true, reader.read(cid, SMALL).length);
    }
    for (String name : names.subList(0, Math.min(3, names.size()))) {
      reader.resolve(cid, name.replace("/", ""));
    }
    return new Content(false, names.size());
  }

  private static byte[] node(int type, byte[] own, long size, long[] sizes, List<PbLink> links) {
    ProtoWriter data = new ProtoWriter(64).varint(1, type);
    if (own.length > 0) {
      data.bytes(2, own);
    }
    data.varint(3, size);
    for (long one : sizes) {
      data.varint(4, one);
    }
    return new PbNode(links, data.toByteArray()).encode();
  }

  private byte[] file(long size, long... sizes) {
    return node(
        FILE,
        new byte[0],
        size,
        sizes,
        Collections.nCopies(sizes.length, new PbLink(aByte, "", 1)));
  }

  private byte[] of(Cid child, int times, long each) {
    long[] sizes = new long[times];
    java.util.Arrays.fill(sizes, each);
    return node(
        FILE,
        new byte[0],
        each * times,
        sizes,
        Collections.nCopies(times, new PbLink(child, "", 1)));
  }

  private static byte[] shard(long hash, long fanout, List<PbLink> links) {
    byte[] data =
        new ProtoWriter(64)
            .varint(1, SHARD)
            .bytes(2, new byte[1])
            .varint(5, hash)
            .varint(6, fanout)
            .toByteArray();
    return new PbNode(links, data).encode();
  }

  private List<HostileInput> inputs() throws IOException {
    HostileInputs inputs = new HostileInputs(Attack.seed());
    for (byte[] valid : valid()) {
      inputs.damage(valid);
    }
    inputs.add("less than its parts", file(1, 1, 1));
    inputs.add("more than its parts", file(3, 1, 1));
    inputs.add("a part that is shorter than told", file(2, 2));
    inputs.add("a part that is longer than told", of(blocks.putRaw(new byte[2]), 3, 1));
    inputs.add("sizes over 2^63", file(0, Long.MAX_VALUE, Long.MAX_VALUE));
    inputs.add("sizes that come round to 0", file(0, Long.MAX_VALUE, Long.MAX_VALUE, 2));
    inputs.add("2^63-1 bytes", file(Long.MAX_VALUE, Long.MAX_VALUE));
    inputs.add("sizes without links", node(FILE, new byte[0], 2, new long[] {1, 1}, List.of()));
    inputs.add(
        "links without sizes",
        node(FILE, new byte[0], 0, new long[0], List.of(new PbLink(aByte, "", 1))));
    inputs.add("own bytes that do not count", node(FILE, new byte[9], 0, new long[0], List.of()));
    inputs.add("an empty part a thousand times", of(aByte, 1_000, 0));
    inputs.add(
        "a symbolic link",
        node(
            4,
            "../x".getBytes(java.nio.charset.StandardCharsets.UTF_8),
            4,
            new long[0],
            List.of()));
    inputs.add(
        "a part that is a folder",
        of(blocks.putBytes(node(1, new byte[0], 0, new long[0], List.of())), 2, 5));
    inputs.add("no UnixFS at all", new PbNode(List.of(), null).encode());
    chains(inputs);
    shards(inputs);
    return inputs.list();
  }

  private void chains(HostileInputs inputs) {
    byte[] deep = of(aByte, 1, 1);
    byte[] doubled = of(aByte, 2, 1);
    byte[] empty = of(aByte, 174, 0);
    long size = 2;
    for (int i = 0; i < 1_100; i++) {
      deep = of(blocks.putBytes(deep), 1, 1);
      empty = of(blocks.putBytes(empty), 174, 0);
      if (i < 60) {
        doubled = of(blocks.putBytes(doubled), 2, size);
        size *= 2;
      }
    }
    inputs.add("deeper than files are", deep);
    inputs.add("174 empty parts, 1,100 deep", empty);
    inputs.add("2^61 bytes of one block", doubled);
    byte[] wide = of(aByte, 2_048, 1);
    inputs.add("4 MiB of one byte each", of(blocks.putBytes(wide), 2_048, 2_048));
  }

  private void shards(HostileInputs inputs) {
    for (long fanout :
        new long[] {0, 1, 7, 9, 255, 512, 2048, 1L << 31, 1L << 32, Long.MAX_VALUE}) {
      inputs.add(
          "a fanout of " + fanout, shard(0x22, fanout, List.of(new PbLink(aByte, "00x", 1))));
    }
    inputs.add("another hash", shard(0x12, 256, List.of()));
    inputs.add("a link without a slot", shard(0x22, 256, List.of(new PbLink(aByte, "x", 1))));
    inputs.add(
        "a name in another's slot", shard(0x22, 256, List.of(new PbLink(aByte, "FFname", 1))));
    byte[] sub = shard(0x22, 256, List.of());
    for (int depth = 1; depth <= 7; depth++) {
      List<PbLink> links = new ArrayList<>();
      Cid below = blocks.putBytes(sub);
      for (int slot = 0; slot < 256; slot++) {
        links.add(new PbLink(below, "%02X".formatted(slot), 1));
      }
      sub = shard(0x22, 256, links);
      inputs.add("one shard in all slots, " + depth + " deep", sub);
    }
    byte[] ladder = shard(0x22, 256, List.of());
    for (int depth = 0; depth < 20; depth++) {
      ladder = shard(0x22, 256, List.of(new PbLink(blocks.putBytes(ladder), "00", 1)));
    }
    inputs.add("shards deeper than hashes are long", ladder);
    Cid other = blocks.putBytes(shard(0x22, 8, List.of()));
    inputs.add("a shard of another fanout", shard(0x22, 256, List.of(new PbLink(other, "00", 1))));
  }

  private List<byte[]> valid() throws IOException {
    UnixFsFileBuilder builder = UnixFsFileBuilder.fixedLeaves(5, 4, blocks);
    builder.write(new byte[43], 0, 43);
    DagLink link = builder.finish();
    TreeMap<String, DagLink> few = new TreeMap<>();
    TreeMap<String, DagLink> many = new TreeMap<>();
    for (int i = 0; i < 3_000; i++) {
      (i < 3 ? few : many).put("n".repeat(90) + i, link);
    }
    DagLink plain = UnixFsDirectory.of(few, blocks);
    DagLink sharded = UnixFsDirectory.of(many, blocks);
    return List.of(
        blocks.all().get(link.cid()),
        blocks.all().get(plain.cid()),
        blocks.all().get(sharded.cid()));
  }

  @Test
  void dagsAreReadOrRefused() throws IOException {
    List<HostileInput> inputs = inputs();

    Attack.Tally tally = attack().with(inputs);

    assertThat(inputs).hasSizeGreaterThanOrEqualTo(60);
    assertThat(tally.accepted()).isPositive();
    assertThat(tally.refused()).isGreaterThan(inputs.size() / 2);
  }

  @Test
  void damagedRootsAreReadOrRefused() throws IOException {
    List<byte[]> valid = valid();

    Attack.Tally tally = attack().mutating(valid.subList(0, 2));

    assertThat(tally.accepted()).isPositive();
    assertThat(tally.refused()).isPositive();
  }
}
