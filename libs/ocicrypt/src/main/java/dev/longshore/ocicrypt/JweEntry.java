package dev.longshore.ocicrypt;

import dev.longshore.model.Excerpt;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.MGF1ParameterSpec;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;

/**
 * A content key encrypted for one recipient of a JWE.
 *
 * @param keyId the sender's name for the key, if any; ocicrypt gives none
 * @param ephemeral the sender's public key of ECDH-ES
 * @param apu mixed into the agreed key by both sides, like {@code apv}; empty in ocicrypt
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record JweEntry(
    JweAlgorithm algorithm,
    Optional<String> keyId,
    Optional<ECPublicKey> ephemeral,
    byte[] apu,
    byte[] apv,
    byte[] encryptedKey) {
  private static final byte[] NONE = {};

  static JweEntry wrap(JweRecipient to, byte[] contentKey, SecureRandom random) {
    try {
      if (to.algorithm().isRsa()) {
        Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
        cipher.init(Cipher.ENCRYPT_MODE, to.key(), oaep(to.algorithm()), random);
        return new JweEntry(
            to.algorithm(),
            Optional.empty(),
            Optional.empty(),
            NONE,
            NONE,
            cipher.doFinal(contentKey));
      }
      ECPublicKey key = (ECPublicKey) to.key();
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(key.getParams(), random);
      KeyPair pair = generator.generateKeyPair();
      SecretKeySpec wrapKey =
          KeyAgreement.wrapKey(to.algorithm(), pair.getPrivate(), key, NONE, NONE);
      Cipher cipher = Cipher.getInstance("AESWrap");
      cipher.init(Cipher.WRAP_MODE, wrapKey);
      return new JweEntry(
          to.algorithm(),
          Optional.empty(),
          Optional.of((ECPublicKey) pair.getPublic()),
          NONE,
          NONE,
          cipher.wrap(new SecretKeySpec(contentKey, "AES")));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK refuses a checked public key", e);
    }
  }

  /** Empty if this key is not the recipient's. */
  Optional<byte[]> unwrap(PrivateKey key) {
    try {
      return switch (key) {
        case RSAPrivateKey rsa when algorithm.isRsa() -> unwrapRsa(rsa);
        case ECPrivateKey ec when !algorithm.isRsa() -> unwrapEc(ec);
        default -> Optional.empty();
      };
    } catch (GeneralSecurityException | RuntimeException e) {
      // Among them ArithmeticException and ProviderException of keys that only look like some.
      return Optional.empty();
    }
  }

  private Optional<byte[]> unwrapRsa(RSAPrivateKey key) throws GeneralSecurityException {
    if (encryptedKey.length != (key.getModulus().bitLength() + 7) / 8) {
      return Optional.empty();
    }
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
    cipher.init(Cipher.DECRYPT_MODE, key, oaep(algorithm));
    return Optional.of(cipher.doFinal(encryptedKey));
  }

  private Optional<byte[]> unwrapEc(ECPrivateKey key) throws GeneralSecurityException {
    if (ephemeral.isEmpty() || !EcCurve.of(key).equals(EcCurve.of(ephemeral.get()))) {
      return Optional.empty();
    }
    Cipher cipher = Cipher.getInstance("AESWrap");
    cipher.init(
        Cipher.UNWRAP_MODE, KeyAgreement.wrapKey(algorithm, key, ephemeral.get(), apu, apv));
    return Optional.of(cipher.unwrap(encryptedKey, "AES", Cipher.SECRET_KEY).getEncoded());
  }

  /** The JDK's own OAEP with SHA-256 keeps MGF1 at SHA-1, so both are named. */
  private static OAEPParameterSpec oaep(JweAlgorithm algorithm) {
    MGF1ParameterSpec hash =
        algorithm == JweAlgorithm.RSA_OAEP_256 ? MGF1ParameterSpec.SHA256 : MGF1ParameterSpec.SHA1;
    return new OAEPParameterSpec(
        hash.getDigestAlgorithm(), "MGF1", hash, PSource.PSpecified.DEFAULT);
  }

  /** Such as {@code RSA-OAEP, 2048 bit} or {@code ECDH-ES+A256KW, P-256}. */
  String description() {
    String detail =
        ephemeral
            .flatMap(EcCurve::of)
            .map(EcCurve::text)
            .orElseGet(() -> encryptedKey.length * Byte.SIZE + " bit");
    String key = keyId.map(id -> ", kid " + Excerpt.of(id)).orElse("");
    return algorithm.text() + ", " + detail + key;
  }
}
