package dev.longshore.app.query;

import dev.longshore.model.Digest;

/** Digests as people tell them apart. */
public final class Brief {
  /** Hex digits: two of a million blobs share them once in a hundred million times. */
  private static final int DIGITS = 12;

  private Brief() {}

  /** {@code sha256:0123456789ab…}. */
  public static String digest(Digest of) {
    String digest = of.toString();
    int end = digest.indexOf(':') + 1 + DIGITS;
    return end < digest.length() ? digest.substring(0, end) + "…" : digest;
  }
}
