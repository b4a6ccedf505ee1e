package dev.longshore.converter;

import dev.longshore.runtime.config.Mode;
import dev.longshore.runtime.config.RuleSettings;
import dev.longshore.runtime.config.SuffixSettings;
import dev.longshore.runtime.config.TagSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;

/** Rules and keys for further modes. */
final class Modes {
  private Modes() {}

  static RuleSettings rule(String match, List<Mode> modes, List<String> recipients) {
    return new RuleSettings(
        match,
        modes,
        List.of(),
        3,
        1,
        null,
        TagSettings.ALL,
        SuffixSettings.DEFAULT,
        recipients,
        List.of(),
        List.of(),
        null,
        null);
  }

  static KeyPair keys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A recipient whose public key is in a file of this folder. */
  static String recipient(Path folder, KeyPair keys) {
    String pem =
        "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n"
            .formatted(
                Base64.getMimeEncoder(64, new byte[] {'\n'})
                    .encodeToString(keys.getPublic().getEncoded()));
    try {
      Path file = Files.createTempFile(folder, "public", ".pem");
      Files.writeString(file, pem, StandardCharsets.US_ASCII);
      return "jwe:" + file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
