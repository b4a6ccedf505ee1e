package dev.longshore.app.mirror;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;

/** What a runtime shows a resolver: a user with a password, or a bearer token. */
public final class ResolverLogin {
  /** Longer ones are no credential, but a wrong file. */
  private static final int MAX_BYTES = 4096;

  private final Optional<String> user;
  private final String secret;

  private ResolverLogin(Optional<String> user, String secret) {
    this.user = user;
    this.secret = secret;
  }

  /** Reads a file with {@code USER:PASSWORD}, or a token alone. */
  public static ResolverLogin of(Path file) throws MirrorException {
    String text;
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new MirrorException(file + ": expected one line, USER:PASSWORD or a token");
      }
      text = Files.readString(file).strip();
    } catch (IOException e) {
      throw new MirrorException("%s cannot be read: %s".formatted(file, FileError.of(e)), e);
    }
    if (text.isEmpty() || text.chars().anyMatch(c -> c < ' ' || c > '~')) {
      throw new MirrorException(
          file + ": expected one line of ASCII, USER:PASSWORD or a token alone");
    }
    int colon = text.indexOf(':');
    return colon < 0
        ? new ResolverLogin(Optional.empty(), text)
        : new ResolverLogin(Optional.of(text.substring(0, colon)), text.substring(colon + 1));
  }

  Optional<String> user() {
    return user;
  }

  String secret() {
    return secret;
  }

  /** Value of the header {@code Authorization}. */
  String header() {
    return user.map(
            name ->
                "Basic "
                    + Base64.getEncoder()
                        .encodeToString((name + ":" + secret).getBytes(StandardCharsets.UTF_8)))
        .orElse("Bearer " + secret);
  }

  @Override
  public String toString() {
    return "***";
  }
}
