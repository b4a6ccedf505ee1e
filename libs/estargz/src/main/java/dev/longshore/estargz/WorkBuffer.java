package dev.longshore.estargz;

/** Memory for a batch of files: raw, and as members. */
final class WorkBuffer {
  private byte[] raw = new byte[0];
  private byte[] packed = new byte[0];

  /** Ensures a capacity in bytes; loses the content if it must grow. */
  byte[] raw(int bytes) {
    if (raw.length < bytes) {
      raw = new byte[bytes];
    }
    return raw;
  }

  byte[] packed(int bytes) {
    if (packed.length < bytes) {
      packed = new byte[bytes];
    }
    return packed;
  }
}
