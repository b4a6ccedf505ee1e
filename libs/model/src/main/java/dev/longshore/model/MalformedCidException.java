package dev.longshore.model;

/** A text or bytes that are no CID. */
public final class MalformedCidException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  MalformedCidException(String message) {
    super(message);
  }

  MalformedCidException(String message, Throwable cause) {
    super(message, cause);
  }
}
