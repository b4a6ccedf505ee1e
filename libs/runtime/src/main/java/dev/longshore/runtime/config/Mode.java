package dev.longshore.runtime.config;

/** The form in which an image is stored. */
public enum Mode {
  PLAIN,
  ESTARGZ,
  ENCRYPTED;

  /** As events, settings and commands write it. */
  public String text() {
    return switch (this) {
      case PLAIN -> "plain";
      case ESTARGZ -> "estargz";
      case ENCRYPTED -> "encrypted";
    };
  }
}
