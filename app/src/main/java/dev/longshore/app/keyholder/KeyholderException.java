package dev.longshore.app.keyholder;

import dev.longshore.ocicrypt.OcicryptException;
import java.io.IOException;

/** Why an image could not be processed. Never contains key material. */
public final class KeyholderException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Kinds of failures, by remedy. */
  public enum Kind {
    /** No layer of the image is encrypted for the requested platforms. */
    NOTHING_ENCRYPTED,
    /** A layer does not open; the cause is an {@link OcicryptException} with details. */
    LAYER,
    /** A layer opens but is not the one in the config: from another image, or swapped. */
    OTHER_LAYER,
    /** The index has no entry for the requested platforms. */
    PLATFORM_UNKNOWN,
    /** Larger or deeper than a named limit. */
    LIMIT
  }

  private final Kind kind;

  KeyholderException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  KeyholderException(String layer, OcicryptException cause) {
    super(layer + ": " + cause.getMessage(), cause);
    this.kind = Kind.LAYER;
  }

  public Kind kind() {
    return kind;
  }
}
