package dev.longshore.oci.registry;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;

/**
 * An answer whose body is still on the line.
 *
 * @param small the same answer with the body of an error, empty for a success
 * @param body guarded against stalls
 */
record OpenAnswer(SmallAnswer small, InputStream body, HttpURLConnection connection)
    implements Answered {

  static OpenAnswer failed(SmallAnswer answer, HttpURLConnection connection) {
    return new OpenAnswer(answer, new ByteArrayInputStream(answer.body()), connection);
  }

  @Override
  public AnswerHead head() {
    return small.head();
  }

  /** Breaks the connection off: the rest of a blob is not worth reading to use it again. */
  @Override
  public void close() {
    connection.disconnect();
    release();
  }

  /** Lets go of a body that was read to its end; the connection is kept for other requests. */
  void release() {
    try {
      body.close();
    } catch (IOException e) {
      // It is closed as far as we are concerned; nothing that was handed out depends on it.
      return;
    }
  }
}
