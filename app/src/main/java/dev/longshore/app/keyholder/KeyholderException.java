package dev.longshore.app.keyholder;

import dev.longshore.ocicrypt.OcicryptException;
import java.io.IOException;

/** Why nothing could be made of an image. Never holds key material. */
public final class KeyholderException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What kind of failure it is, by what helps against it. */
  public enum Kind {
    /** No layer of the image is encrypted, of the platforms that were asked for. */
    NOTHING_ENCRYPTED,
    /** A layer does not open; the cause is an {@link OcicryptException} and says more. */
    LAYER,
    /** A layer opens and is not the one that the config names: another's, or swapped. */
    OTHER_LAYER,
    /** The index has no entry for the platforms that were asked for. */
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
