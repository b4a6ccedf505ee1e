package dev.longshore.converter;

import dev.longshore.oci.Descriptor;

/**
 * A config or layer, and what is to be made of it.
 *
 * @param blob as the manifest names it
 */
record BlobTask(Descriptor blob, LayerForm form) {
  BlobKey key() {
    return new BlobKey(blob.digest(), form.transform());
  }
}
