package dev.longshore.sites;

import org.jspecify.annotations.Nullable;

/**
 * One line of a hub's changes; one of its fields is there. The lines up to a signature count once
 * it holds, the others do not exist. A line that has none of these fields was added by a later
 * release, and is signed as the others are.
 *
 * @param group the site's group; the first line of each answer
 * @param change what a name shows
 * @param dropped key of a name that the site's rules name no more, which does not exist for it
 * @param end what the lines since the last signature amount to; the last line before a signature
 * @param signature Ed25519 over the bytes of all lines since the last signature or the beginning,
 *     each with its line feed, in base64url without padding
 */
public record ChangeLine(
    @Nullable Group group,
    @Nullable NameChange change,
    @Nullable String dropped,
    @Nullable End end,
    @Nullable String signature) {
  /** Lines that a signature covers at most, its own included: a cut answer loses no more. */
  public static final int SIGNED = 500;

  public static ChangeLine of(Group group) {
    return new ChangeLine(group, null, null, null, null);
  }

  public static ChangeLine of(NameChange change) {
    return new ChangeLine(null, change, null, null, null);
  }

  public static ChangeLine ofDropped(String key) {
    return new ChangeLine(null, null, key, null, null);
  }

  public static ChangeLine of(End end) {
    return new ChangeLine(null, null, null, end, null);
  }

  public static ChangeLine ofSignature(String signature) {
    return new ChangeLine(null, null, null, null, signature);
  }
}
