package dev.longshore.ipfs.dagpb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.testing.SampleDag;
import dev.longshore.testing.Attack;
import dev.longshore.testing.HostileInput;
import dev.longshore.testing.HostileInputs;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Blocks that pose as dag-pb nodes. */
final class PbNodeAttackTest {
  /** Bytes; 2 MiB of the shortest links there are make some 260,000 of them. */
  private static final long MOST_BYTES = 160L << 20;

  private static final String CID = "0155000568656c6c6f";

  private static final Attack<PbNode> ATTACK =
      new Attack<>(
          PbNodeAttackTest.class,
          "libs/ipfs",
          PbNode::decode,
          List.of(IpfsDataException.class),
          MOST_BYTES,
          PbNodeAttackTest::holds);

  /** It writes what reads the same; and the strict reader takes what is written, no other form. */
  private static void holds(PbNode node, byte[] bytes) {
    byte[] written = node.encode();
    assertThat(PbNode.decode(written)).isEqualTo(node);
    assertThat(PbNode.decodeStrict(written)).isEqualTo(node);
    boolean strict = true;
    try {
      PbNode.decodeStrict(bytes);
    } catch (IpfsDataException e) {
      strict = false;
    }
    assertThat(strict).isEqualTo(Arrays.equals(written, bytes));
  }

  private static byte[] valid() throws IOException {
    SampleDag dag = new SampleDag(Attack.seed());
    return new PbNode(
            List.of(
                new PbLink(dag.leaf(), "", 1000), new PbLink(dag.root(), "a name", Long.MAX_VALUE)),
            new byte[] {8, 1})
        .encode();
  }

  private static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private static byte[] field(int key, byte[]... parts) {
    byte[] value = HostileInputs.joined(parts);
    return HostileInputs.joined(new byte[] {(byte) key}, HostileInputs.varint(value.length), value);
  }

  private static byte[] link(byte[]... fields) {
    return field(0x12, fields);
  }

  private static List<HostileInput> inputs() throws IOException {
    HostileInputs inputs = new HostileInputs(Attack.seed()).damage(valid());
    byte[] hash = field(0x0a, hex(CID));
    byte[] name = field(0x12, new byte[] {'n'});
    byte[] size = {0x18, 5};
    byte[] data = field(0x0a, new byte[] {8, 1});
    for (HostileInput length : HostileInputs.lyingLengths()) {
      inputs.add("data, " + length.what(), HostileInputs.joined(hex("0a"), length.bytes(), data));
      inputs.add("links, " + length.what(), HostileInputs.joined(hex("12"), length.bytes(), hash));
      inputs.add("hash, " + length.what(), link(hex("0a"), length.bytes(), hex(CID)));
      inputs.add("name, " + length.what(), link(hash, hex("12"), length.bytes()));
      inputs.add("tsize, " + length.what(), link(hash, hex("18"), length.bytes()));
      inputs.add("key, " + length.what(), HostileInputs.joined(length.bytes(), data));
    }
    inputs.add("data twice", HostileInputs.joined(data, data));
    inputs.add("data before links", HostileInputs.joined(data, link(hash)));
    inputs.add("links on both sides", HostileInputs.joined(link(hash), data, link(hash)));
    inputs.add("hash twice", link(hash, hash));
    inputs.add("name twice", link(hash, name, name));
    inputs.add("name before hash", link(name, hash));
    inputs.add("size before name", link(hash, size, name));
    inputs.add("size twice", link(hash, size, size));
    inputs.add("no hash", link(name, size));
    inputs.add("an empty link", link());
    inputs.add("an empty hash", link(field(0x0a)));
    inputs.add("bytes behind the CID", link(field(0x0a, hex(CID + "00"))));
    inputs.add("a hash as varint", link(hex("0805")));
    inputs.add("a size as bytes", link(hash, field(0x1a, new byte[1])));
    inputs.add("an unknown field", HostileInputs.joined(data, hex("1800")));
    inputs.add("an unknown field in a link", link(hash, hex("2000")));
    inputs.add("a group", HostileInputs.joined(hex("0b0c"), data));
    inputs.add("a name that is no UTF-8", link(hash, field(0x12, hex("c0af"))));
    inputs.add("a name of half a surrogate", link(hash, field(0x12, hex("eda080"))));
    inputs.add("a name with a NUL", link(hash, field(0x12, hex("6100"))));
    inputs.add(
        "links out of order",
        HostileInputs.joined(
            link(hash, field(0x12, hex("62"))),
            link(hash, name),
            link(hash, field(0x12, hex("61")))));
    inputs.add("a link in a link", link(link(link(hash))));
    byte[][] many = new byte[(Block.MAX_BYTES - 8) / link(field(0x0a, hex("01550000"))).length][];
    Arrays.fill(many, link(field(0x0a, hex("01550000"))));
    inputs.add("the most links that fit", HostileInputs.joined(many));
    byte[][] named = new byte[50_000][];
    Arrays.fill(named, link(hash, name, size));
    inputs.add("50,000 links of one name", HostileInputs.joined(named));
    inputs.add("a name of 2 MiB", link(hash, field(0x12, new byte[2_000_000])));
    return inputs.list();
  }

  @Test
  void nodesAreReadOrRefused() throws IOException {
    List<HostileInput> inputs = inputs();

    Attack.Tally tally = ATTACK.with(inputs);

    assertThat(inputs).hasSizeGreaterThanOrEqualTo(60);
    assertThat(tally.accepted()).isPositive();
    assertThat(tally.refused()).isGreaterThan(inputs.size() / 2);
  }

  @Test
  void damagedNodesAreReadOrRefused() throws IOException {
    Attack.Tally tally = ATTACK.mutating(List.of(valid()));

    assertThat(tally.accepted()).isPositive();
    assertThat(tally.refused()).isPositive();
  }
}
