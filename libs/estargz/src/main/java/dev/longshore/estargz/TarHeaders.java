package dev.longshore.estargz;

import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes entries' headers: ustar if an entry fits, else with a PAX header before it. An entry has
 * exactly one encoding, whatever the source's format.
 */
final class TarHeaders {
  private static final int NAME = 100;
  private static final int PREFIX = 155;
  private static final int OWNER_NAME = 32;
  private static final long OCTAL_7 = 1L << 21;
  private static final long OCTAL_11 = 1L << 33;

  /** The extended header's file name for readers that do not know PAX. */
  private static final String EXTENDED_NAME = "PaxHeaders/entry";

  /** Two empty blocks end a tar. */
  static final int END_BYTES = 2 * TarBlock.BYTES;

  private TarHeaders() {}

  /** Whole blocks: the extended header, if needed, and the header. */
  static byte[] of(TarEntry entry) {
    var records = new TreeMap<>(entry.records());
    int split = fits(entry.name(), NAME) ? 0 : split(entry.name());
    if (split < 0) {
      records.put("path", entry.name());
    }
    putText(records, "linkpath", entry.link(), NAME);
    putText(records, "uname", entry.userName(), OWNER_NAME);
    putText(records, "gname", entry.groupName(), OWNER_NAME);
    putNumber(records, "uid", entry.uid(), OCTAL_7);
    putNumber(records, "gid", entry.gid(), OCTAL_7);
    putNumber(records, "size", entry.size(), OCTAL_11);
    if (entry.nanos() != 0 || entry.seconds() < 0 || entry.seconds() >= OCTAL_11) {
      records.put("mtime", new PaxTime(entry.seconds(), entry.nanos()).text());
    }
    if (records.isEmpty()) {
      return header(entry, split);
    }
    var text = new StringBuilder();
    records.forEach((key, value) -> text.append(PaxRecords.format(key, value)));
    byte[] payload = ByteText.bytes(text.toString());
    byte[] extended = extendedHeader(payload.length);
    int end = TarBlock.BYTES + payload.length + TarBlock.padding(payload.length);
    byte[] all = Arrays.copyOf(extended, end + TarBlock.BYTES);
    System.arraycopy(payload, 0, all, TarBlock.BYTES, payload.length);
    System.arraycopy(header(entry, split), 0, all, end, TarBlock.BYTES);
    return all;
  }

  private static boolean fits(String text, int width) {
    return text.length() <= width && ByteText.isAscii(text);
  }

  /** The end of ustar's prefix: the index of a slash, or -1 if the name cannot be split. */
  private static int split(String name) {
    if (!ByteText.isAscii(name) || name.length() > NAME + 1 + PREFIX) {
      return -1;
    }
    int slash = name.lastIndexOf('/', Math.min(PREFIX, name.length() - 2));
    return slash > 0 && name.length() - slash - 1 <= NAME ? slash : -1;
  }

  private static void putText(
      SortedMap<String, String> records, String key, String value, int width) {
    if (!fits(value, width)) {
      records.put(key, value);
    }
  }

  private static void putNumber(
      SortedMap<String, String> records, String key, long value, long bound) {
    if (value >= bound) {
      records.put(key, Long.toString(value));
    }
  }

  private static byte[] extendedHeader(int size) {
    byte[] block = new byte[TarBlock.BYTES];
    put(block, 0, NAME, EXTENDED_NAME);
    numbers(block, 0, 0, 0, size, 0);
    block[156] = 'x';
    seal(block);
    return block;
  }

  private static byte[] header(TarEntry entry, int split) {
    byte[] block = new byte[TarBlock.BYTES];
    if (split > 0) {
      put(block, 0, NAME, entry.name().substring(split + 1));
      put(block, 345, PREFIX, entry.name().substring(0, split));
    } else {
      put(block, 0, NAME, cut(entry.name(), NAME));
    }
    long seconds = entry.seconds() < 0 || entry.seconds() >= OCTAL_11 ? 0 : entry.seconds();
    numbers(
        block,
        entry.mode(),
        entry.uid() < OCTAL_7 ? entry.uid() : 0,
        entry.gid() < OCTAL_7 ? entry.gid() : 0,
        entry.size() < OCTAL_11 ? entry.size() : 0,
        seconds);
    block[156] = (byte) entry.type().flag();
    put(block, 157, NAME, cut(entry.link(), NAME));
    put(block, 265, OWNER_NAME, cut(entry.userName(), OWNER_NAME));
    put(block, 297, OWNER_NAME, cut(entry.groupName(), OWNER_NAME));
    octal(block, 329, 8, entry.devMajor());
    octal(block, 337, 8, entry.devMinor());
    seal(block);
    return block;
  }

  /** As much as fits into the field, in ASCII; the record has the whole text. */
  private static String cut(String text, int width) {
    if (fits(text, width)) {
      return text;
    }
    var ascii = new StringBuilder();
    text.chars().filter(c -> c < 0x80).limit(width).forEach(c -> ascii.append((char) c));
    return ascii.toString().replaceAll("/+$", ""); // some readers take it for a directory
  }

  private static void numbers(byte[] block, int mode, long uid, long gid, long size, long seconds) {
    octal(block, 100, 8, mode);
    octal(block, 108, 8, uid);
    octal(block, 116, 8, gid);
    octal(block, 124, 12, size);
    octal(block, 136, 12, seconds);
  }

  private static void seal(byte[] block) {
    put(block, 257, 8, "ustar\00000");
    Arrays.fill(block, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte b : block) {
      sum += b & 0xFF;
    }
    octal(block, 148, 7, sum);
  }

  private static void octal(byte[] block, int at, int width, long value) {
    String digits = Long.toOctalString(value);
    put(block, at, width, "0".repeat(width - 1 - digits.length()) + digits);
    block[at + width - 1] = 0;
  }

  private static void put(byte[] block, int at, int width, String text) {
    byte[] bytes = ByteText.bytes(text);
    System.arraycopy(bytes, 0, block, at, Math.min(width, bytes.length));
  }
}
