package dev.longshore.ocicrypt;

import java.math.BigInteger;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPrivateKey;
import java.util.stream.Stream;

/** Checks that RSA keys have usable sizes. */
final class RsaKeys {
  private RsaKeys() {}

  static void check(String what, BigInteger modulus, BigInteger exponent) throws OcicryptException {
    int bits = modulus.bitLength();
    if (modulus.signum() <= 0 || bits < Limits.RSA_LEAST || bits > Limits.RSA_MOST) {
      throw OcicryptException.unsupported(
          what,
          "RSA with %d bits; supported are %d to %d"
              .formatted(bits, Limits.RSA_LEAST, Limits.RSA_MOST));
    }
    if (exponent.signum() <= 0
        || exponent.bitLength() > Limits.RSA_EXPONENT
        || !exponent.testBit(0)
        || !modulus.testBit(0)) {
      throw OcicryptException.badKey(what, "it is no RSA key: of its exponent or modulus");
    }
  }

  /** A private key with parts longer than its modulus would take for ever to use. */
  static void check(String what, RSAPrivateKey key) throws OcicryptException {
    BigInteger modulus = key.getModulus();
    check(
        what,
        modulus,
        key instanceof RSAPrivateCrtKey crt ? crt.getPublicExponent() : BigInteger.ONE);
    Stream<BigInteger> parts =
        key instanceof RSAPrivateCrtKey crt
            ? Stream.of(
                crt.getPrivateExponent(),
                crt.getPrimeP(),
                crt.getPrimeQ(),
                crt.getPrimeExponentP(),
                crt.getPrimeExponentQ(),
                crt.getCrtCoefficient())
            : Stream.of(key.getPrivateExponent());
    if (!parts.allMatch(part -> part.signum() > 0 && part.bitLength() <= modulus.bitLength())) {
      throw OcicryptException.badKey(what, "it is no RSA key: its parts do not fit together");
    }
    if (key instanceof RSAPrivateCrtKey crt
        && !crt.getPrimeP().multiply(crt.getPrimeQ()).equals(modulus)) {
      throw OcicryptException.badKey(what, "it is no RSA key: its primes do not give its modulus");
    }
  }
}
