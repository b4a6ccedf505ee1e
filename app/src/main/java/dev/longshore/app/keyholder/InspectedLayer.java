package dev.longshore.app.keyholder;

import dev.longshore.oci.Descriptor;
import dev.longshore.ocicrypt.EncryptedMediaType;
import dev.longshore.ocicrypt.KeyPacket;
import dev.longshore.ocicrypt.LayerKeys;
import dev.longshore.ocicrypt.OcicryptException;
import java.util.List;
import java.util.Optional;

/**
 * A layer as described by its descriptor.
 *
 * @param keys its wrapped keys; empty if it is not encrypted
 * @param tocDigest of the table of contents, if it can be read lazily
 * @param problem why its recipients cannot be read
 */
public record InspectedLayer(
    Descriptor descriptor,
    boolean encrypted,
    List<KeyPacket> keys,
    Optional<String> tocDigest,
    Optional<String> problem) {
  /** As stargz-snapshotter reads it. */
  private static final String TOC_DIGEST = "containerd.io/snapshot/stargz/toc.digest";

  public InspectedLayer {
    keys = List.copyOf(keys);
  }

  static InspectedLayer of(Descriptor layer) {
    boolean encrypted = EncryptedMediaType.isEncrypted(layer.mediaType());
    Optional<String> toc = Optional.ofNullable(layer.annotations().get(TOC_DIGEST));
    if (!encrypted && !LayerKeys.areIn(layer.annotations())) {
      return new InspectedLayer(layer, false, List.of(), toc, Optional.empty());
    }
    try {
      List<KeyPacket> keys = LayerKeys.inspect(layer.annotations());
      return new InspectedLayer(layer, encrypted, keys, toc, Optional.empty());
    } catch (OcicryptException e) {
      return new InspectedLayer(
          layer, encrypted, List.of(), toc, Optional.of(String.valueOf(e.getMessage())));
    }
  }
}
