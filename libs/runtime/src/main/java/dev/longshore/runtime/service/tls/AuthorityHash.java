package dev.longshore.runtime.service.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;

/** The hash by which a caller recognizes a listener's authority without its certificate. */
public final class AuthorityHash {
  private AuthorityHash() {}

  /**
   * SHA-256 of the SubjectPublicKeyInfo of the last certificate that a listener shows: that of its
   * authority, or the nearest to it. It stays the same when the authority's certificate is renewed
   * with its key.
   *
   * @return {@code sha256:} and its hexadecimal digits
   * @throws TlsException when the file has no certificate
   */
  public static String of(ServerTlsSettings settings) {
    Path file = settings.certificateFile();
    try {
      byte[] key = PemFiles.certificates(file).getLast().getPublicKey().getEncoded();
      return "sha256:" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key));
    } catch (IOException | GeneralSecurityException e) {
      throw new TlsException("cannot use " + file + ": " + e.getMessage(), e);
    }
  }
}
