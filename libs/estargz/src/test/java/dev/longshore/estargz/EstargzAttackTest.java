package dev.longshore.estargz;

import static dev.longshore.estargz.TestTar.dir;
import static dev.longshore.estargz.TestTar.file;
import static dev.longshore.estargz.TestTar.hardLink;
import static dev.longshore.estargz.TestTar.symlink;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.github.luben.zstd.Zstd;
import dev.longshore.model.Digest;
import dev.longshore.testing.Attack;
import dev.longshore.testing.HostileInput;
import dev.longshore.testing.HostileInputs;
import dev.longshore.testing.RandomLayer;
import dev.longshore.testing.Tar;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Layers made to break gzip, zstd, tar and PAX readers, or to fill memory and disk. */
final class EstargzAttackTest {
  /** Bytes that the caller's thread may allocate in all: a PAX header of 1 MiB takes 20 times. */
  private static final long MOST_BYTES = 96L << 20;

  private static final long GIB = 1L << 30;

  /** Bytes of a bomb that are there: what follows is not read any more. */
  private static final long SOME = 128L << 20;

  private static final EstargzWriter WRITER =
      new EstargzWriter(Path.of("target", "spool"), 2, EstargzLimits.DEFAULT);

  private static final Attack<Written> ATTACK =
      new Attack<>(
          EstargzAttackTest.class,
          "services/converter",
          layer -> Written.by(WRITER, layer, EstargzSettings.DEFAULT),
          List.of(EstargzException.class),
          MOST_BYTES,
          EstargzAttackTest::holds);

