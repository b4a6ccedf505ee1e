package dev.longshore.ocicrypt;

import dev.longshore.model.Digest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;
import javax.crypto.spec.SecretKeySpec;

/** ECDH-ES: a key from a private and a public one (RFC 7518, section 4.6). */
final class KeyAgreement {
  private KeyAgreement() {}

  /** The key with which a content key is wrapped. */
  static SecretKeySpec wrapKey(
      JweAlgorithm algorithm, PrivateKey own, ECPublicKey other, byte[] apu, byte[] apv)
      throws GeneralSecurityException {
    javax.crypto.KeyAgreement agreement = javax.crypto.KeyAgreement.getInstance("ECDH");
    agreement.init(own);
    agreement.doPhase(other, true);
    byte[] shared = agreement.generateSecret();
    byte[] key = concatKdf(shared, algorithm.text(), algorithm.wrapKeyBytes(), apu, apv);
    try {
      return new SecretKeySpec(key, "AES");
    } finally {
      Secrets.wipe(shared, key);
    }
  }

  /** NIST SP 800-56A's Concat KDF with SHA-256; one round, for keys of at most 32 bytes. */
  static byte[] concatKdf(byte[] shared, String algorithm, int keyBytes, byte[] apu, byte[] apv) {
    MessageDigest hash = Digest.Algorithm.SHA256.newHash();
    hash.update(number(1));
    hash.update(shared);
    for (byte[] part : new byte[][] {algorithm.getBytes(StandardCharsets.US_ASCII), apu, apv}) {
      hash.update(number(part.length));
      hash.update(part);
    }
    hash.update(number(keyBytes * Byte.SIZE));
    byte[] digest = hash.digest();
    byte[] key = Arrays.copyOf(digest, keyBytes);
    Secrets.wipe(digest);
    return key;
  }

  private static byte[] number(int value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
  }
}
