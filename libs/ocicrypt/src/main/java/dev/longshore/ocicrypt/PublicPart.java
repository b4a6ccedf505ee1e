package dev.longshore.ocicrypt;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.bouncycastle.openpgp.PGPPublicKeyRing;

/**
 * The part of a recipient's file that may leave the machine. Files may hold more than their key,
 * such as the private one after the certificate, so this rewrites only the public part.
 */
public final class PublicPart {
  /** Public fields of a JSON Web Key that decide what is encrypted (RFC 7517, RFC 7518). */
  private static final List<String> JWK = List.of("kty", "alg", "crv", "x", "y", "n", "e");

  private PublicPart() {}

  /**
   * A file for the same recipient with nothing else in it.
   *
   * @param text as {@link Recipients#parse} takes it, with a file
   * @throws OcicryptException when there is no public key in the file, or a private one of OpenPGP
   */
  public static byte[] of(String text, KeyFiles files) throws IOException {
    int colon = text.indexOf(':');
    String what = Recipients.what(text);
    byte[] file = Recipients.read(files, text.substring(colon + 1), what);
    return switch (colon < 0 ? "" : text.substring(0, colon)) {
      case "jwe" -> jwe(what, file);
      case "pkcs7" -> Pkcs7Recipient.certificate(what, file);
      case "pgp" -> pgp(what, file);
      default -> throw Recipients.unknownScheme(what);
    };
  }

  private static byte[] jwe(String what, byte[] file) throws OcicryptException {
    JweRecipient recipient = JweRecipient.parse(what, file);
    if (recipient.algorithm() == JweAlgorithm.usualFor(recipient.key())) {
      return recipient.key().getEncoded();
    }
    // Only a JWK can ask for another algorithm.
    ObjectNode jwk =
        StrictJson.object(file)
            .orElseThrow(() -> OcicryptException.badKey(what, "it is no JSON Web Key"));
    return jwk.retain(JWK).toString().getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] pgp(String what, byte[] file) throws IOException {
    var certificates = new ByteArrayOutputStream();
    for (PGPPublicKeyRing ring : PgpKeyFile.certificates(what, file)) {
      ring.encode(certificates);
    }
    return certificates.toByteArray();
  }
}
