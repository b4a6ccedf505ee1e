package dev.longshore.converter.source;

/** What one image may ask of the converter; passing a limit is a permanent failure. */
public final class ImageLimits {
  /** Levels of indexes; builders write one, an image with attestations of attestations two. */
  public static final int NESTING = 4;

  /**
   * Manifests and indexes, each counted as often as it is named: ten times what the widest
   * published images have with their attestations.
   */
  public static final int MANIFESTS = 1024;

  /**
   * Bytes of all manifests and indexes together, since they are held in memory: two largest ones.
   */
  public static final long MANIFEST_BYTES = 8L * 1024 * 1024;

  /**
   * Images under way at once, and one more for each registry that would have none; with the
   * manifests of each they take 128 MiB at the very worst, and 8 MiB for each further registry.
   */
  public static final int AT_ONCE = 16;

  /** Distinct configs and layers: the platforms of a wide image times 127 layers, rounded up. */
  public static final int BLOBS = 16_384;

  /**
   * Bytes of a config that are read to learn its platform, or to write it anew; larger ones are
   * stored unread, and are refused in a mode that must change them.
   */
  public static final int CONFIG_BYTES = 4 * 1024 * 1024;

  /** Bytes of all configs that are written anew, since they are held in memory: 16 largest ones. */
  public static final int CONFIGS_BYTES = 16 * CONFIG_BYTES;

  /** Digests of missing layers that an image's state names. */
  public static final int MISSING_NAMED = 16;

  /** Platforms that an image's state names. */
  public static final int PLATFORMS_NAMED = 256;

  private ImageLimits() {}
}
