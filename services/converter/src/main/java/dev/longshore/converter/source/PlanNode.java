package dev.longshore.converter.source;

import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.MediaType;
import java.util.List;

/** A part of an image as its parent names it. */
public sealed interface PlanNode {
  /** Says of an entry of an index that it describes another one (BuildKit). */
  String REFERENCE_TYPE = "vnd.docker.reference.type";

  /** Digest of the entry that is described. */
  String REFERENCE_DIGEST = "vnd.docker.reference.digest";

  /** As the parent has it; the top's own holds media type, digest and size alone. */
  Descriptor descriptor();

  /**
   * An index.
   *
   * @param kept its entries but those of other platforms, in order
   */
  record Index(Descriptor descriptor, ImageIndex index, List<PlanNode> kept) implements PlanNode {
    public Index {
      kept = List.copyOf(kept);
    }
  }

  /** An image or artifact; its config and layers are blobs, whatever their media types say. */
  record Image(Descriptor descriptor, ImageManifest manifest) implements PlanNode {
    /** Whether it is one that runs, and no attestation, signature or other artifact. */
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

  /** An entry of an index that is neither. */
  record Blob(Descriptor descriptor) implements PlanNode {}
}
