package dev.longshore.converter;

import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.ImageManifest;
import java.util.List;

/** A part of an image as its parent names it. */
sealed interface PlanNode {
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
  record Image(Descriptor descriptor, ImageManifest manifest) implements PlanNode {}

  /** An entry of an index that is neither. */
  record Blob(Descriptor descriptor) implements PlanNode {}
}
