package dev.longshore.bench.image;

/**
 * One layer.
 *
 * @param seed the same seed gives the same bytes
 * @param bytes of the files in it
 * @param texture what is in the files
 */
public record LayerSpec(long seed, long bytes, Texture texture) {
  /** What a layer's files hold. */
  public enum Texture {
    /** Bytes that no compressor makes smaller; an uncompressed tar. */
    RANDOM,
    /** Words; a gzip-compressed tar. */
    TEXT
  }
}
