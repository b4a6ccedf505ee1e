package dev.longshore.ocicrypt;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Keys as JSON Web Keys. */
final class SampleJwk {
  private SampleJwk() {}

  static String of(KeyPair pair, JweAlgorithm algorithm, boolean secret) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("alg", algorithm.text());
    if (pair.getPrivate() instanceof RSAPrivateCrtKey rsa) {
      fields.put("kty", "RSA");
      fields.put("n", number(rsa.getModulus()));
      fields.put("e", number(rsa.getPublicExponent()));
      if (secret) {
        fields.put("d", number(rsa.getPrivateExponent()));
        fields.put("p", number(rsa.getPrimeP()));
        fields.put("q", number(rsa.getPrimeQ()));
        fields.put("dp", number(rsa.getPrimeExponentP()));
        fields.put("dq", number(rsa.getPrimeExponentQ()));
        fields.put("qi", number(rsa.getCrtCoefficient()));
      }
    } else {
      ECPublicKey key = (ECPublicKey) pair.getPublic();
      EcCurve curve = EcCurve.of(key).orElseThrow();
      fields.put("kty", "EC");
      fields.put("crv", curve.text());
      fields.put("x", Base64Text.urlText(curve.coordinate(key.getW().getAffineX())));
      fields.put("y", Base64Text.urlText(curve.coordinate(key.getW().getAffineY())));
      if (secret) {
        BigInteger d = ((ECPrivateKey) pair.getPrivate()).getS();
        fields.put("d", Base64Text.urlText(curve.coordinate(d)));
      }
    }
    return fields.entrySet().stream()
        .map(field -> "\"%s\":\"%s\"".formatted(field.getKey(), field.getValue()))
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String number(BigInteger number) {
    byte[] bytes = number.toByteArray();
    int skip = bytes[0] == 0 ? 1 : 0;
    return Base64Text.urlText(java.util.Arrays.copyOfRange(bytes, skip, bytes.length));
  }
}
