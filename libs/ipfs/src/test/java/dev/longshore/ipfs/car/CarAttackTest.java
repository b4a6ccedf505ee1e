package dev.longshore.ipfs.car;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.testing.SampleDag;
import dev.longshore.model.Cid;
import dev.longshore.testing.Attack;
import dev.longshore.testing.HostileInput;
import dev.longshore.testing.HostileInputs;
import dev.longshore.testing.Sha256;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Streams that pose as CARv1. */
final class CarAttackTest {
  /** Bytes; a stream of at most 4 MiB, with each section briefly held twice. */
  private static final long MOST_BYTES = 24L << 20;

  private static final byte[] LEAF = {1, 2, 3};

  private record Car(List<Cid> roots, List<Block> blocks) {}

  private static final Attack<Car> ATTACK =
      new Attack<>(
          CarAttackTest.class,
          "libs/ipfs",
          CarAttackTest::read,
          List.of(IpfsDataException.class),
          MOST_BYTES,
          CarAttackTest::holds);

  private static Car read(byte[] bytes) throws IOException {
    CarReader reader = new CarReader(new BufferedInputStream(new ByteArrayInputStream(bytes)));
    List<Block> blocks = new ArrayList<>();
    for (Block block = reader.next(); block != null; block = reader.next()) {
      blocks.add(block);
    }
    return new Car(reader.roots(), blocks);
  }

  /** Each block is what its CID says, and the same roots and blocks make a file that reads so. */
  private static void holds(Car car, byte[] bytes) throws IOException {
    long total = 0;
    for (Block block : car.blocks()) {
      total += block.size();
      if (block.cid().multihash().code() == 0x12) {
        String hex = HexFormat.of().formatHex(block.cid().digest());
        assertThat(Sha256.digest(block.bytes())).isEqualTo("sha256:" + hex);
      }
    }
    assertThat(total).isLessThan(bytes.length);
    if (car.roots().size() > CarWriter.MAX_ROOTS) {
      return;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CarWriter writer = new CarWriter(out, car.roots());
    for (Block block : car.blocks()) {
      writer.put(block.cid(), block.bytes(), 0, block.size());
    }
    Car again = read(out.toByteArray());
    assertThat(again.roots()).isEqualTo(car.roots());
    assertThat(again.blocks().stream().map(Block::cid))
        .isEqualTo(car.blocks().stream().map(Block::cid).toList());
  }

  private static byte[] valid() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SampleDag dag = new SampleDag(Attack.seed());
    CarWriter writer = new CarWriter(out, List.of(dag.root()));
    writer.put(leaf(), LEAF, 0, LEAF.length);
    writer.put(leaf(), LEAF, 0, LEAF.length);
    return out.toByteArray();
  }

  private static Cid leaf() {
    return Cid.raw(HexFormat.of().parseHex(Sha256.digest(LEAF).substring("sha256:".length())));
  }

  private static byte[] header() {
    return sized(new CarHeader(List.of(leaf())).encode());
  }

  private static byte[] sized(byte[]... parts) {
    byte[] part = HostileInputs.joined(parts);
    return HostileInputs.joined(HostileInputs.varint(part.length), part);
  }

  private static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private static List<HostileInput> inputs() throws IOException {
    HostileInputs inputs = new HostileInputs(Attack.seed()).damage(valid());
    byte[] cid = leaf().bytes();
    for (HostileInput length : HostileInputs.lyingLengths()) {
      inputs.add("header, " + length.what(), HostileInputs.joined(length.bytes(), header()));
      inputs.add(
          "section, " + length.what(), HostileInputs.joined(header(), length.bytes(), cid, LEAF));
      for (String kind : List.of("0155", "015512", "12", "01", "0155" + "00")) {
        inputs.add(
            "CID " + kind + ", " + length.what(),
            HostileInputs.joined(header(), sized(hex(kind), length.bytes(), LEAF)));
      }
    }
    sections(inputs, cid);
    headers(inputs, cid);
    return inputs.list();
  }

