package dev.longshore.resolver.hub;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Base64;

/**
 * Signs answers to sites.
 *
 * @param id of the key, as sites know it
 * @param key an Ed25519 key
 */
public record AnswerSigner(String id, PrivateKey key) {
  private static final String ALGORITHM = "Ed25519";

  public AnswerSigner {
    if (!key.getAlgorithm().equals("EdDSA") && !key.getAlgorithm().equals(ALGORITHM)) {
      throw new IllegalArgumentException(
          "signing key: of " + key.getAlgorithm() + " (expected: Ed25519)");
    }
  }

  /** The signature of bytes, in base64url without padding. */
  public String sign(byte[] bytes) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(key);
      signature.update(bytes);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("signing with key " + id + ": " + e.getMessage(), e);
    }
  }

  @Override
  public String toString() {
    return "AnswerSigner[" + id + "]";
  }
}
