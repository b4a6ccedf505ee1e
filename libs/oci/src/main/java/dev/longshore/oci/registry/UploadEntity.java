package dev.longshore.oci.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;

/** A request's body as it goes out. */
final class UploadEntity extends AbstractHttpEntity {
  private static final int BUFFER = 256 * 1024;

  private final Upload upload;
  private final AtomicLong sent;

  /**
   * @param sent counts bytes as they go
   */
  UploadEntity(Upload upload, AtomicLong sent) {
    super((ContentType) null, null);
    this.upload = upload;
    this.sent = sent;
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    byte[] buffer = new byte[(int) Math.min(BUFFER, Math.max(1, upload.length()))];
    long total = 0;
    try (InputStream in = upload.content().open()) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        total += count;
        if (total > upload.length()) {
          break;
        }
        out.write(buffer, 0, count);
        sent.addAndGet(count);
      }
    }
    if (total != upload.length()) {
      // The stream to the server would silently cut off excess bytes, and ignore missing ones.
      throw new IOException(
          "the source has %s than %d bytes"
              .formatted(total > upload.length() ? "more" : "fewer", upload.length()));
    }
  }

  @Override
  public long getContentLength() {
    return upload.length();
  }

  @Override
  public InputStream getContent() throws IOException {
    return upload.content().open();
  }

  @Override
  public boolean isStreaming() {
    return true;
  }

  @Override
  public boolean isRepeatable() {
    return false;
  }

  @Override
  public void close() {}
}
