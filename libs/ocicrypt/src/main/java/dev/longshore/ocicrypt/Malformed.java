package dev.longshore.ocicrypt;

/** Bytes that are not of their format; who knows where they came from says so instead. */
final class Malformed extends Exception {
  private static final long serialVersionUID = 1L;

  Malformed(String message) {
    super(message);
  }
}
