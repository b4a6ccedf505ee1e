package dev.longshore.oci.registry;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.apache.hc.core5.http.HttpEntity;
import org.jspecify.annotations.Nullable;

/**
 * An answer as it stands on the line: its head is read, its body not yet.
 *
 * @param body none where there can be none
 * @param cut breaks the connection off; does nothing once the body was read to its end
 */
record Line(AnswerHead head, @Nullable HttpEntity body, Runnable cut) {

  /** Reads the body to its end, or one byte beyond {@code limit}; the line is free afterwards. */
  byte[] upTo(int limit) throws IOException {
    try {
      return body == null ? new byte[0] : body.getContent().readNBytes(limit + 1);
    } finally {
      // Of what is longer nobody wants the rest.
      cut.run();
    }
  }

  /** The body for its reader, who has to close the answer. */
  OpenAnswer open(Duration stall) throws IOException {
    InputStream in = body == null ? InputStream.nullInputStream() : body.getContent();
    return new OpenAnswer(new SmallAnswer(head, new byte[0]), new StallGuard(in, stall), cut);
  }
}
