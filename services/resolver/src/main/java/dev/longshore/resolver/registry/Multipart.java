package dev.longshore.resolver.registry;

import dev.longshore.resolver.content.LocatedContent;
import dev.longshore.resolver.content.VerifiedContents;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/**
 * Several parts of one blob in one answer ({@code multipart/byteranges}, RFC 9110, 14.6).
 *
 * @param type media type of each part
 * @param boundary separates the parts; random, so that no content can contain it
 */
record Multipart(LocatedContent content, String type, List<ContentRange> parts, String boundary) {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int BOUNDARY_BYTES = 16;

  static Multipart of(LocatedContent content, String type, List<ContentRange> parts) {
    byte[] random = new byte[BOUNDARY_BYTES];
    RANDOM.nextBytes(random);
    return new Multipart(content, type, parts, HexFormat.of().formatHex(random));
  }

  String contentType() {
    return "multipart/byteranges; boundary=" + boundary;
  }

  /** Bytes of the whole body. */
  long length() {
    long length = end().length;
    for (ContentRange part : parts) {
      length += head(part).length + part.length();
    }
    return length;
  }

  /** The body; one part is open at a time. */
  InputStream open(VerifiedContents contents, String caller) {
    return new Stream(contents, caller);
  }

  private byte[] head(ContentRange part) {
    return text(
        "\r\n--%s\r\nContent-Type: %s\r\nContent-Range: %s\r\n\r\n"
            .formatted(boundary, type, part.of(content.size())));
  }

  private byte[] end() {
    return text("\r\n--" + boundary + "--\r\n");
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Head and bytes of each part in turn, then the end. */
  private final class Stream extends InputStream {
    private final VerifiedContents contents;
    private final String caller;

    /** Two pieces for each part, and one for the end. */
    private int next;

    private InputStream piece = InputStream.nullInputStream();

    Stream(VerifiedContents contents, String caller) {
      this.contents = contents;
      this.caller = caller;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      int n = piece.read(into, offset, length);
      while (n < 0 && next <= 2 * parts.size()) {
        piece.close();
        piece = open(next++);
        n = piece.read(into, offset, length);
      }
      return n;
    }

    private InputStream open(int index) throws IOException {
      if (index == 2 * parts.size()) {
        return new ByteArrayInputStream(end());
      }
      ContentRange part = parts.get(index / 2);
      if (index % 2 == 0) {
        return new ByteArrayInputStream(head(part));
      }
      try {
        return contents.range(content, part.first(), part.length(), caller);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw (IOException) new InterruptedIOException("reading was given up").initCause(e);
      }
    }

    @Override
    public void close() throws IOException {
      piece.close();
    }
  }
}
