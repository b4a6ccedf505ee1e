package dev.longshore.model;

/** The form in which an image is stored. */
public enum Mode {
  PLAIN,
  ESTARGZ,
  ZSTDCHUNKED,
  ENCRYPTED;

  /** Whether files of its layers can be read before the layer is there. */
  public boolean isLazy() {
    return switch (this) {
      case ESTARGZ, ZSTDCHUNKED -> true;
      case PLAIN, ENCRYPTED -> false;
    };
  }

  /** As events, settings and commands write it. */
  public String text() {
    return switch (this) {
      case PLAIN -> "plain";
      case ESTARGZ -> "estargz";
      case ZSTDCHUNKED -> "zstdchunked";
      case ENCRYPTED -> "encrypted";
    };
  }
}
