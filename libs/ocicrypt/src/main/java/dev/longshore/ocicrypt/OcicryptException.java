package dev.longshore.ocicrypt;

import java.io.IOException;

/**
 * Why a layer could not be encrypted or decrypted. Never contains key material: messages of
 * libraries about keys and plaintext are neither repeated nor kept as a cause.
 */
public final class OcicryptException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Kinds of failures, by remedy. */
  public enum Kind {
    /** A key, certificate or key ring is malformed or missing. */
    BAD_KEY,
    /** The key is itself encrypted, with no password or a wrong one given. */
    BAD_PASSWORD,
    /** None of the private keys belongs to a recipient. */
    WRONG_KEY,
    /** The annotations are malformed: not written by ocicrypt, or damaged. */
    BAD_ANNOTATION,
    /** A key fits, but its content was changed after encryption. */
    CHANGED_ANNOTATION,
    /** The bytes do not match the annotations: changed, cut, or from another layer. */
    CHANGED_LAYER,
    /** Well-formed, but of an unsupported algorithm or kind. */
    UNSUPPORTED,
    /** A named limit was exceeded. */
    LIMIT,
    /** The image lacks a chosen layer. */
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
