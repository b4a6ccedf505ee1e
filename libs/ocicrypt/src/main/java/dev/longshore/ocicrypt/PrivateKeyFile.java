package dev.longshore.ocicrypt;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Optional;

/** A private key of RSA or EC as PKCS#8, PKCS#1 or SEC1, in DER or PEM, or as a JSON Web Key. */
final class PrivateKeyFile {
  private PrivateKeyFile() {}

  /** Wipes nothing: the file is the caller's. */
  static PrivateKey der(String what, byte[] der) throws OcicryptException {
    try {
      Der body = new Der(der).in(Der.SEQUENCE);
      body.integer();
      return switch (body.peek()) {
        case Der.SEQUENCE -> pkcs8(what, der);
        case Der.INTEGER -> pkcs1(what, der);
        case Der.OCTET_STRING -> sec1(what, der);
        default -> throw malformed(what);
      };
    } catch (Malformed e) {
      throw malformed(what);
    }
  }

  static PrivateKey pkcs8(String what, byte[] der) throws OcicryptException {
    try {
      Der body = new Der(der).in(Der.SEQUENCE);
      body.skip();
      byte[] oid = body.in(Der.SEQUENCE).encoded(Der.OID);
      String algorithm =
          Arrays.equals(oid, Oid.RSA) ? "RSA" : Arrays.equals(oid, Oid.EC) ? "EC" : "";
      if (algorithm.isEmpty()) {
        throw OcicryptException.unsupported(what, "a private key that is neither RSA nor EC");
      }
      return checked(
          what, KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der)));
    } catch (Malformed | GeneralSecurityException | IllegalArgumentException e) {
      throw malformed(what);
    }
  }

  private static PrivateKey pkcs1(String what, byte[] der) throws OcicryptException {
    return wrapped(what, Der.write(Der.SEQUENCE, Oid.RSA, Der.write(Der.NULL)), der);
  }

  /** The curve stands in the key itself (RFC 5915), where PKCS#8 has it outside. */
  private static PrivateKey sec1(String what, byte[] der) throws OcicryptException {
    try {
      Der body = new Der(der).in(Der.SEQUENCE);
      body.skip();
      body.skip();
      if (body.peek() != Der.CONTEXT) {
        throw OcicryptException.badKey(what, "an EC key that does not say on which curve it is");
      }
      byte[] curve = body.in(Der.CONTEXT).encoded(Der.OID);
      return wrapped(what, Der.write(Der.SEQUENCE, Oid.EC, curve), der);
    } catch (Malformed e) {
      throw malformed(what);
    }
  }

  private static PrivateKey wrapped(String what, byte[] algorithm, byte[] key)
      throws OcicryptException {
    byte[] octets = Der.write(Der.OCTET_STRING, key);
    byte[] pkcs8 = Der.write(Der.SEQUENCE, Der.integer(0), algorithm, octets);
    try {
      return pkcs8(what, pkcs8);
    } finally {
      Secrets.wipe(octets, pkcs8);
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
