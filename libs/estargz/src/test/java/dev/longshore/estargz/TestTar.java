package dev.longshore.estargz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/** Writes tars of every kind, header by header, with no code of the writer under test. */
final class TestTar {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** One entry; what is not set is as tar writes it for root's things of 2024. */
  static final class Entry {
    final char type;
    final byte[] name;
    byte[] link = {};
    byte[] content = {};
    long mode = 0644;
    long uid;
    long gid;
    String seconds = "14545760000"; // octal, January 2024
    String userName = "root";
    String groupName = "root";
    int major;
    int minor;
    String size = "";
    String magic = "ustar\00000";
    final SortedMap<String, byte[]> pax = new TreeMap<>();

    Entry(char type, String name) {
      this(type, name.getBytes(StandardCharsets.UTF_8));
    }

    Entry(char type, byte[] name) {
      this.type = type;
      this.name = name;
    }

    Entry link(String target) {
      link = target.getBytes(StandardCharsets.UTF_8);
      return this;
    }

    Entry content(byte[] bytes) {
      content = bytes;
      return this;
    }

    Entry content(String text) {
      return content(text.getBytes(StandardCharsets.UTF_8));
    }

    Entry mode(long value) {
      mode = value;
      return this;
    }

    Entry owner(long user, long group, String userText, String groupText) {
      uid = user;
      gid = group;
      userName = userText;
      groupName = groupText;
      return this;
    }

    Entry seconds(long value) {
      seconds = Long.toOctalString(value);
      return this;
    }

    Entry device(int majorNumber, int minorNumber) {
      major = majorNumber;
      minor = minorNumber;
      return this;
    }

    /** The size field's text, where it lies. */
    Entry size(String octal) {
      size = octal;
      return this;
    }

    Entry magic(String text) {
      magic = text;
      return this;
    }

    Entry pax(String key, String value) {
      return pax(key, value.getBytes(StandardCharsets.UTF_8));
    }

    Entry pax(String key, byte[] value) {
      pax.put(key, value);
      return this;
    }
  }

  static Entry dir(String name) {
    return new Entry('5', name).mode(0755);
  }

  static Entry file(String name, String content) {
    return new Entry('0', name).content(content);
  }

  static Entry file(String name, byte[] content) {
    return new Entry('0', name).content(content);
  }

  static Entry symlink(String name, String target) {
    return new Entry('2', name).link(target).mode(0777);
  }

  static Entry hardLink(String name, String target) {
    return new Entry('1', name).link(target);
  }

  static byte[] of(Entry... entries) {
    var tar = new TestTar();
    for (Entry entry : entries) {
      tar.add(entry);
    }
    return tar.bytes();
  }

  TestTar add(Entry entry) {
    if (!entry.pax.isEmpty()) {
      var text = new ByteArrayOutputStream();
      entry.pax.forEach((key, value) -> text.writeBytes(paxRecord(key, value)));
      raw('x', "PaxHeaders.0/x", text.toByteArray());
    }
    if (entry.name.length > 100 && !entry.pax.containsKey("path")) {
      raw('L', "././@LongLink", Arrays.copyOf(entry.name, entry.name.length + 1));
    }
    if (entry.link.length > 100 && !entry.pax.containsKey("linkpath")) {
      raw('K', "././@LongLink", Arrays.copyOf(entry.link, entry.link.length + 1));
    }
    header(entry);
    body(entry.content);
    return this;
  }

  /** An entry whose header has only a name and a size. */
  TestTar raw(char type, String name, byte[] content) {
    header(new Entry(type, name).content(content).seconds(0).owner(0, 0, "", "").mode(0));
    body(content);
    return this;
  }

  TestTar bytes(byte[] any) {
    out.writeBytes(any);
    return this;
  }

  static byte[] paxRecord(String key, byte[] value) {
    byte[] keyBytes = key.getBytes(StandardCharsets.ISO_8859_1);
    int rest = keyBytes.length + value.length + 3;
    int length = rest + 1;
    while (length != rest + Integer.toString(length).length()) {
      length = rest + Integer.toString(length).length();
    }
    var record = new ByteArrayOutputStream();
    record.writeBytes((length + " ").getBytes(StandardCharsets.US_ASCII));
    record.writeBytes(keyBytes);
    record.write('=');
    record.writeBytes(value);
    record.write('\n');
    return record.toByteArray();
  }

  private void body(byte[] content) {
    out.writeBytes(content);
    out.writeBytes(new byte[(512 - content.length % 512) % 512]);
  }

  private void header(Entry entry) {
    byte[] block = new byte[512];
    put(block, 0, 100, entry.name);
    number(block, 100, 8, Long.toOctalString(entry.mode));
    owner(block, 108, entry.uid);
    owner(block, 116, entry.gid);
    number(
        block,
        124,
        12,
        entry.size.isEmpty() ? Integer.toOctalString(entry.content.length) : entry.size);
    number(block, 136, 12, entry.seconds);
    block[156] = (byte) entry.type;
    put(block, 157, 100, entry.link);
    if (!entry.magic.isEmpty()) {
      put(block, 257, 8, latin(entry.magic));
      put(block, 265, 32, latin(entry.userName));
      put(block, 297, 32, latin(entry.groupName));
      number(block, 329, 8, Integer.toOctalString(entry.major));
      number(block, 337, 8, Integer.toOctalString(entry.minor));
    }
    Arrays.fill(block, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte b : block) {
      sum += b & 0xFF;
    }
    number(block, 148, 7, Integer.toOctalString(sum));
    out.writeBytes(block);
  }

  /** Octal, or GNU's base 256 where that is too narrow. */
  private static void owner(byte[] block, int at, long id) {
    if (id < 1 << 21) {
      number(block, at, 8, Long.toOctalString(id));
      return;
    }
    for (int i = 0; i < 8; i++) {
      block[at + i] = (byte) (id >>> (8 * (7 - i)));
    }
    block[at] |= (byte) 0x80;
  }

  private static void number(byte[] block, int at, int width, String digits) {
    put(block, at, width, latin("0".repeat(Math.max(0, width - 1 - digits.length())) + digits));
  }

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void put(byte[] block, int at, int width, byte[] bytes) {
    System.arraycopy(bytes, 0, block, at, Math.min(width, bytes.length));
  }

  byte[] bytes() {
    byte[] all = out.toByteArray();
    return Arrays.copyOf(all, all.length + 1024);
  }

  /** Without the end's two empty blocks. */
  byte[] open() {
    return out.toByteArray();
  }
}
