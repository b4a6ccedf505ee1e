package dev.longshore.converter.image;

import dev.longshore.converter.blob.BlobKey;
import dev.longshore.converter.blob.StoredBlob;
import dev.longshore.converter.source.ImagePlan;
import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * An image that the ingest peer holds and has pinned.
 *
 * @param source as it was observed
 * @param plan in its mode
 * @param blobs the result for each config and layer that is there
 * @param links the same by the digests in the mode's manifests
 * @param platforms os/arch[/variant] of the images within, sorted
 */
public record StoredImage(
    ImagePlan source,
    ImagePlan plan,
    Map<BlobKey, StoredBlob> blobs,
    Map<Digest, DagLink> links,
    ImageLayout dag,
    List<String> platforms) {

  /** CID of the image DAG. */
  public Cid cid() {
    return dag.link().cid();
  }

  /** Foreign layers that the registry does not serve, in order. */
  public Set<Digest> missing() {
    var missing = new TreeSet<>(plan.blobs().keySet());
    missing.removeAll(links.keySet());
    return missing;
  }
}
