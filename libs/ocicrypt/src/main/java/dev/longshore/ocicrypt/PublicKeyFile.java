package dev.longshore.ocicrypt;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** A public key as PEM or DER of a SubjectPublicKeyInfo, or as a JSON Web Key. */
final class PublicKeyFile {
  private PublicKeyFile() {}

  static JweRecipient read(String what, byte[] file) throws OcicryptException {
    if (Pem.isIn(file)) {
      return pem(what, file);
    }
    if (file.length > 0 && file[0] == Der.SEQUENCE) {
      return recipient(spki(what, file));
    }
    Jwk jwk = Jwk.parse(what, file);
    if (jwk.secret().isPresent()) {
      throw privateKey(what);
    }
    return new JweRecipient(
        jwk.algorithm().orElseGet(() -> JweAlgorithm.usualFor(jwk.key())), jwk.key());
  }

  private static JweRecipient pem(String what, byte[] file) throws OcicryptException {
    Pem first = Pem.blocks(what, file).getFirst();
    if (first.label().endsWith("PRIVATE KEY")) {
      Secrets.wipe(first.der());
      throw privateKey(what);
    }
    return switch (first.label()) {
      case "PUBLIC KEY" -> recipient(spki(what, first.der()));
      case "CERTIFICATE" ->
          throw OcicryptException.badKey(
              what, "this is a certificate: give it as pkcs7:, or its public key as jwe:");
      default -> throw OcicryptException.badKey(what, "it holds no PUBLIC KEY");
    };
  }

  private static JweRecipient recipient(PublicKey key) {
    return new JweRecipient(JweAlgorithm.usualFor(key), key);
  }

  private static OcicryptException privateKey(String what) {
    return OcicryptException.badKey(
        what, "this is a private key, which nobody needs for encryption: give the public one");
  }

  /** An RSA or EC key that can be encrypted to. */
  static PublicKey spki(String what, byte[] der) throws OcicryptException {
    try {
      String algorithm =
          Der.read(der, key -> algorithm(SubjectPublicKeyInfo.getInstance(key).getAlgorithm()));
      if (algorithm.isEmpty()) {
        throw OcicryptException.unsupported(what, "a public key that is neither RSA nor EC");
      }
      PublicKey key = KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(der));
      return checked(what, key);
    } catch (Malformed | GeneralSecurityException | IllegalArgumentException e) {
      throw OcicryptException.badKey(what, "it is no public key in DER");
    }
  }

  /** The JDK's name; empty if it is neither RSA nor EC. */
  static String algorithm(AlgorithmIdentifier identifier) {
    ASN1ObjectIdentifier oid = identifier.getAlgorithm();
    return oid.equals(PKCSObjectIdentifiers.rsaEncryption)
        ? "RSA"
        : oid.equals(X9ObjectIdentifiers.id_ecPublicKey) ? "EC" : "";
  }

  static PublicKey checked(String what, PublicKey key) throws OcicryptException {
    switch (key) {
      case RSAPublicKey rsa -> RsaKeys.check(what, rsa.getModulus(), rsa.getPublicExponent());
      case ECPublicKey ec -> {
        EcCurve curve =
            EcCurve.of(ec)
                .orElseThrow(
                    () ->
                        OcicryptException.unsupported(
                            what, "a curve other than P-256, P-384, P-521"));
        if (!curve.holds(ec)) {
          throw OcicryptException.badKey(what, "a point that is not on " + curve.text());
        }
      }
      default -> throw OcicryptException.unsupported(what, "neither an RSA nor an EC key");
    }
    return key;
  }
}
