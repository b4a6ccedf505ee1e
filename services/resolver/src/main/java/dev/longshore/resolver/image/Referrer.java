package dev.longshore.resolver.image;

import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Digest;

/**
 * A manifest that says to which other one it belongs: a signature, an SBOM.
 *
 * @param subject digest of what it belongs to
 * @param descriptor how it stands in a list of referrers
 */
public record Referrer(Digest subject, Descriptor descriptor) {}
