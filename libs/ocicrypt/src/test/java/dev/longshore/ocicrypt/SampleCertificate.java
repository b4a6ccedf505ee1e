package dev.longshore.ocicrypt;

import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Certificates that sign themselves. */
final class SampleCertificate {
  private SampleCertificate() {}

  static byte[] of(KeyPair pair, String name, long serial) {
    try {
      X500Principal principal = new X500Principal(name);
      String algorithm =
          pair.getPrivate().getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
      return new JcaX509v3CertificateBuilder(
              principal,
              BigInteger.valueOf(serial),
              Date.from(Instant.ofEpochMilli(1_700_000_000_000L)),
              Date.from(Instant.ofEpochMilli(4_000_000_000_000L)),
              principal,
              pair.getPublic())
          .build(new JcaContentSignerBuilder(algorithm).build(pair.getPrivate()))
          .getEncoded();
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }
}
