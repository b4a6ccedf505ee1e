package dev.longshore.runtime.service.tls;

import dev.longshore.settings.Setting;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How this side shows itself to a server, and whom it believes. Files are read when they change.
 */
public record ClientTlsSettings(
    @Setting(doc = "PEM file with authorities to believe besides those of the Java runtime")
        @Nullable Path caFile,
    @Setting(doc = "PEM file with the certificate to show, and those up to the authority's")
        @Nullable Path certificateFile,
    @Setting(doc = "PEM file with that certificate's key, RSA or EC, PKCS #8 without a password")
        @Nullable Path keyFile) {

  public ClientTlsSettings {
    if ((certificateFile == null) != (keyFile == null)) {
      throw new IllegalArgumentException(
          "certificate-file and key-file belong together (expected: both or none)");
    }
  }
}
