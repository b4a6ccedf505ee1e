package dev.longshore.runtime.service.tls;

import dev.longshore.settings.WatchedFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.stream.Collectors;

/** Watches files of certificates and keys. */
final class CertificateFiles {
  private static final String EXPECTED =
      " (expected: certificates in PEM, an RSA or EC key as PKCS #8 in PEM without a password)";

  private CertificateFiles() {}

  /** Reads the files. */
  interface Reading {
    void read() throws IOException, GeneralSecurityException;
  }

  /**
   * Reads the files and watches them from now on.
   *
   * @throws TlsException when they cannot be read or have the wrong content
   */
  static WatchedFiles watch(List<Path> files, Reading reading) {
    return WatchedFiles.watch("certificates", files, () -> read(files, reading));
  }

  private static void read(List<Path> files, Reading reading) {
    try {
      reading.read();
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new TlsException(
          "cannot use "
              + files.stream().map(Path::toString).collect(Collectors.joining(" with "))
              + ": "
              + why
              + EXPECTED,
          e);
    }
  }
}
