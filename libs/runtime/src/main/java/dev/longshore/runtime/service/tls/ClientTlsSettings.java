package dev.longshore.runtime.service.tls;

import dev.longshore.settings.Setting;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * This side's certificate for a server, and the authorities it trusts. Files are reread when they
 * change.
 */
public record ClientTlsSettings(
    @Setting(doc = "PEM file with authorities to trust in addition to those of the Java runtime")
        @Nullable Path caFile,
    @Setting(doc = "PEM file with the certificate to show, and its chain up to the authority")
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
