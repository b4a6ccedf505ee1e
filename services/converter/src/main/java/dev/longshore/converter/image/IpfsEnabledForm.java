package dev.longshore.converter.image;

import dev.longshore.converter.source.PlanNode;
import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.IpfsForm;
import dev.longshore.oci.Manifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the manifests that name their parts by {@code ipfs://} urls, children before parents, with
 * the bytes that {@code nerdctl push ipfs://} gives them.
 */
final class IpfsEnabledForm {
  private final Map<Digest, DagLink> blobs;
  private final Storage storage;

  /** Keeps the bytes of a manifest and says what they became. */
  @FunctionalInterface
  interface Storage {
    DagLink store(Manifest form) throws IOException;
  }

  /**
   * @param blobs what became of configs and layers; those that are missing keep the urls they had
   */
  IpfsEnabledForm(Map<Digest, DagLink> blobs, Storage storage) {
    this.blobs = blobs;
    this.storage = storage;
  }

  /** The descriptor of this part in its IPFS-enabled form; all its manifests were stored. */
  Descriptor of(PlanNode node) throws IOException {
    return switch (node) {
      case PlanNode.Index(var descriptor, var index, var kept) -> {
        var entries = new ArrayList<Descriptor>(kept.size());
        for (PlanNode entry : kept) {
          entries.add(of(entry));
        }
        ImageIndex form = IpfsForm.index(index, entries);
        yield IpfsForm.converted(descriptor, form, cid(storage.store(form)));
      }
      case PlanNode.Image(var descriptor, var manifest) -> {
        ImageManifest form = manifest.rewrite(this::blob);
        yield IpfsForm.converted(descriptor, form, cid(storage.store(form)));
      }
      case PlanNode.Blob(var descriptor) -> blob(descriptor);
    };
  }

  private Descriptor blob(Descriptor original) {
    return Optional.ofNullable(blobs.get(original.digest()))
        .map(link -> IpfsForm.blob(original, cid(link)))
        .orElseGet(original::toOci);
  }

  private static String cid(DagLink link) {
    return link.cid().toString();
  }
}
