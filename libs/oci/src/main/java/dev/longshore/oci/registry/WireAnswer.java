package dev.longshore.oci.registry;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.apache.hc.core5.http.HttpEntity;
import org.jspecify.annotations.Nullable;

/**
 * An answer on the wire: its head is read, its body not yet.
 *
 * @param body null if there can be none
 * @param cut breaks the connection; no effect once the body has been read to its end
 */
record WireAnswer(AnswerHead head, @Nullable HttpEntity body, Runnable cut) {

  /** Reads the body to its end, or one byte beyond {@code limit}, and frees the connection. */
  byte[] upTo(int limit) throws IOException {
    try {
      return body == null ? new byte[0] : body.getContent().readNBytes(limit + 1);
    } finally {
      // The rest of a longer body is not needed.
      cut.run();
    }
  }

  /** The body for its reader, who must close the answer. */
  OpenAnswer open(Duration stall) throws IOException {
    InputStream in = body == null ? InputStream.nullInputStream() : body.getContent();
    return new OpenAnswer(new SmallAnswer(head, new byte[0]), new StallGuard(in, stall), cut);
  }
}
