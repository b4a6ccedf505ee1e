package dev.longshore.ocicrypt;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Optional;

/**
 * A JSON Web Key (RFC 7517) of RSA or EC.
 *
 * @param algorithm the one in its {@code alg}
 * @param secret the private key, if it is one
 */
record Jwk(PublicKey key, Optional<JweAlgorithm> algorithm, Optional<PrivateKey> secret) {
  /** Bytes of a number in base64url; the modulus of the longest RSA key. */
  private static final int NUMBER = Limits.RSA_MOST / 8 + 1;

  @Override
  public String toString() {
    return "Jwk[" + key.getAlgorithm() + "]";
  }

  static Jwk parse(String what, byte[] file) throws OcicryptException {
    ObjectNode json =
        StrictJson.object(file)
            .orElseThrow(
                () ->
                    OcicryptException.badKey(
                        what, "it is neither PEM nor DER nor a JSON Web Key that can be read"));
    Optional<JweAlgorithm> algorithm = algorithm(what, json);
    Jwk jwk =
        switch (StrictJson.text(json, "kty").orElse("")) {
          case "RSA" -> rsa(what, json, algorithm);
          case "EC" -> ec(what, json, algorithm);
          default -> throw OcicryptException.unsupported(what, "a JWK whose kty is not RSA or EC");
        };
    if (algorithm.isPresent() && !algorithm.get().fits(jwk.key)) {
      throw OcicryptException.badKey(what, "a JWK whose alg is not for its kty");
    }
    return jwk;
  }

  private static Optional<JweAlgorithm> algorithm(String what, ObjectNode json)
      throws OcicryptException {
    if (!json.has("alg")) {
      return Optional.empty();
    }
    Optional<JweAlgorithm> algorithm = StrictJson.text(json, "alg").flatMap(JweAlgorithm::named);
    if (algorithm.isEmpty()) {
      throw OcicryptException.unsupported(
          what, "a JWK whose alg is none of RSA-OAEP, RSA-OAEP-256 and ECDH-ES+A128KW to A256KW");
    }
    return algorithm;
  }

  /** The public EC key in a JWE's header. */
  static ECPublicKey ephemeral(String what, ObjectNode json) throws OcicryptException {
    if (!StrictJson.text(json, "kty").orElse("").equals("EC")) {
      throw OcicryptException.unsupported(what, "an epk whose kty is not EC");
    }
    return point(what, json, curve(what, json));
  }

  private static EcCurve curve(String what, ObjectNode json) throws OcicryptException {
    return StrictJson.text(json, "crv")
        .flatMap(EcCurve::named)
        .orElseThrow(
            () -> OcicryptException.unsupported(what, "a curve other than P-256, P-384, P-521"));
  }

  private static ECPublicKey point(String what, ObjectNode json, EcCurve curve)
      throws OcicryptException {
    return curve
        .publicKey(number(what, json, "x"), number(what, json, "y"))
        .orElseThrow(
            () -> OcicryptException.badKey(what, "a point that is not on " + curve.text()));
  }

  private static Jwk ec(String what, ObjectNode json, Optional<JweAlgorithm> algorithm)
      throws OcicryptException {
    EcCurve curve = curve(what, json);
    Optional<PrivateKey> secret = Optional.empty();
    if (json.has("d")) {
      secret =
          Optional.of(
              curve
                  .privateKey(number(what, json, "d"))
                  .orElseThrow(
                      () -> OcicryptException.badKey(what, "a number that is no private key")));
    }
    return new Jwk(point(what, json, curve), algorithm, secret);
  }

  private static Jwk rsa(String what, ObjectNode json, Optional<JweAlgorithm> algorithm)
      throws OcicryptException {
    if (json.has("oth")) {
      throw OcicryptException.unsupported(what, "RSA with more than two primes");
    }
    BigInteger n = number(what, json, "n");
    BigInteger e = number(what, json, "e");
    RsaKeys.check(what, n, e);
    try {
      KeyFactory factory = KeyFactory.getInstance("RSA");
      Optional<PrivateKey> secret = Optional.empty();
      if (json.has("d")) {
        RSAPrivateCrtKeySpec parts =
            new RSAPrivateCrtKeySpec(
                n,
                e,
                number(what, json, "d"),
                number(what, json, "p"),
                number(what, json, "q"),
                number(what, json, "dp"),
                number(what, json, "dq"),
                number(what, json, "qi"));
        secret = Optional.of(PrivateKeyFile.checked(what, factory.generatePrivate(parts)));
      }
      return new Jwk(factory.generatePublic(new RSAPublicKeySpec(n, e)), algorithm, secret);
    } catch (GeneralSecurityException refused) {
      throw OcicryptException.badKey(what, "it is no RSA key");
    }
  }

  private static BigInteger number(String what, ObjectNode json, String name)
      throws OcicryptException {
    return StrictJson.text(json, name)
        .flatMap(Base64Text::url)
        .filter(bytes -> bytes.length > 0 && bytes.length <= NUMBER)
        .map(bytes -> new BigInteger(1, bytes))
        .orElseThrow(
            () ->
                OcicryptException.badKey(
                    what, "a JWK whose " + name + " is missing or no number of its size"));
  }
}
