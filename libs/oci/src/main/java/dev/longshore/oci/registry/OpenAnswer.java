package dev.longshore.oci.registry;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * An answer whose body is still on the wire.
 *
 * @param small the same answer with the body of an error, empty for a success
 * @param body guarded against stalls
 * @param connection breaks the connection; no effect once it is back in the pool
 */
record OpenAnswer(SmallAnswer small, InputStream body, Runnable connection) implements Answered {

  /** A failure, read completely. */
  static OpenAnswer failed(SmallAnswer answer) {
    return new OpenAnswer(answer, new ByteArrayInputStream(answer.body()), () -> {});
  }

  @Override
  public AnswerHead head() {
    return small.head();
  }

  /** Breaks the connection: reading the rest of a blob costs more than a new connection. */
  @Override
  public void close() {
    // First, because closing the body would read its rest.
    connection.run();
    closeBody();
  }

  /**
   * Releases a body read to its end. Keeps the connection for other requests if the length said
   * that this was the end; otherwise the server could go on sending.
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
      // For us it is closed; nothing that was returned depends on it.
      return;
    }
  }
}
