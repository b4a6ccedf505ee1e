package dev.longshore.converter.blob;

import dev.longshore.oci.Descriptor;

/**
 * A config or layer and its transform.
 *
 * @param blob as the manifest names it
 */
public record BlobTask(Descriptor blob, LayerTransform form) {
  public BlobKey key() {
    return new BlobKey(blob.digest(), form.transform());
  }
}
