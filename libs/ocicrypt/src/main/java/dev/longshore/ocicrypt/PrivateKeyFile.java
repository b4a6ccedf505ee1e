package dev.longshore.ocicrypt;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** A private key of RSA or EC as PKCS#8, PKCS#1 or SEC1, in DER or PEM, or as a JSON Web Key. */
final class PrivateKeyFile {
  private PrivateKeyFile() {}

  /** Wipes nothing: the file is the caller's. */
  static PrivateKey der(String what, byte[] der) throws OcicryptException {
    try {
      return Der.read(der, key -> read(what, der, ASN1Sequence.getInstance(key)));
    } catch (Malformed e) {
      throw malformed(what);
    }
  }

  private static PrivateKey read(String what, byte[] der, ASN1Sequence key) throws IOException {
    return switch (key.getObjectAt(1)) {
      case ASN1Sequence _ -> pkcs8(what, der);
      case ASN1Integer _ ->
          wrapped(what, PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE, key);
      case ASN1OctetString _ ->
          wrapped(what, X9ObjectIdentifiers.id_ecPublicKey, curve(what, key), key);
      default -> throw malformed(what);
    };
  }

  static PrivateKey pkcs8(String what, byte[] der) throws OcicryptException {
    try {
      String algorithm = Der.read(der, PrivateKeyFile::algorithm);
      if (algorithm.isEmpty()) {
        throw OcicryptException.unsupported(what, "a private key that is neither RSA nor EC");
      }
      return checked(
          what, KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der)));
    } catch (Malformed | GeneralSecurityException | IllegalArgumentException e) {
      throw malformed(what);
    }
  }

  private static String algorithm(ASN1Primitive pkcs8) {
    return PublicKeyFile.algorithm(
        AlgorithmIdentifier.getInstance(ASN1Sequence.getInstance(pkcs8).getObjectAt(1)));
  }

  /** It stands in the key itself (RFC 5915), where PKCS#8 has it outside. */
  private static ASN1Encodable curve(String what, ASN1Sequence sec1) throws OcicryptException {
    ASN1Encodable curve =
        org.bouncycastle.asn1.sec.ECPrivateKey.getInstance(sec1).getParametersObject();
    if (curve == null) {
      throw OcicryptException.badKey(what, "an EC key that does not say on which curve it is");
    }
    return ASN1ObjectIdentifier.getInstance(curve);
  }

  private static PrivateKey wrapped(
      String what, ASN1ObjectIdentifier algorithm, ASN1Encodable parameters, ASN1Sequence key)
      throws IOException {
    byte[] pkcs8 =
        new PrivateKeyInfo(new AlgorithmIdentifier(algorithm, parameters), key).getEncoded();
    try {
      return pkcs8(what, pkcs8);
    } finally {
      Secrets.wipe(pkcs8);
    }
  }

  static PrivateKey checked(String what, PrivateKey key) throws OcicryptException {
    switch (key) {
      case RSAPrivateKey rsa -> RsaKeys.check(what, rsa);
      case ECPrivateKey ec -> {
        Optional<EcCurve> curve = EcCurve.of(ec);
        if (curve.isEmpty() || curve.get().privateKey(ec.getS()).isEmpty()) {
          throw OcicryptException.unsupported(
              what, "an EC key that is none of P-256, P-384 and P-521");
        }
      }
      default -> throw OcicryptException.unsupported(what, "neither an RSA nor an EC key");
    }
    return key;
  }

  private static OcicryptException malformed(String what) {
    return OcicryptException.badKey(what, "it is no private key of PKCS#8, PKCS#1 or SEC1");
  }
}
