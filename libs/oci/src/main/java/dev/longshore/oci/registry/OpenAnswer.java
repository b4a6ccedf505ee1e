package dev.longshore.oci.registry;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * An answer whose body is still on the line.
 *
 * @param small the same answer with the body of an error, empty for a success
 * @param body guarded against stalls
 * @param connection breaks the connection off; does nothing once that is kept for others
 */
record OpenAnswer(SmallAnswer small, InputStream body, Runnable connection) implements Answered {

  /** A failure, of which nothing is on the line any more. */
  static OpenAnswer failed(SmallAnswer answer) {
    return new OpenAnswer(answer, new ByteArrayInputStream(answer.body()), () -> {});
  }

  @Override
  public AnswerHead head() {
    return small.head();
  }

  /** Breaks the connection off: the rest of a blob is not worth reading to use it again. */
  @Override
  public void close() {
    // First, for closing the body would read its rest.
    connection.run();
    closeBody();
  }

  /**
   * Lets go of a body that was read to its end; the connection is kept for other requests where the
   * length said that this was the end. Elsewhere it may go on, for as long as the server likes.
   */
  void release() {
    if (head().delimited()) {
      closeBody();
    } else {
      close();
    }
  }

  private void closeBody() {
    try {
      body.close();
    } catch (IOException e) {
      // It is closed as far as we are concerned; nothing that was handed out depends on it.
      return;
    }
  }
}
