package dev.longshore.ocicrypt;

import dev.longshore.model.Digest;
import java.security.interfaces.RSAPublicKey;

/**
 * The owner of an X.509 certificate with an RSA key. Neither its chain nor its dates are checked,
 * as the reference does not: the user who names the file trusts it.
 *
 * @param issuer DER of the name
 * @param serial DER of the number
 * @param fingerprint sha256 of the certificate
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Pkcs7Recipient(byte[] issuer, byte[] serial, RSAPublicKey key, Digest fingerprint)
    implements Recipient {
  private static final int CERTIFICATE_VERSION = Der.CONTEXT;

  static Pkcs7Recipient parse(String what, byte[] file) throws OcicryptException {
    byte[] der = certificate(what, file);
    try {
      Der outside = new Der(der);
      Der certificate = outside.in(Der.SEQUENCE);
      outside.end();
      Der body = certificate.in(Der.SEQUENCE);
      if (body.peek() == CERTIFICATE_VERSION) {
        body.skip();
      }
      byte[] serial = body.encoded(Der.INTEGER);
      body.encoded(Der.SEQUENCE);
      byte[] issuer = body.encoded(Der.SEQUENCE);
      body.encoded(Der.SEQUENCE);
      body.encoded(Der.SEQUENCE);
      byte[] spki = body.encoded(Der.SEQUENCE);
      if (!(PublicKeyFile.spki(what, spki) instanceof RSAPublicKey rsa)) {
        throw OcicryptException.unsupported(
            what, "ocicrypt's PKCS#7 knows RSA only: give an EC key as jwe:");
      }
      if (rsa.getModulus().bitLength() < Limits.RSA_NEW) {
        throw OcicryptException.unsupported(
            what, "RSA with less than %d bits is not safe to encrypt to".formatted(Limits.RSA_NEW));
      }
      return new Pkcs7Recipient(issuer, serial, rsa, Digest.of(der));
    } catch (Malformed e) {
      throw OcicryptException.badKey(what, "it is no X.509 certificate: " + e.getMessage());
    }
  }

  /** DER of the certificate: of several the first, and nothing of what else the file holds. */
  static byte[] certificate(String what, byte[] file) throws OcicryptException {
    if (!Pem.isIn(file)) {
      return file;
    }
    return Pem.blocks(what, file).stream()
        .filter(pem -> pem.label().equals("CERTIFICATE"))
        .findFirst()
        .orElseThrow(() -> OcicryptException.badKey(what, "it holds no CERTIFICATE"))
        .der();
  }

  @Override
  public Scheme scheme() {
    return Scheme.PKCS7;
  }

  @Override
  public String canonicalKey() {
    return "pkcs7:" + fingerprint.hex();
  }

  @Override
  public String toString() {
    return canonicalKey();
  }
}
