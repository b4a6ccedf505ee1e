package dev.longshore.runtime.kafka.record;

import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Kafka did not confirm an event. */
public final class NotSentException extends Exception {
  private static final long serialVersionUID = 1L;

  public NotSentException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Whether Kafka refused it, rather than not answering in time. */
  public boolean refused() {
    return !(getCause() instanceof TimeoutException)
        && !(getCause() instanceof org.apache.kafka.common.errors.TimeoutException);
  }
}
