package dev.longshore.resolver.image.member;

import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;

/**
 * A manifest that refers to another one: a signature, an SBOM.
 *
 * @param subject digest of the other manifest
 * @param descriptor its entry in a list of referrers
 */
public record Referrer(Digest subject, Descriptor descriptor) {
  /** Limit of hex digits of the digest in a referrers tag. */
  private static final int HEX = 64;

  /**
   * The tag under which clients list a manifest's referrers if the registry does not (distribution
   * specification, "Referrers tag schema").
   */
  public static String tag(Digest subject) {
    String hex = subject.hex();
    return subject.algorithm().prefix() + "-" + hex.substring(0, Math.min(HEX, hex.length()));
  }
}
