package dev.longshore.resolver.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longshore.runtime.edge.access.AccessSettings;
import dev.longshore.testing.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file of tokens. */
public final class TokensOfTests {
  private TokensOfTests() {}

  /** A token as the file has it. */
  public static String hash(String token) {
    return Sha256.digest(token.getBytes(UTF_8)).substring("sha256:".length());
  }

  /** Those of this file alone may call. */
  public static AccessSettings only(Path folder, String yaml) throws IOException {
    Path file = Files.writeString(folder.resolve("tokens.yaml"), yaml);
    return new AccessSettings(null, file, false, null, false);
  }
}
