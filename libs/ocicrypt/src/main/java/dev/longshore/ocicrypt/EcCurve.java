package dev.longshore.ocicrypt;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.util.Optional;
import java.util.stream.Stream;

/** The curves that JOSE names (RFC 7518, section 6.2.1.1) and the JDK has. */
enum EcCurve {
  P256("P-256", "secp256r1"),
  P384("P-384", "secp384r1"),
  P521("P-521", "secp521r1");

  private final String text;

  @SuppressWarnings("ImmutableEnumChecker") // it has no way to change it
  private final ECParameterSpec parameters;

  EcCurve(String text, String jcaName) {
    this.text = text;
    this.parameters = parameters(jcaName);
  }

  private static ECParameterSpec parameters(String jcaName) {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(new ECGenParameterSpec(jcaName));
      return parameters.getParameterSpec(ECParameterSpec.class);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(jcaName + " is missing from this Java runtime", e);
    }
  }

  String text() {
    return text;
  }

  ECParameterSpec parameters() {
    return parameters;
  }

  int coordinateBytes() {
    return (parameters.getCurve().getField().getFieldSize() + 7) / 8;
  }

  static Optional<EcCurve> named(String text) {
    return Stream.of(values()).filter(curve -> curve.text.equals(text)).findFirst();
  }

  static Optional<EcCurve> of(ECKey key) {
    return Stream.of(values())
        .filter(
            curve ->
                curve.parameters.getCurve().equals(key.getParams().getCurve())
                    && curve.parameters.getGenerator().equals(key.getParams().getGenerator()))
        .findFirst();
  }

  /** Empty if there is no such point: an agreement with one could reveal the private key. */
  Optional<ECPublicKey> publicKey(BigInteger x, BigInteger y) {
    return holds(x, y)
        ? Optional.of(
            (ECPublicKey)
                made(
                    factory ->
                        factory.generatePublic(new ECPublicKeySpec(new ECPoint(x, y), parameters))))
        : Optional.empty();
  }

  Optional<ECPrivateKey> privateKey(BigInteger d) {
    return d.signum() > 0 && d.compareTo(parameters.getOrder()) < 0
        ? Optional.of(
            (ECPrivateKey)
                made(factory -> factory.generatePrivate(new ECPrivateKeySpec(d, parameters))))
        : Optional.empty();
  }

  /** Whether y^2 = x^3 + ax + b. */
  private boolean holds(BigInteger x, BigInteger y) {
    BigInteger p = ((ECFieldFp) parameters.getCurve().getField()).getP();
    if (x.signum() < 0 || y.signum() < 0 || x.compareTo(p) >= 0 || y.compareTo(p) >= 0) {
      return false;
    }
    BigInteger right =
        x.multiply(x)
            .add(parameters.getCurve().getA())
            .multiply(x)
            .add(parameters.getCurve().getB());
    return y.multiply(y).subtract(right).mod(p).signum() == 0;
  }

  /** Whether a key read elsewhere is a point on this curve. */
  boolean holds(ECPublicKey key) {
    ECPoint w = key.getW();
    return !w.equals(ECPoint.POINT_INFINITY) && holds(w.getAffineX(), w.getAffineY());
  }

  private interface Making {
    java.security.Key with(KeyFactory factory) throws GeneralSecurityException;
  }

  private static java.security.Key made(Making making) {
    try {
      return making.with(KeyFactory.getInstance("EC"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK refuses a checked EC key", e);
    }
  }

  /** Big-endian and of the field's length, as JOSE wants it (RFC 7518, section 6.2.1.2). */
  byte[] coordinate(BigInteger value) {
    byte[] bytes = value.toByteArray();
    byte[] padded = new byte[coordinateBytes()];
    int length = Math.min(bytes.length, padded.length);
    System.arraycopy(bytes, bytes.length - length, padded, padded.length - length, length);
    return padded;
  }
}
