package dev.longshore.ocicrypt;

import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Optional;
import java.util.stream.Stream;

/** How a JWE's content key is encrypted (RFC 7518, section 4): those that ocicrypt takes. */
enum JweAlgorithm {
  RSA_OAEP("RSA-OAEP", 0),
  RSA_OAEP_256("RSA-OAEP-256", 0),
  ECDH_ES_A128KW("ECDH-ES+A128KW", 16),
  ECDH_ES_A192KW("ECDH-ES+A192KW", 24),
  ECDH_ES_A256KW("ECDH-ES+A256KW", 32);

  private final String text;
  private final int wrapKeyBytes;

  JweAlgorithm(String text, int wrapKeyBytes) {
    this.text = text;
    this.wrapKeyBytes = wrapKeyBytes;
  }

  String text() {
    return text;
  }

  boolean isRsa() {
    return wrapKeyBytes == 0;
  }

  /** Bytes of the AES key from the agreement. */
  int wrapKeyBytes() {
    return wrapKeyBytes;
  }

  boolean fits(PublicKey key) {
    return isRsa() ? key instanceof RSAPublicKey : key instanceof ECPublicKey;
  }

  static Optional<JweAlgorithm> named(String text) {
    return Stream.of(values()).filter(algorithm -> algorithm.text.equals(text)).findFirst();
  }

  /** ocicrypt's default for a key that names no algorithm. */
  static JweAlgorithm usualFor(PublicKey key) {
    return key instanceof ECPublicKey ? ECDH_ES_A256KW : RSA_OAEP;
  }
}
