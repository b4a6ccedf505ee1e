package dev.longshore.model;

/** The representation in which an image is stored. */
public enum Mode {
  PLAIN,
  ESTARGZ,
  ZSTDCHUNKED,
  ENCRYPTED;

  /** Whether files in its layers can be read before the whole layer has arrived. */
  public boolean isLazy() {
    return switch (this) {
      case ESTARGZ, ZSTDCHUNKED -> true;
      case PLAIN, ENCRYPTED -> false;
    };
  }

  /** Its name in events, settings and commands. */
  public String text() {
    return switch (this) {
      case PLAIN -> "plain";
      case ESTARGZ -> "estargz";
      case ZSTDCHUNKED -> "zstdchunked";
      case ENCRYPTED -> "encrypted";
    };
  }
}
