package dev.longshore.resolver.image.member;

import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.oci.MediaType;

/**
 * A manifest, config or layer of an image.
 *
 * @param size bytes, from its descriptor
 * @param mediaType from its descriptor
 * @param cid CID of the UnixFS file with its bytes
 */
public record Member(Digest digest, long size, String mediaType, Cid cid) {
  /** Whether registries serve it under {@code /manifests/}. */
  public boolean isManifest() {
    return MediaType.isManifest(mediaType);
  }
}
