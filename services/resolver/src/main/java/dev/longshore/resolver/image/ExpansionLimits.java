package dev.longshore.resolver.image;

/** Limits for one image; one that exceeds them is not served. */
final class ExpansionLimits {
  /**
   * Bytes of a root descriptor or a layout's index: usually some hundred, more with annotations.
   */
  static final int DESCRIPTOR_BYTES = 64 * 1024;

  /** Levels of nested indexes: twice the converter's limit. */
  static final int NESTING = 8;

  /**
   * Manifests and indexes: twice the converter's limit, because the IPFS-enabled ones are there
   * too.
   */
  static final int MANIFESTS = 2_048;

  /** Entries of the layout's folder of blobs: more than the converter ever writes. */
  static final int BLOBS = 32_768;

  private ExpansionLimits() {}
}
