package dev.longshore.ipfs.car;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.ipfs.BadBlockException;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.MalformedCarException;
import dev.longshore.model.Cid;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class CarTest {
  private static final Cid HELLO =
      Cid.parse("bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am");
  private static final byte[] HELLO_BYTES = {'h', 'e', 'l', 'l', 'o', '\n'};

  private static byte[] car(List<Cid> roots) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CarWriter writer = new CarWriter(out, roots);
    writer.put(HELLO, HELLO_BYTES, 0, HELLO_BYTES.length);
    assertThat(writer.blocks()).isEqualTo(1);
    assertThat(writer.blockBytes()).isEqualTo(6);
    return out.toByteArray();
  }

  private static List<Block> read(byte[] car) throws IOException {
    CarReader reader = new CarReader(new ByteArrayInputStream(car));
    List<Block> blocks = new ArrayList<>();
    for (Block block = reader.next(); block != null; block = reader.next()) {
      blocks.add(block);
    }
    return blocks;
  }

  @Test
  void writesTheBytesOfTheSpecification() throws IOException {
    assertThat(HexFormat.of().formatHex(car(List.of(HELLO))))
        .isEqualTo(
            "3aa265726f6f747381d82a58250001551220"
                + "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
                + "6776657273696f6e01"
                + "2a015512205891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
                + "68656c6c6f0a");
    assertThat(HexFormat.of().formatHex(car(List.of())))
        .startsWith("11a265726f6f7473806776657273696f6e01" + "2a0155");
  }

  @Test
  void readsWhatItWrote() throws IOException {
    byte[] car = car(List.of(HELLO, HELLO));

    assertThat(new CarReader(new ByteArrayInputStream(car)).roots()).containsExactly(HELLO, HELLO);
    assertThat(read(car))
        .singleElement()
        .satisfies(block -> assertThat(block.bytes()).isEqualTo(HELLO_BYTES));
  }

  @Test
  void refusesAStreamThatIsCutAnywhereButBetweenSections() throws IOException {
    byte[] car = car(List.of(HELLO));
    int header = 1 + 0x3a;
    for (int length = 0; length < car.length; length++) {
      byte[] cut = Arrays.copyOf(car, length);
      if (length == header) {
        assertThat(read(cut)).isEmpty();
      } else {
        assertThatThrownBy(() -> read(cut))
            .as("cut to %d bytes", length)
            .isInstanceOf(MalformedCarException.class);
      }
    }
  }

  @Test
  void refusesABlockOfAnotherHash() throws IOException {
    byte[] car = car(List.of());
    car[car.length - 1] ^= 1;

    assertThatThrownBy(() -> read(car))
        .isInstanceOf(BadBlockException.class)
        .hasMessageContaining(HELLO.toString());
  }

  @Test
  void refusesSectionsAndHeadersThatAreTooLong() {
    byte[] header = {(byte) 0xff, (byte) 0xff, 0x7f};
    assertThatThrownBy(() -> read(header))
        .isInstanceOf(MalformedCarException.class)
        .hasMessage("CAR header: 2097151 bytes (expected: 1 to 65536)");
    assertThatThrownBy(() -> read(HexFormat.of().parseHex("ffffffffffffffffff01")))
        .isInstanceOf(MalformedCarException.class)
        .hasMessageContaining("longer than 9 bytes");
    assertThatThrownBy(() -> read(HexFormat.of().parseHex("8000")))
        .isInstanceOf(MalformedCarException.class)
        .hasMessageContaining("not minimal");

    byte[] empty = HexFormat.of().parseHex("11a265726f6f7473806776657273696f6e01");
    byte[] section = Arrays.copyOf(empty, empty.length + 5);
    Arrays.fill(section, empty.length, section.length - 1, (byte) 0xff);
    section[section.length - 1] = 1;
    assertThatThrownBy(() -> read(section))
        .isInstanceOf(MalformedCarException.class)
        .hasMessageContaining("CAR section 1");
    assertThatThrownBy(
            () ->
                new CarWriter(new ByteArrayOutputStream(), List.of())
                    .put(HELLO, new byte[3_000_000], 0, 3_000_000))
        .isInstanceOf(BadBlockException.class);
  }

  @Test
  void refusesOtherVersionsAndKeys() {
    for (String header :
        List.of(
            "11a265726f6f7473806776657273696f6e02",
            "0aa16776657273696f6e01",
            "08a165726f6f747380",
            "19a365726f6f7473806776657273696f6e0166737472616e676501",
            "12a265726f6f7473806776657273696f6e0100",
            "0101")) {
      assertThatThrownBy(() -> read(HexFormat.of().parseHex(header)))
          .as(header)
          .isInstanceOf(MalformedCarException.class);
    }
  }

  /** An identity CID holds its block, and may be longer than what is read at first. */
  private static Cid identity(byte[] block) {
    byte[] cid = new byte[block.length + 4];
    cid[0] = 1;
    cid[1] = 0x55;
    cid[2] = 0;
    cid[3] = (byte) block.length;
    System.arraycopy(block, 0, cid, 4, block.length);
    return Cid.ofBytes(cid);
  }

  @Test
  void readsBlocksBesideCidsOfAnyLength() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CarWriter writer = new CarWriter(out, List.of());
    for (int size = 1; size <= 100; size++) {
      byte[] block = new byte[size];
      Arrays.fill(block, (byte) size);
      writer.put(identity(block), block, 0, size);
    }
    writer.put(HELLO, HELLO_BYTES, 0, HELLO_BYTES.length);

    List<Block> blocks = read(out.toByteArray());

    assertThat(blocks).hasSize(101);
    for (int size = 1; size <= 100; size++) {
      assertThat(blocks.get(size - 1).bytes()).hasSize(size).containsOnly(size);
    }
    assertThat(blocks.getLast().bytes()).isEqualTo(HELLO_BYTES);
  }

  @Test
  void saysHowMuchCameOfASectionThatIsCut() throws IOException {
    byte[] car = car(List.of());

    assertThatThrownBy(() -> read(Arrays.copyOf(car, car.length - 2)))
        .isInstanceOf(MalformedCarException.class)
        .hasMessageContaining("cut after 40 of 42 bytes");
  }
}
