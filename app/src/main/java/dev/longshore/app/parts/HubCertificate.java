package dev.longshore.app.parts;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * A certificate that signs itself, for a hub whose sites recognize it by its key.
 *
 * @param certificate in PEM
 * @param key its private key in PEM (PKCS #8)
 */
record HubCertificate(String certificate, String key) {
  /** A site checks the key, and clocks of containers are those of their machine. */
  private static final Duration VALID = Duration.ofDays(3_650);

  private static final int SERIAL_BITS = 120;
  private static final int PEM_LINE = 64;

  /**
   * A new one.
   *
   * @param host by which it is reached
   */
  static HubCertificate of(String host, Instant now) throws IOException {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      TBSCertificate content = content(host, pair, now);
      Signature signer = Signature.getInstance("SHA256withECDSA");
      signer.initSign(pair.getPrivate());
      signer.update(content.getEncoded());
      ASN1EncodableVector signed = new ASN1EncodableVector();
      signed.add(content);
      signed.add(algorithm());
      signed.add(new DERBitString(signer.sign()));
      return new HubCertificate(
          pem("CERTIFICATE", new DERSequence(signed).getEncoded()),
          pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IOException("this Java makes no certificate: " + e.getMessage(), e);
    }
  }

  private static TBSCertificate content(String host, KeyPair pair, Instant now) throws IOException {
    X500Name name = new X500Name("CN=" + host);
    V3TBSCertificateGenerator content = new V3TBSCertificateGenerator();
    content.setSerialNumber(new ASN1Integer(new BigInteger(SERIAL_BITS, new SecureRandom())));
    content.setSignature(algorithm());
    content.setIssuer(name);
    content.setSubject(name);
    content.setStartDate(new Time(Date.from(now.minus(Duration.ofHours(1)))));
    content.setEndDate(new Time(Date.from(now.plus(VALID))));
    content.setSubjectPublicKeyInfo(
        SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()));
    content.setExtensions(
        new Extensions(
            new Extension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(new GeneralName(GeneralName.dNSName, host)).getEncoded())));
    return content.generateTBSCertificate();
  }

  private static AlgorithmIdentifier algorithm() {
    return new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);
  }

  private static String pem(String what, byte[] der) {
    byte[] newline = "\n".getBytes(StandardCharsets.US_ASCII);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(what, Base64.getMimeEncoder(PEM_LINE, newline).encodeToString(der), what);
  }
}
