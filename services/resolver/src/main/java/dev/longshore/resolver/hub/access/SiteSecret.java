package dev.longshore.resolver.hub.access;

import dev.longshore.model.Digest;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;

/** A site's secret for a hub: a one-time token, or a credential. */
public final class SiteSecret {
  /** Bytes: 256 bits cannot be guessed, so a fast hash protects them. */
  private static final int RANDOM_BYTES = 32;

  /** Limit in characters; anything longer is not one of ours and is not hashed. */
  static final int LONGEST = 256;

  private final String text;

  private SiteSecret(String text) {
    this.text = text;
  }

  /** A new token to join with. Its beginning makes it easy to find in scripts and logs. */
  public static SiteSecret token() {
    return random("longshore_join_");
  }

  /** A new credential. */
  static SiteSecret credential() {
    return random("longshore_site_");
  }

  private static SiteSecret random(String prefix) {
    byte[] random = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(random);
    return new SiteSecret(prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(random));
  }

  /** The secret itself, to show once. */
  public String reveal() {
    return text;
  }

  /** The hash by which it is recognized. */
  public Digest hash() {
    return hash(text);
  }

  static Digest hash(String text) {
    return Digest.of(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "***";
  }
}
