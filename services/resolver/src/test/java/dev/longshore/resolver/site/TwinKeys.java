package dev.longshore.resolver.site;

import dev.longshore.events.MalformedEventException;
import dev.longshore.sites.ChangeLine;
import dev.longshore.sites.SigningKey;
import dev.longshore.sites.SiteJson;
import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;

/** Keys of a hub, and what they sign. */
final class TwinKeys {
  private TwinKeys() {}

  static KeyPair newKeys() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static SigningKey key(KeyPair pair) {
    byte[] encoded = pair.getPublic().getEncoded();
    byte[] raw = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(raw);
      return new SigningKey(
          HexFormat.of().formatHex(hash, 0, 8),
          Base64.getUrlEncoder().withoutPadding().encodeToString(raw));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static String signature(byte[] bytes, KeyPair by) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("Ed25519");
    signature.initSign(by.getPrivate());
    signature.update(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
  }

  /**
   * Lines and their signature.
   *
   * @param form what is made of each line before that
   */
  static byte[] signed(List<ChangeLine> lines, UnaryOperator<byte[]> form, KeyPair by)
      throws MalformedEventException, GeneralSecurityException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (ChangeLine line : lines) {
      out.writeBytes(form.apply(SiteJson.write(line)));
      out.write('\n');
    }
    String text = signature(out.toByteArray(), by);
    out.writeBytes(SiteJson.write(ChangeLine.ofSignature(text)));
    out.write('\n');
    return out.toByteArray();
  }
}
