package dev.longshore.oci.testing;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** What a registry does wrong in place of an answer. */
public sealed interface Fault {
  /** An HTTP status: 404, 401, 429, 500... */
  record Status(int code, Optional<Duration> retryAfter) implements Fault {
    public Status(int code) {
      this(code, Optional.empty());
    }
  }

  /** The right number of bytes, one of them wrong. */
  record WrongByte() implements Fault {}

  /** The connection breaks after so many bytes. */
  record CutAfter(int bytes) implements Fault {}

  /** A body that is not what the route serves. */
  record Garbage() implements Fault {}

  /** A web page in place of an answer, as proxies serve it: with status 200. */
  record Page() implements Fault {}

  /** The answer waits until the test opens the gate. */
  record Held(CountDownLatch gate) implements Fault {}
}
