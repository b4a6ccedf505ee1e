package dev.longshore.runtime.kafka;

import org.jspecify.annotations.Nullable;

/** Kafka did not confirm an event in time. */
public final class NotSentException extends Exception {
  private static final long serialVersionUID = 1L;

  NotSentException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
