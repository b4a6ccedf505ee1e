package dev.longshore.converter.source;

import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.MediaType;
import java.util.List;

/** A part of an image, as its parent describes it. */
public sealed interface PlanNode {
  /** Marks an index entry that describes another one (BuildKit). */
  String REFERENCE_TYPE = "vnd.docker.reference.type";

  /** Digest of the described entry. */
  String REFERENCE_DIGEST = "vnd.docker.reference.digest";

  /** As in the parent; that of the top holds only media type, digest and size. */
  Descriptor descriptor();

  /**
   * An index.
   *
   * @param kept its entries without those for other platforms, in order
   */
  record Index(Descriptor descriptor, ImageIndex index, List<PlanNode> kept) implements PlanNode {
    public Index {
      kept = List.copyOf(kept);
    }
  }

  /** An image or artifact; its config and layers are blobs, whatever their media types say. */
  record Image(Descriptor descriptor, ImageManifest manifest) implements PlanNode {
    /** Whether it can run, rather than being an attestation, signature or other artifact. */
    public boolean isRunnable() {
      return MediaType.isConfig(manifest.config().mediaType())
          && manifest.head().artifactType().isEmpty()
          && manifest.subject().isEmpty()
          && !saysSomethingOfAnother();
    }

    private boolean saysSomethingOfAnother() {
      return descriptor.annotations().containsKey(REFERENCE_TYPE)
          || descriptor.annotations().containsKey(REFERENCE_DIGEST);
    }
  }

  /** An index entry that is neither. */
  record Blob(Descriptor descriptor) implements PlanNode {}
}
