package dev.longshore.runtime.service.tls;

import io.grpc.util.CertificateUtils;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;

/** Reads PEM files. */
final class PemFiles {
  private PemFiles() {}

  /** The file's certificates, at least one, in order. */
  static List<X509Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    try (InputStream in = open(file)) {
      List<X509Certificate> found = List.of(CertificateUtils.getX509Certificates(in));
      if (found.isEmpty()) {
        throw new CertificateException("no certificate is in " + file);
      }
      return found;
    }
  }

  /** The file's private key. */
  static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
    try (InputStream in = open(file)) {
      return CertificateUtils.getPrivateKey(in);
    } catch (IllegalArgumentException | NullPointerException e) {
      throw new GeneralSecurityException("no private key is in " + file, e);
    }
  }

  private static InputStream open(Path file) throws IOException {
    try {
      return Files.newInputStream(file);
    } catch (NoSuchFileException absent) {
      throw new IOException("there is no file " + file, absent);
    }
  }
}
