package dev.longshore.estargz;

/**
 * How much a layer may ask for. Passing one refuses the layer.
 *
 * @param uncompressedBytes of the tar
 * @param ratio how many bytes of tar a byte of the layer may unpack to, once the tar is larger than
 *     {@link #RATIO_FREE_BYTES}
 * @param entries of the tar
 * @param nameBytes of all names together; names are what is held in memory for each entry
 */
public record EstargzLimits(long uncompressedBytes, int ratio, int entries, int nameBytes) {
  /** Small layers may consist of zeros: they cost little. */
  public static final long RATIO_FREE_BYTES = 64L << 20;

  /**
   * 128 GiB: larger than any layer that registries take. Text packs 3 to 20 times, logs and zeros
   * in between some 100 times; gzip ends at 1032. A million entries with their names take 150 MB.
   */
  public static final EstargzLimits DEFAULT =
      new EstargzLimits(128L << 30, 250, 1_000_000, 64 << 20);

  public EstargzLimits {
    if (uncompressedBytes < 1 || ratio < 1 || entries < 1 || nameBytes < 1) {
      throw new IllegalArgumentException("limits: each is 1 or more");
    }
  }
}
