package dev.longshore.ipfs.unixfs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.testing.Attack;
import dev.longshore.testing.HostileInput;
import dev.longshore.testing.HostileInputs;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bytes that pose as the UnixFS message of a node. */
final class UnixFsAttackTest {
  /** Bytes; 2 MiB of one-byte sizes make as many numbers, in a list that doubles as it grows. */
  private static final long MOST_BYTES = 96L << 20;

  private static final Attack<UnixFsData> ATTACK =
      new Attack<>(
          UnixFsAttackTest.class,
          "libs/ipfs",
          UnixFsData::decode,
          List.of(IpfsDataException.class),
          MOST_BYTES,
          UnixFsAttackTest::holds);

  private static void holds(UnixFsData data, byte[] bytes) {
    byte[] written = data.encode();
    UnixFsData again = UnixFsData.decode(written);
    assertThat(again.encode()).isEqualTo(written);
    assertThat(again.type()).isEqualTo(data.type());
    assertThat(again.data()).isEqualTo(data.data());
    assertThat(again.fileSize()).isEqualTo(data.fileSize()).isNotNegative();
    assertThat(again.blockSizes()).isEqualTo(data.blockSizes());
    assertThat(data.blockSizes()).hasSizeLessThanOrEqualTo(bytes.length);
  }

  private static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private static List<HostileInput> inputs() {
    byte[] file = UnixFsData.fileNode(new long[] {262144, 262144, 17}).encode();
    byte[] shard = UnixFsData.shard(new byte[] {1, 2, 3}, 0x22, 256).encode();
    HostileInputs inputs = new HostileInputs(Attack.seed()).damage(file).damage(shard);
    for (HostileInput length : HostileInputs.lyingLengths()) {
      for (String key :
          List.of("08", "080212", "080218", "080220", "080222", "080528", "080530", "08023a")) {
        inputs.add(
            "after " + key + ", " + length.what(), HostileInputs.joined(hex(key), length.bytes()));
      }
    }
    for (int type = 0; type < 9; type++) {
      inputs.add("type " + type, new byte[] {8, (byte) type});
    }
    inputs.add("two types", hex("08020801"));
    inputs.add("data twice", hex("08021201aa1201bb"));
    inputs.add("sizes that differ", hex("080218051806"));
    inputs.add("a packed list that ends inside a number", hex("08022202ff80"));
    inputs.add("fixed numbers", hex("0802390102030405060708" + "3d01020304"));
    inputs.add("a group", hex("08023b3c"));
    inputs.add("2 MiB of sizes, packed", packed(new byte[Block.MAX_BYTES - 8]));
    byte[] loose = new byte[Block.MAX_BYTES];
    for (int i = 0; i < loose.length; i += 2) {
      loose[i] = 0x20;
    }
    inputs.add("2 MiB of sizes, one by one", HostileInputs.joined(hex("0802"), loose));
    inputs.add(
        "2 MiB of data",
        HostileInputs.joined(hex("080212"), HostileInputs.varint(2_000_000), new byte[2_000_000]));
    inputs.add("empty lists", repeated("2200", 500_000));
    inputs.add("one byte of data 300,000 times", repeated("1201aa", 300_000));
    return inputs.list();
  }

  private static byte[] packed(byte[] sizes) {
    return HostileInputs.joined(hex("080222"), HostileInputs.varint(sizes.length), sizes);
  }

  private static byte[] repeated(String field, int times) {
    List<byte[]> parts = new ArrayList<>();
    parts.add(hex("0802"));
    for (int i = 0; i < times; i++) {
      parts.add(hex(field));
    }
    return HostileInputs.joined(parts.toArray(byte[][]::new));
  }

  @Test
  void messagesAreReadOrRefused() {
    List<HostileInput> inputs = inputs();

    Attack.Tally tally = ATTACK.with(inputs);

    assertThat(inputs).hasSizeGreaterThanOrEqualTo(60);
    assertThat(tally.accepted()).isPositive();
    assertThat(tally.refused()).isPositive();
  }

  @Test
  void damagedMessagesAreReadOrRefused() {
    Attack.Tally tally =
        ATTACK.mutating(
            List.of(
                UnixFsData.fileNode(new long[] {262144, 262144, 17}).encode(),
                UnixFsData.shard(new byte[] {1, 2, 3}, 0x22, 256).encode()));

    assertThat(tally.accepted()).isPositive();
    assertThat(tally.refused()).isPositive();
  }
}
