package dev.longshore.runtime.edge.access;

import dev.longshore.runtime.edge.rights.Scope;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** A new token, and its entry in a tokens file. */
public final class NewToken {
  /** Bytes: 256 bits cannot be guessed, so a fast hash protects them. */
  private static final int RANDOM_BYTES = 32;

  /** Makes tokens easy to find in scripts and logs. */
  private static final String PREFIX = "longshore_";

  private final String token;
  private final NewEntry entry;

  private NewToken(String token, NewEntry entry) {
    this.token = token;
    this.entry = entry;
  }

  /**
   * Makes a token.
   *
   * @param repositories the limits of pull and look-up
   * @throws IllegalArgumentException when the token would be invalid
   */
  public static NewToken make(
      String name, List<Scope> scopes, List<String> repositories, Optional<Instant> expires) {
    byte[] random = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(random);
    String token = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    Holder holder = new Holder.Token(Tokens.sha256(token));
    return new NewToken(token, NewEntry.of(name, holder, scopes, repositories, expires));
  }

  /** The token itself, to show once. */
  public String reveal() {
    return token;
  }

  /** Its entry in a tokens file. */
  public NewEntry entry() {
    return entry;
  }
}
