package dev.longshore.converter.image;

import dev.longshore.converter.source.PlanNode;
import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.IpfsEnabledManifests;
import dev.longshore.oci.Manifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the manifests that refer to their parts by {@code ipfs://} urls, children before parents,
 * with the same bytes as {@code nerdctl push ipfs://}.
 */
final class IpfsEnabledImage {
  private final Map<Digest, DagLink> blobs;
  private final Storage storage;

  /** Stores the bytes of a manifest and returns the result. */
  @FunctionalInterface
  interface Storage {
    DagLink store(Manifest form) throws IOException;
  }

  /**
   * @param blobs results for configs and layers; missing ones keep their urls
   */
  IpfsEnabledImage(Map<Digest, DagLink> blobs, Storage storage) {
    this.blobs = blobs;
    this.storage = storage;
  }

  /** The IPFS-enabled descriptor of this part, with all its manifests stored. */
  Descriptor of(PlanNode node) throws IOException {
    return switch (node) {
      case PlanNode.Index(var descriptor, var index, var kept) -> {
        var entries = new ArrayList<Descriptor>(kept.size());
        for (PlanNode entry : kept) {
          entries.add(of(entry));
        }
        ImageIndex form = IpfsEnabledManifests.index(index, entries);
        yield IpfsEnabledManifests.converted(descriptor, form, cid(storage.store(form)));
      }
      case PlanNode.Image(var descriptor, var manifest) -> {
        ImageManifest form = manifest.rewrite(this::blob);
        yield IpfsEnabledManifests.converted(descriptor, form, cid(storage.store(form)));
      }
      case PlanNode.Blob(var descriptor) -> blob(descriptor);
    };
  }

  private Descriptor blob(Descriptor original) {
    return Optional.ofNullable(blobs.get(original.digest()))
        .map(link -> IpfsEnabledManifests.blob(original, cid(link)))
        .orElseGet(original::toOci);
  }

  private static String cid(DagLink link) {
    return link.cid().toString();
  }
}
