package dev.longshore.ocicrypt;

import dev.longshore.model.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256-CTR over a layer's bytes, then HMAC-SHA256 over the ciphertext. The ciphertext is as long
 * as the layer, so its size is visible without a key.
 *
 * <p>The HMAC is in an annotation and covers the whole layer: nothing is authenticated before the
 * last byte was read. {@link #decrypt} writes while it reads, except for the last buffer; its
 * output is provisional until it returns. To use only authenticated bytes, call {@link
 * #authenticate} on the same bytes first, or decrypt into a file and drop it if this throws.
 */
public final class LayerCipher {
  /** Bytes read at a time. */
  private static final int BUFFER = 128 << 10;

  /**
   * Bytes per call of the cipher. The JVM uses the processor's multi-block instructions only after
   * thousands of calls, which large calls reach too late: 0.4 GB/s for the first gigabyte, 10 after
   * it.
   */
  private static final int CIPHER_STEP = 4 << 10;

  private LayerCipher() {}

  /**
   * Encrypts a layer with a fresh key.
   *
   * @param plain must itself throw at its end if its bytes do not match {@code plainDigest}, like a
   *     {@link dev.longshore.oci.source.VerifyingInputStream}; they are not hashed again
   */
  public static EncryptedLayer encrypt(
      InputStream plain, Digest plainDigest, Recipients to, OutputStream out, SecureRandom random)
      throws IOException {
    try (LayerSecret secret = LayerSecret.fresh(plainDigest, random)) {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, secret);
      Mac mac = mac(secret);
      MessageDigest hash = Digest.Algorithm.SHA256.newHash();
      byte[] in = new byte[BUFFER];
      byte[] encrypted = new byte[BUFFER];
      long size = 0;
      for (int n = filled(plain, in); n > 0; n = filled(plain, in)) {
        transform(cipher, in, n, encrypted);
        mac.update(encrypted, 0, n);
        hash.update(encrypted, 0, n);
        out.write(encrypted, 0, n);
        size += n;
      }
      Secrets.wipe(in);
      return new EncryptedLayer(
          Digest.finish(Digest.Algorithm.SHA256, hash),
          size,
          LayerKeys.annotations(secret, new PublicOptions(mac.doFinal()), to, random));
    }
  }

  /**
   * Decrypts a layer. Discard what was written to {@code out} if this throws.
   *
   * @throws OcicryptException if no key fits, or the bytes were changed
   */
  public static DecryptedLayer decrypt(
      InputStream cipher, Map<String, String> annotations, PrivateKeys keys, OutputStream out)
      throws IOException {
    PublicOptions options = PublicOptions.of(annotations);
    try (LayerSecret secret = LayerKeys.unwrap(annotations, keys)) {
      options.agreeWith(secret);
      return decrypt(cipher, options, secret, out);
    }
  }

  private static DecryptedLayer decrypt(
      InputStream encrypted, PublicOptions options, LayerSecret secret, OutputStream out)
      throws IOException {
    Cipher cipher = cipher(Cipher.DECRYPT_MODE, secret);
    Mac mac = mac(secret);
    MessageDigest hash = secret.plain().algorithm().newHash();
    byte[] in = new byte[BUFFER];
    byte[] plain = new byte[BUFFER];
    int held = 0;
    long size = 0;
    for (int n = filled(encrypted, in); n > 0; n = filled(encrypted, in)) {
      out.write(plain, 0, held);
      mac.update(in, 0, n);
      transform(cipher, in, n, plain);
      hash.update(plain, 0, n);
      held = n;
      size += n;
    }
    checkMac(mac, options, size);
    Digest found = Digest.finish(secret.plain().algorithm(), hash);
    if (!found.equals(secret.plain())) {
      throw new OcicryptException(
          OcicryptException.Kind.CHANGED_LAYER,
          ("the layer decrypts to %s, but was declared as %s when it was encrypted: encrypt it"
                  + " again from its source")
              .formatted(found, secret.plain()));
    }
    out.write(plain, 0, held);
    Secrets.wipe(plain);
    return new DecryptedLayer(found, size);
  }

  /**
   * Reads a layer to its end and checks its HMAC without output: the first of two passes.
   *
   * @return the digest of the plain layer
   */
  public static Digest authenticate(
      InputStream cipher, Map<String, String> annotations, PrivateKeys keys) throws IOException {
    PublicOptions options = PublicOptions.of(annotations);
    try (LayerSecret secret = LayerKeys.unwrap(annotations, keys)) {
      options.agreeWith(secret);
      Mac mac = mac(secret);
      byte[] in = new byte[BUFFER];
      long size = 0;
      for (int n = filled(cipher, in); n > 0; n = filled(cipher, in)) {
        mac.update(in, 0, n);
        size += n;
      }
      checkMac(mac, options, size);
      return secret.plain();
    }
  }

  private static void checkMac(Mac mac, PublicOptions options, long size) throws OcicryptException {
    if (!MessageDigest.isEqual(mac.doFinal(), options.hmac())) {
      throw new OcicryptException(
          OcicryptException.Kind.CHANGED_LAYER,
          ("the HMAC of the layer's %,d bytes is not the one in %s: a byte or that annotation was"
                  + " changed, or these are the bytes of another layer")
              .formatted(size, PublicOptions.ANNOTATION));
    }
  }

  private static int filled(InputStream in, byte[] buffer) throws IOException {
    return in.readNBytes(buffer, 0, buffer.length);
  }

  private static void transform(Cipher cipher, byte[] in, int length, byte[] out) {
    try {
      for (int at = 0; at < length; at += CIPHER_STEP) {
        int step = Math.min(CIPHER_STEP, length - at);
        if (cipher.update(in, at, step, out, at) != step) {
          throw new IllegalStateException("AES-CTR kept bytes back");
        }
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-CTR of this Java runtime fails", e);
    }
  }

  private static Cipher cipher(int mode, LayerSecret secret) {
    try {
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
      cipher.init(
          mode, new SecretKeySpec(secret.key(), "AES"), new IvParameterSpec(secret.nonce()));
      return cipher;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-256-CTR is missing from this Java runtime", e);
    }
  }

  private static Mac mac(LayerSecret secret) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.key(), "HmacSHA256"));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HMAC-SHA256 is missing from this Java runtime", e);
    }
  }
}
