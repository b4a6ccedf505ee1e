package dev.longshore.estargz;

import dev.longshore.testing.SplitMix;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Tars of every kind of entry, in every format, in odd orders. */
final class RandomTar {
  private static final List<String> FOLDERS = List.of("", "a/", "a/b/", "c/", "c/d/e/", "l/", "w/");

  private final SplitMix random;
  private final TestTar tar = new TestTar();
  private final List<byte[]> linkable = new ArrayList<>();
  private final String prefix;
  private int number;
  private boolean folderLinked;

  private RandomTar(long seed) {
    this.random = new SplitMix(seed);
    this.prefix = random.nextInt(4) == 0 ? "./" : "";
  }

  static byte[] of(long seed) {
    return new RandomTar(seed).write();
  }

  private byte[] write() {
    if (!prefix.isEmpty() && random.nextBoolean()) {
      tar.add(varied(TestTar.dir("./")));
    }
    int entries = random.nextInt(60);
    for (int i = 0; i < entries; i++) {
      tar.add(varied(entry()));
    }
    return random.nextInt(10) == 0 ? tar.open() : tar.bytes();
  }

  private TestTar.Entry entry() {
    return switch (random.nextInt(16)) {
      case 0, 1 -> TestTar.dir(prefix + folder() + (random.nextBoolean() ? name() + "/" : name()));
      case 2 -> TestTar.dir(prefix + oneOf(List.of("a/", "a/b", "c/", "c/d/", "c/d/e/", "w/")));
      case 3 -> TestTar.symlink(path(), oneOf(List.of("/etc/passwd", "..", "x".repeat(150))));
      case 4 -> folderLink();
      case 5, 6 -> hardLink();
      case 7 ->
          new TestTar.Entry(random.nextBoolean() ? '3' : '4', path())
              .device(random.nextInt(1 << 12), random.nextInt(1 << 20));
      case 8 -> new TestTar.Entry('6', path());
      case 9 -> TestTar.file(prefix + folder() + ".wh." + oneOf(List.of("x", "w", "gone")), "");
      case 10 -> TestTar.file(prefix + oneOf(List.of("w/", "a/", "")) + ".wh..wh..opq", "");
      case 11 -> linked(new TestTar.Entry('0', notUtf8()).content(content()));
      case 12 -> linked(new TestTar.Entry('\0', path()).content(content()).magic(""));
      case 13 -> again();
      default -> linked(TestTar.file(path(), content()));
    };
  }

  private TestTar.Entry linked(TestTar.Entry file) {
    if (file.name.length <= 100 || random.nextBoolean()) {
      linkable.add(file.name);
    }
    return file;
  }

  /** A symbolic link that others are below; twice it would be refused. */
  private TestTar.Entry folderLink() {
    if (folderLinked && random.nextInt(20) > 0) {
      return TestTar.symlink(path(), "a");
    }
    folderLinked = true;
    return TestTar.symlink(prefix + "l", oneOf(List.of("a", "c")));
  }

  /** A name that comes again; a hard link to its first file would be refused. */
  private TestTar.Entry again() {
    var file = TestTar.file(prefix + folder() + "again" + random.nextInt(3), content());
    return random.nextInt(20) == 0 ? linked(file) : file;
  }

  private TestTar.Entry hardLink() {
    if (linkable.isEmpty()) {
      return TestTar.file(path(), content());
    }
    var link = TestTar.hardLink(path(), "");
    link.link = oneOf(linkable);
    return link;
  }

  /** Other owners, times, attributes, formats. */
  private TestTar.Entry varied(TestTar.Entry entry) {
    int kind = random.nextInt(8);
    if (kind == 0) {
      entry.owner(1000 + random.nextInt(3), random.nextInt(3), "u" + random.nextInt(2), "grp");
    } else if (kind == 1) {
      entry.owner(3_000_000_000L, 2_097_152, "", "");
    } else if (kind == 2 && !entry.magic.isEmpty()) {
      entry
          .pax("SCHILY.xattr.user.note", notUtf8())
          .pax("SCHILY.xattr.security.capability", noise(20));
    } else if (kind == 3 && !entry.magic.isEmpty()) {
      entry.pax(
          "mtime", oneOf(List.of("1700000000.5", "-3.25", "2.75", "1.000000001", "9000000000")));
      entry.pax("atime", "1700000001.123456789").pax("comment", "none");
    } else if (kind == 4) {
      entry.mode(random.nextInt(010000)).seconds(random.nextInt(2) * 1_000_000L);
    } else if (kind == 5 && !entry.magic.isEmpty()) {
      entry.magic("ustar  \0");
    } else if (kind == 6 && entry.name.length > 100) {
      entry.pax("path", entry.name).pax("uid", "7");
    }
    return entry;
  }

  private String path() {
    return prefix + folder() + name();
  }

  private String folder() {
    return oneOf(FOLDERS);
  }

  private String name() {
    number++;
    return switch (random.nextInt(8)) {
      case 0 -> "long-" + "n".repeat(90 + random.nextInt(40)) + number;
      case 1 -> ("deep" + number + "/").repeat(30) + number;
      case 2 -> "gr\u00fc\u00dfe-\u6e2f-" + number;
      case 3 -> "sp ace\t\"quote\\" + number;
      default -> "f" + number;
    };
  }

  private byte[] notUtf8() {
    number++;
    byte[] name = (prefix + "a/n" + number + "?").getBytes(StandardCharsets.US_ASCII);
    name[name.length - 1] = (byte) (0x80 + random.nextInt(0x80));
    return name;
  }

  private byte[] content() {
    int size =
        switch (random.nextInt(8)) {
          case 0 -> 0;
          case 1 -> 4096 * (1 + random.nextInt(3));
          case 2 -> random.nextInt(40_000);
          default -> random.nextInt(1500);
        };
    if (random.nextBoolean()) {
      return noise(size);
    }
    return "the same again and again "
        .repeat(size / 20 + 1)
        .substring(0, size)
        .getBytes(StandardCharsets.UTF_8);
  }

  private byte[] noise(int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }

  private <T> T oneOf(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
