package dev.longshore.app.query.find;

import dev.longshore.model.Digest;

/** Digests short enough to read, long enough to tell apart. */
public final class Brief {
  /**
   * Hex digits; among a million blobs, the chance that two share them is one in a hundred million.
   */
  private static final int DIGITS = 12;

  private Brief() {}

  /** {@code sha256:0123456789ab…}. */
  public static String digest(Digest of) {
    String digest = of.toString();
    int end = digest.indexOf(':') + 1 + DIGITS;
    return end < digest.length() ? digest.substring(0, end) + "…" : digest;
  }
}
