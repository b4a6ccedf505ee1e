package dev.longshore.ipfs.kubo;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Status and header fields of an HTTP/1.1 answer (RFC 9112).
 *
 * @param status three digits
 * @param fields by lower-case name; the last of several wins
 */
record HttpHead(int status, Map<String, String> fields) {
  /** One line; Kubo's longest are some hundred bytes. */
  private static final int MAX_LINE_BYTES = 16 * 1024;

  /** Lines of chunks are much shorter, and come every 4 KiB of a raw stream. */
  private static final int TYPICAL_LINE_BYTES = 64;

  private static final int MAX_FIELDS = 200;

  static HttpHead read(InputStream in) throws IOException {
    String status = line(in);
    if (!status.matches("HTTP/1\\.[01] [1-5][0-9][0-9]( .*)?")) {
      throw new ProtocolException("not an HTTP/1.1 answer");
    }
    return new HttpHead(Integer.parseInt(status.substring(9, 12)), fields(in));
  }

  /** Header or trailer fields up to the empty line. */
  static Map<String, String> fields(InputStream in) throws IOException {
    Map<String, String> fields = new TreeMap<>();
    for (int i = 0; i <= MAX_FIELDS; i++) {
      String line = line(in);
      if (line.isEmpty()) {
        return fields;
      }
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw new ProtocolException("header field without a name");
      }
      String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
      fields.put(name, line.substring(colon + 1).strip());
    }
    throw new ProtocolException("over " + MAX_FIELDS + " header fields");
  }

  static String line(InputStream in) throws IOException {
    byte[] line = new byte[TYPICAL_LINE_BYTES];
    for (int length = 0; length < MAX_LINE_BYTES; length++) {
      int b = in.read();
      if (b < 0) {
        throw new EOFException("the answer ended early");
      }
      if (b == '\n') {
        int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
        return new String(line, 0, end, StandardCharsets.UTF_8);
      }
      if (length == line.length) {
        line = Arrays.copyOf(line, 2 * length);
      }
      line[length] = (byte) b;
    }
    throw new ProtocolException("header line over " + MAX_LINE_BYTES + " bytes");
  }

  @Nullable String field(String name) {
    return fields.get(name);
  }

  /** The length that a field gives; -1 when there is none. */
  long length(String name) throws ProtocolException {
    String value = field(name);
    if (value == null) {
      return -1;
    }
    if (!value.matches("[0-9]{1,18}")) {
      throw new ProtocolException(name + " is no length");
    }
    return Long.parseLong(value);
  }

  boolean isChunked() {
    String coding = field("transfer-encoding");
    return coding != null && coding.toLowerCase(Locale.ROOT).endsWith("chunked");
  }
}
