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
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority of a test; all keys are of P-256. */
public final class TestAuthority {
  private static final char[] NO_PASSWORD = {};
  private static final Duration VALID = Duration.ofDays(1);
  private static final String[] THIS_MACHINE = {"localhost", "127.0.0.1"};

  private final X500Name name;
  private final KeyPair keys = newKeys();
  private final X509Certificate own;
  private long serial = 1;

  /** An authority that nobody knows yet; its own certificate would do for this machine too. */
  public TestAuthority(String name) {
    this.name = new X500Name("CN=" + name);
    this.own = sign(this.name, keys, THIS_MACHINE);
  }

  /** Writes its own certificate, which is to be believed. */
  public Path writeCertificate(Path file) throws IOException {
    return write(file, own);
  }

  /** Its own certificate. */
  public X509Certificate certificate() {
    return own;
  }

  /** The key of its own certificate. */
  public PrivateKey key() {
    return keys.getPrivate();
  }

  /** What a client needs that believes this authority alone. */
  public SSLContext believing() throws GeneralSecurityException, IOException {
    KeyStore believed = emptyStore();
    believed.setCertificateEntry("authority", own);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(believed);
    return context(new KeyManager[0], trust.getTrustManagers());
  }

  /** What a server of these names and addresses needs; of this machine if there are none. */
  public SSLContext server(String... machines) throws GeneralSecurityException, IOException {
    KeyPair pair = newKeys();
    X509Certificate signed = sign("server", pair, machines.length == 0 ? THIS_MACHINE : machines);
    KeyStore shown = emptyStore();
    shown.setKeyEntry("server", pair.getPrivate(), NO_PASSWORD, new Certificate[] {signed});
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(shown, NO_PASSWORD);
    return context(factory.getKeyManagers(), new TrustManager[0]);
  }

  /**
   * Signs a certificate for this machine and writes it and its new key, each file at one stroke, as
   * renewals do.
   *
   * @param subject common name of its holder
   */
  public void issue(String subject, Path certificate, Path key) throws IOException {
    issue(subject, THIS_MACHINE, certificate, key);
  }

  /** The same for another machine. */
  public void issueElsewhere(String host, Path certificate, Path key) throws IOException {
    issue(host, new String[] {host}, certificate, key);
  }

  private void issue(String subject, String[] machines, Path certificate, Path key)
      throws IOException {
    KeyPair pair = newKeys();
    write(certificate, sign(subject, pair, machines));
    write(key, new JcaPKCS8Generator(pair.getPrivate(), null));
  }

  private X509Certificate sign(String subject, KeyPair pair, String... machines) {
    return sign(new X500Name("CN=" + subject), pair, machines);
  }

  private X509Certificate sign(X500Name subject, KeyPair pair, String... machines) {
    Instant now = Instant.now();
    try {
      X509CertificateHolder signed =
          new JcaX509v3CertificateBuilder(
                  name,
                  BigInteger.valueOf(serial++),
                  Date.from(now.minus(VALID)),
                  Date.from(now.plus(VALID)),
                  subject,
                  pair.getPublic())
              .addExtension(
                  Extension.basicConstraints, true, new BasicConstraints(subject.equals(name)))
              .addExtension(Extension.subjectAlternativeName, false, names(machines))
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()));
      return new JcaX509CertificateConverter().getCertificate(signed);
    } catch (OperatorCreationException | GeneralSecurityException | IOException e) {
      throw new IllegalStateException("a certificate cannot be signed", e);
    }
  }

  private static GeneralNames names(String... machines) {
    return new GeneralNames(
        Arrays.stream(machines)
            .map(
                machine ->
                    new GeneralName(
                        machine.matches("[0-9.]+") ? GeneralName.iPAddress : GeneralName.dNSName,
                        machine))
            .toArray(GeneralName[]::new));
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    return store;
  }

  private static SSLContext context(KeyManager[] shown, TrustManager[] believed)
      throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(shown, believed, null);
    return context;
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
