package dev.longshore.ocicrypt;

import dev.longshore.model.Digest;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;

/**
 * The owner of an X.509 certificate with an RSA key. Neither its chain nor its dates are checked,
 * as the reference does not: the user who names the file trusts it.
 *
 * @param issuer as it stands in the certificate, which is how the reference looks for it
 * @param fingerprint sha256 of the certificate
 */
record Pkcs7Recipient(ASN1Sequence issuer, ASN1Integer serial, RSAPublicKey key, Digest fingerprint)
    implements Recipient {

  static Pkcs7Recipient parse(String what, byte[] file) throws OcicryptException {
    byte[] der = certificate(what, file);
    try {
      return Der.read(
          der,
          element -> {
            ASN1Sequence certificate = ASN1Sequence.getInstance(element);
            return of(what, ASN1Sequence.getInstance(certificate.getObjectAt(0)), Digest.of(der));
          });
    } catch (Malformed e) {
      throw OcicryptException.badKey(what, "it is no X.509 certificate: " + e.getMessage());
    }
  }

  /** By hand, as BouncyCastle's certificate puts the parts of names into another order. */
  private static Pkcs7Recipient of(String what, ASN1Sequence body, Digest fingerprint)
      throws OcicryptException {
    boolean versioned =
        body.getObjectAt(0) instanceof ASN1TaggedObject version && version.hasContextTag(0);
    int at = versioned ? 1 : 0;
    ASN1Integer serial = ASN1Integer.getInstance(body.getObjectAt(at));
    // Signature algorithm, issuer, dates, subject, public key.
    List<ASN1Sequence> parts =
        IntStream.rangeClosed(at + 1, at + 5)
            .mapToObj(part -> ASN1Sequence.getInstance(body.getObjectAt(part)))
            .toList();
    ASN1Sequence issuer = parts.get(1);
    byte[] spki = Der.encoded(parts.getLast());
    if (!(PublicKeyFile.spki(what, spki) instanceof RSAPublicKey rsa)) {
      throw OcicryptException.unsupported(
          what, "ocicrypt's PKCS#7 knows RSA only: give an EC key as jwe:");
    }
    if (rsa.getModulus().bitLength() < Limits.RSA_NEW) {
      throw OcicryptException.unsupported(
          what, "RSA with less than %d bits is not safe to encrypt to".formatted(Limits.RSA_NEW));
    }
    return new Pkcs7Recipient(issuer, serial, rsa, fingerprint);
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
