package dev.longshore.ocicrypt;

import java.io.IOException;

/**
 * Why a layer could not be encrypted or decrypted. Never holds key material: what libraries say of
 * keys and plaintext is neither repeated nor kept as a cause.
 */
public final class OcicryptException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What kind of failure it is, by what helps against it. */
  public enum Kind {
    /** A key, certificate or key ring is malformed or not there. */
    BAD_KEY,
    /** It is encrypted itself, and no password or a wrong one came with it. */
    BAD_PASSWORD,
    /** None of the private keys is of a recipient. */
    WRONG_KEY,
    /** Annotations that are malformed: written by no ocicrypt, or damaged. */
    BAD_ANNOTATION,
    /** A key fits, but what it protects was changed after encryption. */
    CHANGED_ANNOTATION,
    /** The bytes are not those of the annotations: changed, cut, or another layer's. */
    CHANGED_LAYER,
    /** Well-formed, of an algorithm or kind that is not supported. */
    UNSUPPORTED,
    /** Larger or more than a named limit. */
    LIMIT,
    /** A choice of layers that the image does not have. */
    BAD_CHOICE
  }

  private final Kind kind;

  OcicryptException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  static OcicryptException badKey(String what, String reason) {
    return new OcicryptException(Kind.BAD_KEY, what + ": " + reason);
  }

  static OcicryptException badAnnotation(String what, String reason) {
    return new OcicryptException(Kind.BAD_ANNOTATION, what + ": " + reason);
  }

  static OcicryptException unsupported(String what, String reason) {
    return new OcicryptException(Kind.UNSUPPORTED, what + ": " + reason);
  }

  static OcicryptException limit(String what, String reason) {
    return new OcicryptException(Kind.LIMIT, what + ": " + reason);
  }
}
