package dev.longshore.resolver.site.hub;

import dev.longshore.sites.SigningKey;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** The keys whose signatures a site trusts. */
public final class HubKeys {
  /** What stands before the 32 bytes of a key in its X.509 form (RFC 8410). */
  private static final byte[] X509 = HexFormat.of().parseHex("302a300506032b6570032100");

  private static final int KEY_BYTES = 32;
  private static final int ID_BYTES = 8;

  private final Map<String, PublicKey> keys = new HashMap<>();

  /**
   * @throws IllegalArgumentException when one of them is no key, or has the id of another
   */
  public HubKeys(List<SigningKey> all) {
    for (SigningKey key : all) {
      keys.put(key.id(), read(key));
    }
  }

  private static PublicKey read(SigningKey key) {
    byte[] raw;
    try {
      raw = Base64.getUrlDecoder().decode(key.ed25519());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("signing key " + key.id() + ": not base64url", e);
    }
    if (raw.length != KEY_BYTES || !key.id().equals(id(raw))) {
      throw new IllegalArgumentException(
          "signing key " + key.id() + ": its 32 bytes have another id (expected: " + id(raw) + ")");
    }
    byte[] encoded = new byte[X509.length + KEY_BYTES];
    System.arraycopy(X509, 0, encoded, 0, X509.length);
    System.arraycopy(raw, 0, encoded, X509.length, KEY_BYTES);
    try {
      return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("signing key " + key.id() + ": " + e.getMessage(), e);
    }
  }

  /** The first 16 hexadecimal digits of the SHA-256 of a key's bytes. */
  private static String id(byte[] raw) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(raw);
      return HexFormat.of().formatHex(hash, 0, ID_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java lacks SHA-256", e);
    }
  }

  /** Whether it is a signature over these bytes by a key of this id that is believed. */
  boolean vouchesFor(byte[] bytes, int length, String keyId, String signature) {
    PublicKey key = keys.get(keyId);
    if (key == null) {
      return false;
    }
    try {
      Signature check = Signature.getInstance("Ed25519");
      check.initVerify(key);
      check.update(bytes, 0, length);
      return check.verify(Base64.getUrlDecoder().decode(signature));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      // Neither of these is a signature.
      return false;
    }
  }
}
