package dev.longshore.runtime.edge.access;

import dev.longshore.runtime.edge.rights.Scope;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** A token that nobody knows yet, and what a file of tokens has of it. */
public final class NewToken {
  /** Bytes: nobody guesses 256 bits, so a hash that is quick to compute hides them. */
  private static final int RANDOM_BYTES = 32;

  /** Finds tokens that were left in a script or a log. */
  private static final String PREFIX = "longshore_";

  private final String token;
  private final NewEntry entry;

  private NewToken(String token, NewEntry entry) {
    this.token = token;
    this.entry = entry;
  }

  /**
   * Makes one.
   *
   * @param repositories what pull and look-up are limited to
   * @throws IllegalArgumentException when there can be no such token
   */
  public static NewToken make(
      String name, List<Scope> scopes, List<String> repositories, Optional<Instant> expires) {
    byte[] random = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(random);
    String token = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    Holder holder = new Holder.Token(Tokens.sha256(token));
    return new NewToken(token, NewEntry.of(name, holder, scopes, repositories, expires));
  }

  /** The token itself, to be shown once. */
  public String reveal() {
    return token;
  }

  /** What a file of tokens has of it. */
  public NewEntry entry() {
    return entry;
  }
}
