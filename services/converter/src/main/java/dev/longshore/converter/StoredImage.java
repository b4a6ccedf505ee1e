package dev.longshore.converter;

import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.oci.Digest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * An image that the ingest peer holds and has pinned.
 *
 * @param source as it was observed
 * @param plan as its mode has it
 * @param blobs what became of each config and layer that is there
 * @param links the same by the digests that the mode's manifests name
 * @param platforms os/arch[/variant] of the images within, sorted
 */
record StoredImage(
    ImagePlan source,
    ImagePlan plan,
    Map<BlobKey, StoredBlob> blobs,
    Map<Digest, DagLink> links,
    ImageDag dag,
    List<String> platforms) {

  /** Foreign layers that the registry does not serve, in order. */
  Set<Digest> missing() {
    var missing = new TreeSet<>(plan.blobs().keySet());
    missing.removeAll(links.keySet());
    return missing;
  }
}
