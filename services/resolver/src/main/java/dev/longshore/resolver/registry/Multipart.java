package dev.longshore.resolver.registry;

import dev.longshore.resolver.content.Content;
import dev.longshore.resolver.content.Contents;
import dev.longshore.resolver.content.UnavailableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Several parts of one blob in one answer ({@code multipart/byteranges}, RFC 9110, 14.6).
 *
 * @param boundary stands between the parts; random, so that no content can hold it
 */
record Multipart(Content content, String type, List<ByteRange> parts, String boundary) {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int BOUNDARY_BYTES = 16;

  static Multipart of(Content content, String type, List<ByteRange> parts) {
    byte[] random = new byte[BOUNDARY_BYTES];
    RANDOM.nextBytes(random);
    return new Multipart(content, type, parts, HexFormat.of().formatHex(random));
  }

  /** The answer, with the bytes of its first part at hand. */
  Answer answer(Map<String, String> headers, Contents contents)
      throws UnavailableException, InterruptedException {
    Copying first = begin(contents, parts.getFirst());
    return Answer.of(206, headers, new Body.Flow(length(), new Parts(contents, first)))
        .with("Content-Type", "multipart/byteranges; boundary=" + boundary);
  }

  private long length() {
    long length = end().length;
    for (ByteRange part : parts) {
      length += head(part).length + part.length();
    }
    return length;
  }

  private byte[] head(ByteRange part) {
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

  private Copying begin(Contents contents, ByteRange part)
      throws UnavailableException, InterruptedException {
    return Copying.begin(contents.range(content, part.first(), part.length()), part.length());
  }

  /** Writes the parts one after another; only one is open at a time. */
  private final class Parts implements Body.Transfer {
    private final Contents contents;
    private Copying open;

    Parts(Contents contents, Copying first) {
      this.contents = contents;
      this.open = first;
    }

    @Override
    public void writeTo(Body.Sink sink)
        throws UnavailableException, IOException, InterruptedException {
      for (int i = 0; i < parts.size(); i++) {
        if (i > 0) {
          open.close();
          open = begin(contents, parts.get(i));
        }
        sink.write(ByteBuffer.wrap(head(parts.get(i))));
        open.writeTo(sink);
      }
      sink.write(ByteBuffer.wrap(end()));
    }

    @Override
    public void close() {
      open.close();
    }
  }
}
