package dev.longshore.resolver.hub;

import java.security.PrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.util.Base64;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/**
 * Signs answers to sites. The JDK would take twenty times as long for each, as it makes the public
 * key each time, and has no tables.
 */
public final class AnswerSigner {
  private final String id;
  private final PrivateKey key;
  private final Ed25519PrivateKeyParameters signing;

  /**
   * @param id of the key, as sites know it
   * @param key an Ed25519 key
   */
  public AnswerSigner(String id, PrivateKey key) {
    this.id = id;
    this.key = key;
    this.signing = new Ed25519PrivateKeyParameters(seed(key));
  }

  private static byte[] seed(PrivateKey key) {
    byte[] seed =
        key instanceof EdECPrivateKey its ? its.getBytes().orElse(new byte[0]) : new byte[0];
    if (seed.length != Ed25519PrivateKeyParameters.KEY_SIZE) {
      throw new IllegalArgumentException(
          "signing key: of " + key.getAlgorithm() + " (expected: Ed25519)");
    }
    return seed;
  }

  /** Id of the key. */
  public String id() {
    return id;
  }

  public PrivateKey key() {
    return key;
  }

  /** The signature of bytes, in base64url without padding. */
  public String sign(byte[] bytes) {
    Ed25519Signer signer = new Ed25519Signer();
    signer.init(true, signing);
    signer.update(bytes, 0, bytes.length);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(signer.generateSignature());
  }

  @Override
  public String toString() {
    return "AnswerSigner[" + id + "]";
  }
}
