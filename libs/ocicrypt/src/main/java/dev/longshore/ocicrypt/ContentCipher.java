package dev.longshore.ocicrypt;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** How a JWE's content is encrypted (RFC 7518, section 5); all of them authenticate it. */
enum ContentCipher {
  A128GCM("A128GCM", 16, ""),
  A192GCM("A192GCM", 24, ""),
  A256GCM("A256GCM", 32, ""),
  A128CBC_HS256("A128CBC-HS256", 32, "HmacSHA256"),
  A192CBC_HS384("A192CBC-HS384", 48, "HmacSHA384"),
  A256CBC_HS512("A256CBC-HS512", 64, "HmacSHA512");

  static final int GCM_IV_BYTES = 12;
  static final int GCM_TAG_BYTES = 16;

  private final String text;
  private final int keyBytes;
  private final String mac;

  ContentCipher(String text, int keyBytes, String mac) {
    this.text = text;
    this.keyBytes = keyBytes;
    this.mac = mac;
  }

  String text() {
    return text;
  }

  int keyBytes() {
    return keyBytes;
  }

  static Optional<ContentCipher> named(String text) {
    return Stream.of(values()).filter(cipher -> cipher.text.equals(text)).findFirst();
  }

  /** Ciphertext followed by the tag. */
  static byte[] seal(byte[] key, byte[] iv, byte[] aad, byte[] plain) {
    try {
      return gcm(Cipher.ENCRYPT_MODE, key, iv, aad).doFinal(plain);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM of this Java runtime fails", e);
    }
  }

  /** Empty if key, tag and bytes do not fit together. */
  Optional<byte[]> open(byte[] key, byte[] iv, byte[] aad, byte[] ciphertext, byte[] tag) {
    if (key.length != keyBytes) {
      return Optional.empty();
    }
    try {
      return mac.isEmpty()
          ? openGcm(key, iv, aad, ciphertext, tag)
          : openCbc(key, iv, aad, ciphertext, tag);
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  static Optional<byte[]> openGcm(byte[] key, byte[] iv, byte[] aad, byte[] ciphertext, byte[] tag)
      throws GeneralSecurityException {
    if (iv.length != GCM_IV_BYTES || tag.length != GCM_TAG_BYTES) {
      return Optional.empty();
    }
    Cipher cipher = gcm(Cipher.DECRYPT_MODE, key, iv, aad);
    byte[] sealed = Arrays.copyOf(ciphertext, ciphertext.length + tag.length);
    System.arraycopy(tag, 0, sealed, ciphertext.length, tag.length);
    return Optional.of(cipher.doFinal(sealed));
  }

  private static Cipher gcm(int mode, byte[] key, byte[] iv, byte[] aad)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(GCM_TAG_BYTES * Byte.SIZE, iv));
    cipher.updateAAD(aad);
    return cipher;
  }

  private Optional<byte[]> openCbc(byte[] key, byte[] iv, byte[] aad, byte[] ciphertext, byte[] tag)
      throws GeneralSecurityException {
    int half = keyBytes / 2;
    Mac hmac = Mac.getInstance(mac);
    hmac.init(new SecretKeySpec(key, 0, half, mac));
    hmac.update(aad);
    hmac.update(iv);
    hmac.update(ciphertext);
    hmac.update(ByteBuffer.allocate(Long.BYTES).putLong(0, (long) aad.length * Byte.SIZE));
    if (!MessageDigest.isEqual(Arrays.copyOf(hmac.doFinal(), half), tag)) {
      return Optional.empty();
    }
    Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
    cipher.init(
        Cipher.DECRYPT_MODE, new SecretKeySpec(key, half, half, "AES"), new IvParameterSpec(iv));
    return Optional.of(cipher.doFinal(ciphertext));
  }
}
