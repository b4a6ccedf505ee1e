package dev.longshore.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/** Writes small ustar archives whose bytes depend on nothing but their entries. */
public final class Tar {
  private static final int BLOCK = 512;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** An archive of regular files, in the map's order; names of at most 100 bytes of UTF-8. */
  public static byte[] of(Map<String, byte[]> files) {
    var tar = new Tar();
    files.forEach(tar::file);
    return tar.bytes();
  }

  public Tar file(String name, byte[] content) {
    return file(name, content, 0644);
  }

  /** A file that may be run. */
  public Tar program(String name, byte[] content) {
    return file(name, content, 0755);
  }

  private Tar file(String name, byte[] content, int mode) {
    header(name, content.length, '0', "", mode);
    out.writeBytes(content);
    out.writeBytes(new byte[padding(content.length)]);
    return this;
  }

  public Tar directory(String name) {
    header(name, 0, '5', "", 0755);
    return this;
  }

  public Tar symlink(String name, String target) {
    header(name, 0, '2', target, 0777);
    return this;
  }

  /** An entry of any type whose size field, 12 bytes, says what it likes about its content. */
  public Tar entry(String name, char type, String sizeField, String link, byte[] content) {
    byte[] header = header(name, sizeField, type, link, 0644);
    out.writeBytes(header);
    out.writeBytes(content);
    out.writeBytes(new byte[padding(content.length)]);
    return this;
  }

  /** Gives each header its right checksum, so that damage elsewhere in it is looked at. */
  public static byte[] resealed(byte[] tar) {
    byte[] sealed = tar.clone();
    for (int at = 0; at + BLOCK <= sealed.length; at += BLOCK) {
      if (sealed[at + 257] == 'u' && sealed[at + 258] == 's' && sealed[at + 259] == 't') {
        byte[] header = Arrays.copyOfRange(sealed, at, at + BLOCK);
        seal(header);
        System.arraycopy(header, 0, sealed, at, BLOCK);
      }
    }
    return sealed;
  }

  /** The archive so far, ended by two empty blocks. */
  public byte[] bytes() {
    byte[] entries = out.toByteArray();
    return Arrays.copyOf(entries, entries.length + 2 * BLOCK);
  }

  private void header(String name, int size, char type, String link, int mode) {
    out.writeBytes(header(name, digits(12, size), type, link, mode));
  }

  private static byte[] header(String name, String size, char type, String link, int mode) {
    byte[] header = new byte[BLOCK];
    put(header, 0, 100, name);
    octal(header, 100, 8, mode);
    octal(header, 108, 8, 0);
    octal(header, 116, 8, 0);
    put(header, 124, 12, size);
    octal(header, 136, 12, 0);
    header[156] = (byte) type;
    put(header, 157, 100, link);
    put(header, 257, 8, "ustar\00000");
    seal(header);
    return header;
  }

  private static void seal(byte[] header) {
    Arrays.fill(header, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xFF;
    }
    octal(header, 148, 7, sum);
  }

  private static void octal(byte[] header, int at, int width, long value) {
    put(header, at, width, digits(width, value));
  }

  private static String digits(int width, long value) {
    String digits = Long.toOctalString(value);
    return "0".repeat(width - 1 - digits.length()) + digits;
  }

  private static void put(byte[] header, int at, int width, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > width) {
      throw new IllegalArgumentException(
          "tar field: " + text + " (expected: at most " + width + " bytes)");
    }
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  private static int padding(int size) {
    return (BLOCK - size % BLOCK) % BLOCK;
  }
}
