package dev.longshore.estargz;

/**
 * Limits for a layer, which is refused if it exceeds one.
 *
 * @param uncompressedBytes of the tar
 * @param ratio bytes of tar per byte of the layer, once the tar is larger than {@link
 *     #RATIO_FREE_BYTES}
 * @param entries of the tar
 * @param nameBytes of all names together, which are held in memory
 */
public record EstargzLimits(long uncompressedBytes, int ratio, int entries, int nameBytes) {
  /** Small layers may consist of zeros: they cost little. */
  public static final long RATIO_FREE_BYTES = 64L << 20;

  /**
   * 128 GiB: larger than any layer that registries accept. Text compresses 3 to 20 times, logs with
   * zeros some 100 times; gzip's limit is 1032. A million entries with their names take 150 MB.
   */
  public static final EstargzLimits DEFAULT =
      new EstargzLimits(128L << 30, 250, 1_000_000, 64 << 20);

  public EstargzLimits {
    if (uncompressedBytes < 1 || ratio < 1 || entries < 1 || nameBytes < 1) {
      throw new IllegalArgumentException("limits: each is 1 or more");
    }
  }
}
