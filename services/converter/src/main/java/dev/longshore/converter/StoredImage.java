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
 * @param links what became of each config and layer that is there
 * @param platforms os/arch[/variant] of the images within, sorted
 */
record StoredImage(
    ImagePlan plan, Map<Digest, DagLink> links, ImageDag dag, List<String> platforms) {

  /** Foreign layers that the registry does not serve, in order. */
  Set<Digest> missing() {
    var missing = new TreeSet<>(plan.blobs().keySet());
    missing.removeAll(links.keySet());
    return missing;
  }
}
