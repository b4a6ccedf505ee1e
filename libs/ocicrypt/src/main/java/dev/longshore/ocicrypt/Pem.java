package dev.longshore.ocicrypt;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * A block of PEM (RFC 7468; with the headers of RFC 1421 where old private keys have them).
 *
 * @param headers the lines before the empty line; none in most files
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Pem(String label, List<String> headers, byte[] der) {
  private static final byte[] BEGIN = ascii("-----BEGIN ");
  private static final byte[] DASHES = ascii("-----");

  /** Characters; the longest in use is {@code ENCRYPTED PRIVATE KEY}. */
  private static final int LABEL = 64;

  /** A file holds one key, at times with its parameters or the certificates above it. */
  private static final int BLOCKS = 64;

  @Override
  public String toString() {
    return "Pem[" + label + "]";
  }

  static boolean isIn(byte[] file) {
    return isIn(file, "");
  }

  /** Whether there is a block whose label starts so. */
  static boolean isIn(byte[] file, String label) {
    return find(file, ascii("-----BEGIN " + label), 0) >= 0;
  }

  /** All blocks of a file, in their order. */
  static List<Pem> blocks(String what, byte[] file) throws OcicryptException {
    List<Pem> blocks = new ArrayList<>();
    int begin = find(file, BEGIN, 0);
    while (begin >= 0) {
      if (blocks.size() == BLOCKS) {
        throw OcicryptException.limit(what, "more than %d blocks of PEM".formatted(BLOCKS));
      }
      int labelAt = begin + BEGIN.length;
      int labelEnd = find(file, DASHES, labelAt);
      if (labelEnd < 0 || labelEnd - labelAt > LABEL) {
        throw OcicryptException.badKey(what, "a BEGIN line of PEM has no end");
      }
      String label = new String(file, labelAt, labelEnd - labelAt, StandardCharsets.ISO_8859_1);
      byte[] mark = ascii("-----END " + label + "-----");
      int end = find(file, mark, labelEnd);
      if (end < 0) {
        throw OcicryptException.badKey(what, "a block of PEM has no END line");
      }
      blocks.add(block(what, label, file, labelEnd + DASHES.length, end));
      begin = find(file, BEGIN, end + mark.length);
    }
    return blocks;
  }

  private static Pem block(String what, String label, byte[] file, int start, int end)
      throws OcicryptException {
    List<String> headers = new ArrayList<>();
    int bodyAt = headers(file, start, end, headers);
    byte[] body = new byte[end - bodyAt];
    int length = 0;
    for (int i = bodyAt; i < end && !isChecksum(file, i); i++) {
      if (!isSpace(file[i])) {
        body[length++] = file[i];
      }
    }
    byte[] packed = Arrays.copyOf(body, length);
    Secrets.wipe(body);
    try {
      return new Pem(label, List.copyOf(headers), Base64.getDecoder().decode(packed));
    } catch (IllegalArgumentException e) {
      throw OcicryptException.badKey(what, "a block of PEM is no base64");
    } finally {
      Secrets.wipe(packed);
    }
  }

  /** Collects lines with a colon, which base64 does not have; returns where they end. */
  private static int headers(byte[] file, int start, int end, List<String> headers) {
    int at = start;
    while (at < end) {
      int lineEnd = at;
      boolean colon = false;
      while (lineEnd < end && file[lineEnd] != '\n') {
        colon |= file[lineEnd] == ':';
        lineEnd++;
      }
      String line = colon ? new String(file, at, lineEnd - at, StandardCharsets.ISO_8859_1) : "";
      boolean empty = !colon && isBlank(file, at, lineEnd);
      if (!colon && !empty) {
        return at;
      }
      if (colon) {
        headers.add(line.strip());
      }
      at = Math.min(end, lineEnd + 1);
    }
    return at;
  }

  private static boolean isBlank(byte[] file, int start, int end) {
    for (int i = start; i < end; i++) {
      if (!isSpace(file[i])) {
        return false;
      }
    }
    return true;
  }

  /** OpenPGP ends a block with a CRC, which RFC 9580 (section 6.1) tells readers to ignore. */
  private static boolean isChecksum(byte[] file, int at) {
    return file[at] == '=' && file[at - 1] == '\n';
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  private static int find(byte[] file, byte[] pattern, int from) {
    for (int at = from; at <= file.length - pattern.length; at++) {
      if (Arrays.equals(file, at, at + pattern.length, pattern, 0, pattern.length)) {
        return at;
      }
    }
    return -1;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The value of a header such as {@code DEK-Info}. */
  Optional<String> header(String name) {
    String start = name + ":";
    return headers.stream()
        .filter(line -> line.startsWith(start))
        .map(line -> line.substring(start.length()).strip())
        .findFirst();
  }
}
