package dev.longshore.model;

/** Text or bytes that are not a valid digest, name, reference, platform or manifest; says why. */
public final class OciFormatException extends IllegalArgumentException {
  public OciFormatException(String message) {
    super(message);
  }

  public OciFormatException(String message, Throwable cause) {
    super(message, cause);
  }

  /** "digest: abc (expected: ...)", with the value cut to a length that fits a log line. */
  public static OciFormatException of(String what, String value, String expected) {
    return new OciFormatException(
        what + ": " + Excerpt.of(value) + " (expected: " + expected + ")");
  }
}
