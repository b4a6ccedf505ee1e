package dev.longshore.watcher;

/** A hint could not be written to Kafka. */
public final class HintNotStoredException extends Exception {
  private static final long serialVersionUID = 1L;

  public HintNotStoredException(String message, Throwable cause) {
    super(message, cause);
  }
}
