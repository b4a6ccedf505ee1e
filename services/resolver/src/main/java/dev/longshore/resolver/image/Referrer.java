package dev.longshore.resolver.image;

import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;

/**
 * A manifest that says to which other one it belongs: a signature, an SBOM.
 *
 * @param subject digest of what it belongs to
 * @param descriptor how it stands in a list of referrers
 */
public record Referrer(Digest subject, Descriptor descriptor) {
  /** Characters of a digest's hex that the tag of its referrers has at most. */
  private static final int HEX = 64;

  /**
   * The tag under which clients list a manifest's referrers where a registry does not (distribution
   * specification, "Referrers tag schema").
   */
  static String tag(Digest subject) {
    String hex = subject.hex();
    return subject.algorithm().prefix() + "-" + hex.substring(0, Math.min(HEX, hex.length()));
  }
}