  /** What was written says so itself, and no name in it leaves the root. */
  private static void holds(Written written, byte[] layer) throws IOException {
    byte[] tar = written.tar();
    assertThat(Digest.of(tar)).isEqualTo(written.layer().diffId());
    assertThat(Digest.of(written.tocBytes())).isEqualTo(written.layer().tocDigest());
    var reader = new TarReader(new ByteArrayInputStream(tar));
    for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
      assertThat("/" + entry.name() + "/").doesNotContain("/../");
    }
    assertThat(written.names()).contains(".no.prefetch.landmark");
  }

  private static byte[] valid() {
    return TestTar.of(
        dir("a/"),
        file("a/f", "content ".repeat(200)),
        file("a/x", "x").pax("SCHILY.xattr.user.note", "v").pax("mtime", "1.5"),
        file("n".repeat(150), "long"),
        symlink("a/s", "f"),
        hardLink("a/h", "a/f"),
        new TestTar.Entry('3', "a/c").device(1, 3));
  }

  private static byte[] gzip(byte[] content) {
    return RandomLayer.gzip(content);
  }

  private static byte[] gzipped(long zeros, byte[]... before) {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out, 64 << 10)) {
      gzip.write(HostileInputs.joined(before));
      byte[] page = new byte[64 << 10];
      for (long left = zeros; left > 0; left -= page.length) {
        gzip.write(page);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static List<HostileInput> inputs() {
    var inputs = new HostileInputs(Attack.seed());
    names(inputs);
    sizes(inputs);
    records(inputs);
    headers(inputs);
    gzips(inputs);
    zstds(inputs);
    inputs.damage(gzip(valid()));
    inputs.damage(Zstd.compress(valid()));
    inputs.damage(valid());
    return inputs.list();
  }

  private static void names(HostileInputs inputs) {
    for (String name :
        List.of("..", "../x", "a/..", "a/../../x", "/../x", "./../x", "a//../x", "..//", "", "/")) {
      inputs.add("file " + name, TestTar.of(file(name, "x")));
      inputs.add("hard link to " + name, TestTar.of(file("f", "x"), hardLink("l", name)));
      inputs.add("PAX path " + name, TestTar.of(file("f", "x").pax("path", name)));
    }
    inputs.add("a NUL in a PAX path", TestTar.of(file("f", "x").pax("path", "a\0b")));
    inputs.add("a name of 1 MiB", TestTar.of(file("n".repeat(1 << 20), "x")));
    inputs.add("a PAX name of 500 KB", TestTar.of(file("f", "").pax("path", "a/".repeat(250_000))));
    inputs.add("a link of 5,000 bytes", TestTar.of(symlink("s", "t".repeat(5_000))));
    inputs.add("an owner of 300 bytes", TestTar.of(file("f", "").pax("uname", "u".repeat(300))));
    inputs.add("a link to itself", TestTar.of(hardLink("a", "a")));
    inputs.add("links in a ring", TestTar.of(hardLink("a", "b"), hardLink("b", "a")));
    var chain = new TestTar().add(file("l0", "x"));
    for (int i = 1; i < 3_000; i++) {
      chain.add(hardLink("l" + i, "l" + (i - 1)));
    }
    inputs.add("a chain of 3,000 links", gzip(chain.bytes()));
  }

  private static void sizes(HostileInputs inputs) {
    for (String size :
        List.of("77777777777", "-0000000001", "9", "0x1", " 1 2 ", "\u00ff".repeat(12))) {
      inputs.add("size " + size, TestTar.of(file("f", "x").size(size)));
      inputs.add(
          "size of a PAX header " + size, TestTar.of(new TestTar.Entry('x', "p").size(size)));
      inputs.add("size of a long name " + size, TestTar.of(new TestTar.Entry('L', "l").size(size)));
    }
    byte[] negative =
        text("\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00fe");
    inputs.add("size -2", TestTar.of(file("f", "x").size(latin(negative))));
    byte[] huge = text("\u0080\0\0\0\u007f\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff");
    inputs.add("size 2^63-1", TestTar.of(file("f", "x").size(latin(huge))));
    for (String number : HostileInputs.oddNumbers()) {
      for (String key : List.of("size", "uid", "gid", "mtime")) {
        inputs.add(
            "PAX " + key + " " + number.length(), TestTar.of(file("f", "x").pax(key, number)));
      }
    }
  }

  private static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static void records(HostileInputs inputs) {
    for (String record :
        List.of(
            "0 a=b\n",
            "3 a\n",
            "5 =b\n",
            "6 a=b\n ",
            "999999 a=b\n",
            "99999999999999999999 a=b\n",
            "-6 a=b\n",
            "6  a=b",
            "a=b\n",
            "\n",
            "6 a=b\0",
            " 6 a=b\n",
            "6 a=b\n5",
            "06 a=b\n")) {
      inputs.add(
          "record " + record.strip(),
          new TestTar().raw('x', "p", text(record)).add(file("f", "x")).bytes());
    }
    byte[] ofOneGib =
        new TestTar().add(new TestTar.Entry('x', "p").size(Long.toOctalString(GIB))).open();
    inputs.add("a PAX header of 1 GiB", gzipped(SOME, ofOneGib, text("1073741824 path=")));
    inputs.add("a PAX header of 1 GiB that is cut", ofOneGib);
    inputs.add(
        "many records",
        new TestTar().raw('x', "p", text("6 a=b\n".repeat(170_000))).add(file("f", "")).bytes());
    inputs.add(
        "two PAX headers",
        new TestTar().raw('x', "p", text("6 a=b\n")).raw('x', "p", text("6 a=b\n")).bytes());
    inputs.add(
        "two long names",
        new TestTar()
            .raw('L', "p", text("a\0"))
            .raw('L', "p", text("b\0"))
            .add(file("f", ""))
            .bytes());
    inputs.add("a PAX header and no entry", new TestTar().raw('x', "p", text("6 a=b\n")).bytes());
    inputs.add(
        "global records", new TestTar().raw('g', "p", text("6 a=b\n")).add(file("f", "")).bytes());
    for (String key : List.of("GNU.sparse.map", "GNU.sparse.major", "GNU.sparse.realsize")) {
      inputs.add(key, TestTar.of(file("f", "x").pax(key, "1")));
    }
    inputs.add("3 MB of PAX headers", gzip(manyHeaders()));
  }

  private static byte[] manyHeaders() {
    var tar = new TestTar();
    byte[] value = text(latin(TestTar.paxRecord("SCHILY.xattr.user.a", new byte[1_000_000])));
    for (int i = 0; i < 3; i++) {
      tar.raw('x', "p", value).add(file("f" + i, ""));
    }
    return tar.bytes();
  }

  private static void headers(HostileInputs inputs) {
    for (char type : "7SgMNVDX\u00ff\u0001".toCharArray()) {
      inputs.add("type " + (int) type, TestTar.of(new TestTar.Entry(type, "f")));
    }
    inputs.add("a file with a slash", TestTar.of(file("f/", "x")));
    inputs.add("mode of all bits", TestTar.of(file("f", "").mode(0xFFFF_FFFFL)));
    inputs.add("a device of all bits", TestTar.of(new TestTar.Entry('3', "c").device(-1, -1)));
    inputs.add("an owner of all bits", TestTar.of(file("f", "").owner(-1, -1, "", "")));
    inputs.add("one empty block, then more", HostileInputs.joined(new byte[512], valid()));
    inputs.add("half a header", Arrays.copyOf(valid(), 700));
    inputs.add("a header of 0xFF", filled(512, (byte) 0xFF));
    inputs.add("text", "this is no layer at all, but a page of some proxy".repeat(40));
    var links = new TestTar();
    for (int i = 0; i < 4_000; i++) {
      links.add(symlink("s" + i, "t"));
    }
    inputs.add("the same link 4,000 times", links.bytes());
  }

  private static byte[] filled(int length, byte value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, value);
    return bytes;
  }

  private static void gzips(HostileInputs inputs) {
    byte[] packed = gzip(valid());
    for (int i = 0; i < 10; i++) {
      byte[] other = packed.clone();
      other[i] ^= (byte) 0xFF;
      inputs.add("gzip header, byte " + i, other);
    }
    for (int i = 1; i <= 8; i++) {
      byte[] other = packed.clone();
      other[other.length - i] ^= 1;
      inputs.add("gzip trailer, byte -" + i, other);
      inputs.add("gzip without its last " + i, Arrays.copyOf(packed, packed.length - i));
    }
    byte[] header = text("\u001f\u008b\u0008");
    for (int flags : new int[] {1, 2, 4, 8, 16, 0x1f, 0xE0}) {
      byte[] all = HostileInputs.joined(header, new byte[] {(byte) flags}, new byte[6]);
      inputs.add("gzip flags " + flags, HostileInputs.joined(all, filled(300_000, (byte) 'n')));
    }
    inputs.add("200,000 empty members", repeated(gzip(new byte[0]), 200_000));
    inputs.add("a member in a member", gzip(packed));
    inputs.add("zeros behind a member", HostileInputs.joined(packed, new byte[512]));
  }

  private static byte[] repeated(byte[] bytes, int times) {
    byte[][] all = new byte[times][];
    Arrays.fill(all, bytes);
    return HostileInputs.joined(all);
  }

  private static void zstds(HostileInputs inputs) {
    byte[] packed = Zstd.compress(valid());
    for (int i = 0; i < 14; i++) {
      byte[] other = packed.clone();
      other[i] ^= (byte) 0xFF;
      inputs.add("zstd header, byte " + i, other);
    }
    byte[] skippable = {0x50, 0x2A, 0x4D, 0x18, -1, -1, -1, -1};
    inputs.add("a skippable frame of 4 GiB", skippable);
    inputs.add("zstd behind one of 4 GiB", HostileInputs.joined(skippable, packed));
    // Window descriptor of 2^41 bytes, one empty raw block.
    inputs.add(
        "a window of 2 TiB",
        new byte[] {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD, 0, (byte) 0xF8, 1, 0, 0});
    inputs.add(
        "a window of 256 MiB",
        new byte[] {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD, 0, (byte) (18 << 3), 1, 0, 0});
    inputs.add(
        "a dictionary",
        new byte[] {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD, 3, 0x58, 1, 2, 3, 4, 1, 0, 0});
    inputs.add("zeros behind a frame", HostileInputs.joined(packed, new byte[512]));
  }

  @Test
  void layersAreWrittenOrRefused() {
    List<HostileInput> inputs = inputs();

    Attack.Tally tally = ATTACK.with(inputs);

    assertThat(inputs).hasSizeGreaterThanOrEqualTo(60);
    assertThat(tally.accepted()).isPositive();
    assertThat(tally.refused()).isGreaterThan(inputs.size() / 2);
  }

  @Test
  void damagedLayersAreWrittenOrRefused() {
    Attack.Tally tally = ATTACK.mutating(List.of(gzip(valid()), Zstd.compress(valid())));

    assertThat(tally.refused()).isPositive();
  }

  @Test
  void damagedTarsAreWrittenOrRefused() {
    Attack.Tally tally = ATTACK.mutating(List.of(valid(), RandomTar.of(3)), Tar::resealed);

    assertThat(tally.accepted()).isPositive();
    assertThat(tally.refused()).isPositive();
  }

  @Test
  void tenMillionEntriesAreRefusedAtTheFirstMillion() {
    var names = new TestTar();
    for (int i = 0; i < 40_000; i++) {
      names.add(file("f" + i, "")); // compresses some 30 times, which the limit of ratios allows
    }
    byte[] layer = repeated(gzip(names.open()), 250);

    refused(layer, "more than 1,000,000 entries");
  }

  /** Apart from the others: the limit counts from 64 MiB, which take a busy machine seconds. */
  @Test
  void bombsAreRefusedByTheirRatio() {
    byte[] header = new TestTar().add(file("zeros", "").size(Long.toOctalString(2 * GIB))).open();
    byte[] frame = Zstd.compress(new byte[8 << 20]);

    refused(gzipped(SOME, header), "more than 250 times");
    refused(gzipped(SOME, new byte[1024]), "more than 250 times");
    refused(
        HostileInputs.joined(Zstd.compress(header), repeated(frame, 64)), "more than 250 times");
  }

  private static void refused(byte[] layer, String message) {
    assertTimeoutPreemptively(
        Duration.ofMinutes(5),
        () ->
            assertThatThrownBy(() -> Written.by(WRITER, layer, EstargzSettings.DEFAULT))
                .isInstanceOf(EstargzException.class)
                .hasMessageContaining(message));
  }
}
