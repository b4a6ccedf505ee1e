package dev.longshore.resolver.image;

/** What one image may ask of the resolver; passing a limit makes it no image. */
final class ExpansionLimits {
  /** Bytes of a root descriptor or a layout's index: some hundred, more with annotations. */
  static final int DESCRIPTOR_BYTES = 64 * 1024;

  /** Levels of indexes below each other: twice what the converter takes. */
  static final int NESTING = 8;

  /** Manifests and indexes: twice what the converter takes, as the form with urls lies beside. */
  static final int MANIFESTS = 2_048;

  /** Entries of the layout's folder of blobs: more than the converter ever writes. */
  static final int BLOBS = 32_768;

  private ExpansionLimits() {}
}