  private static void sections(HostileInputs inputs, byte[] cid) {
    byte[] head = header();
    inputs.add("another block's bytes", HostileInputs.joined(head, sized(cid, new byte[3])));
    inputs.add(
        "a block of 2 MiB and a byte",
        HostileInputs.joined(head, sized(cid, new byte[Block.MAX_BYTES + 1])));
    inputs.add("a section of 4 MiB", HostileInputs.joined(head, sized(cid, new byte[4_000_000])));
    inputs.add("a CID alone", HostileInputs.joined(head, sized(cid)));
    inputs.add("an inline block", HostileInputs.joined(head, sized(hex("01550003010203"), LEAF)));
    inputs.add(
        "an inline block of other bytes",
        HostileInputs.joined(head, sized(hex("01550003010204"), LEAF)));
    inputs.add(
        "a hash function that nobody knows",
        HostileInputs.joined(head, sized(hex("0155e80702aabb"), LEAF)));
    inputs.add(
        "a short sha2-256", HostileInputs.joined(head, sized(hex("01551204aabbccdd"), LEAF)));
    inputs.add("a CARv2", hex("0aa16776657273696f6e02"));
    byte[] section = sized(cid, LEAF);
    byte[][] many = new byte[20_000][];
    java.util.Arrays.fill(many, section);
    inputs.add("one block 20,000 times", HostileInputs.joined(head, HostileInputs.joined(many)));
  }

  private static void headers(HostileInputs inputs, byte[] cid) {
    String link =
        "d82a58"
            + HexFormat.of().toHexDigits((byte) (cid.length + 1))
            + "00"
            + HexFormat.of().formatHex(cid);
    String roots = text("roots");
    String version = text("version") + "01";
    inputs.add("roots twice", sized(hex("a3" + roots + "80" + roots + "80" + version)));
    inputs.add("version twice", sized(hex("a3" + roots + "80" + version + version)));
    inputs.add(
        "versions that differ", sized(hex("a3" + roots + "80" + text("version") + "02" + version)));
    inputs.add("no roots", sized(hex("a1" + version)));
    inputs.add("no version", sized(hex("a1" + roots + "80")));
    inputs.add("4,294,967,295 roots", sized(hex("a2" + roots + "9affffffff" + link + version)));
    inputs.add("4,294,967,295 pairs", sized(hex("baffffffff" + roots + "80" + version)));
    inputs.add("2^64-1 pairs", sized(hex("bbffffffffffffffff" + roots + "80")));
    inputs.add("roots without an end", sized(hex("a2" + roots + "9f" + link + "ff" + version)));
    inputs.add("a name of 4 GiB", sized(hex("a27affffffff" + version)));
    inputs.add("a root that is a text", sized(hex("a2" + roots + "81" + text("x") + version)));
    inputs.add(
        "a root of another tag",
        sized(hex("a2" + roots + "81" + link.replace("d82a", "d82b") + version)));
    inputs.add("arrays in arrays", sized(hex("a2" + roots + "81".repeat(60_000))));
    inputs.add("1,500 roots", sized(hex("a2" + roots + "9905dc" + link.repeat(1_500) + version)));
    inputs.add("bytes behind the map", sized(hex("a2" + roots + "80" + version + "00")));
  }

  private static String text(String text) {
    return HexFormat.of().toHexDigits((byte) (0x60 + text.length()))
        + HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void streamsAreReadOrRefused() throws IOException {
    List<HostileInput> inputs = inputs();

    Attack.Tally tally = ATTACK.with(inputs);

    assertThat(inputs).hasSizeGreaterThanOrEqualTo(60);
    assertThat(tally.accepted()).isPositive();
    assertThat(tally.refused()).isGreaterThan(inputs.size() / 2);
  }

  @Test
  void damagedStreamsAreReadOrRefused() throws IOException {
    Attack.Tally tally = ATTACK.mutating(List.of(valid()));

    // Cuts between two sections and other roots are the only damage that leaves a valid file.
    assertThat(tally.refused()).isGreaterThan(4 * tally.accepted());
  }
}
