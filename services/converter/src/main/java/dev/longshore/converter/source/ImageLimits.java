package dev.longshore.converter.source;

/** Limits for one image; exceeding one is a permanent failure. */
public final class ImageLimits {
  /** Levels of indexes; builders write one, an image with attestations of attestations two. */
  public static final int NESTING = 4;

  /**
   * Manifests and indexes, counted each time one is named: ten times the number in the widest
   * published images, attestations included.
   */
  public static final int MANIFESTS = 1024;

  /**
   * Bytes of all manifests and indexes together, which are held in memory: two of the largest size.
   */
  public static final long MANIFEST_BYTES = 8L * 1024 * 1024;

  /**
   * Concurrent images, plus one for each registry that would have none. Their manifests take 128
   * MiB at worst, and 8 MiB for each further registry.
   */
  public static final int AT_ONCE = 16;

  /** Distinct configs and layers: the platforms of a wide image times 127 layers, rounded up. */
  public static final int BLOBS = 16_384;

  /**
   * Largest config, in bytes, that is read for its platform or rewritten; larger ones are stored
   * unread, and refused by a mode that must change them.
   */
  public static final int CONFIG_BYTES = 4 * 1024 * 1024;

  /** Bytes of all rewritten configs, which are held in memory: 16 of the largest size. */
  public static final int CONFIGS_BYTES = 16 * CONFIG_BYTES;

  /** Digests of missing layers in an image's state. */
  public static final int MISSING_NAMED = 16;

  /** Platforms in an image's state. */
  public static final int PLATFORMS_NAMED = 256;

  private ImageLimits() {}
}
