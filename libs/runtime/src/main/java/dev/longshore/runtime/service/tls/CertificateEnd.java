package dev.longshore.runtime.service.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** When the first certificate of a file expires; the file is reread after a change. */
public final class CertificateEnd {
  private static final Logger LOG = LoggerFactory.getLogger(CertificateEnd.class);
  private final Path file;
  private @Nullable FileTime readAs;
  private @Nullable Instant end;

  public CertificateEnd(Path file) {
    this.file = file;
  }

  /** Empty while the file cannot be read, which its users report. */
  public synchronized Optional<Instant> at() {
    try {
      FileTime modified = Files.getLastModifiedTime(file);
      if (!modified.equals(readAs)) {
        end = earliest();
        readAs = modified;
      }
    } catch (IOException | GeneralSecurityException e) {
      LOG.debug("{} does not tell until when it holds: {}", file, e.getMessage());
      end = null;
      readAs = null;
    }
    return Optional.ofNullable(end);
  }

  private Instant earliest() throws IOException, GeneralSecurityException {
    return PemFiles.certificates(file).stream()
        .map(certificate -> certificate.getNotAfter().toInstant())
        .min(Instant::compareTo)
        .orElseThrow();
  }
}
