package dev.longshore.testing;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority of a test. */
public final class TestAuthority {
  private static final Duration VALID = Duration.ofDays(1);
  private static final GeneralNames THIS_MACHINE =
      new GeneralNames(
          new GeneralName[] {
            new GeneralName(GeneralName.dNSName, "localhost"),
            new GeneralName(GeneralName.iPAddress, "127.0.0.1")
          });

  private final X500Name name;
  private final KeyPair keys = newKeys();
  private long serial = 1;

  /** An authority that nobody knows yet. */
  public TestAuthority(String name) {
    this.name = new X500Name("CN=" + name);
  }

  /** Writes its own certificate, which is to be believed. */
  public Path writeCertificate(Path file) throws IOException {
    return write(file, sign(name, keys, THIS_MACHINE, true));
  }

  /**
   * Signs a certificate for this machine and writes it and its new key, each file at one stroke, as
   * renewals do.
   *
   * @param subject common name of who shows it
   */
  public void issue(String subject, Path certificate, Path key) throws IOException {
    issue(subject, THIS_MACHINE, certificate, key);
  }

  /** The same for another machine. */
  public void issueElsewhere(String host, Path certificate, Path key) throws IOException {
    issue(host, new GeneralNames(new GeneralName(GeneralName.dNSName, host)), certificate, key);
  }

  private void issue(String subject, GeneralNames machine, Path certificate, Path key)
      throws IOException {
    KeyPair own = newKeys();
    write(certificate, sign(new X500Name("CN=" + subject), own, machine, false));
    write(key, new JcaPKCS8Generator(own.getPrivate(), null));
  }

  private X509CertificateHolder sign(
      X500Name subject, KeyPair own, GeneralNames machine, boolean authority) throws IOException {
    Instant now = Instant.now();
    try {
      return new JcaX509v3CertificateBuilder(
              name,
              BigInteger.valueOf(serial++),
              Date.from(now.minus(VALID)),
              Date.from(now.plus(VALID)),
              subject,
              own.getPublic())
          .addExtension(Extension.basicConstraints, true, new BasicConstraints(authority))
          .addExtension(Extension.subjectAlternativeName, false, machine)
          .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()));
    } catch (OperatorCreationException e) {
      throw new IOException("a certificate cannot be signed: " + e.getMessage(), e);
    }
  }

  private static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("keys cannot be made", e);
    }
  }

  private static Path write(Path file, Object content) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
      pem.writeObject(content);
    }
    Path written =
        Files.writeString(file.resolveSibling(file.getFileName() + ".new"), text.toString());
    return Files.move(
        written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
