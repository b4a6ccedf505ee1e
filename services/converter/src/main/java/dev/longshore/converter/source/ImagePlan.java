package dev.longshore.converter.source;

import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.MediaType;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The structure of an image, before any blob is read.
 *
 * @param top the observed manifest or index
 * @param manifests every manifest and index by the digest that names it, the top first
 * @param blobs every config and layer by its digest, in order of first mention
 */
public record ImagePlan(
    PlanNode top, Map<Digest, Manifest> manifests, Map<Digest, Descriptor> blobs) {
  public static ImagePlan of(PlanNode top) throws PermanentFailure {
    var manifests = new LinkedHashMap<Digest, Manifest>();
    var blobs = new LinkedHashMap<Digest, Descriptor>();
    collect(top, manifests, blobs);
    return new ImagePlan(top, manifests, blobs);
  }

  /** The manifest that the observed one refers to, as a signature or an SBOM does. */
  public Optional<Digest> subject() {
    return Optional.ofNullable(manifests.get(top.descriptor().digest()))
        .flatMap(Manifest::subject)
        .map(Descriptor::digest);
  }

  /** The same without the excluded index entries, at every level. */
  public ImagePlan only(Predicate<PlanNode> kept) throws PermanentFailure {
    PlanNode pruned = pruned(top, kept);
    return pruned.equals(top) ? this : of(pruned);
  }

  private static PlanNode pruned(PlanNode node, Predicate<PlanNode> kept) {
    return switch (node) {
      case PlanNode.Index(var descriptor, var index, var entries) ->
          new PlanNode.Index(
              descriptor,
              index,
              entries.stream().filter(kept).map(entry -> pruned(entry, kept)).toList());
      case PlanNode.Image image -> image;
      case PlanNode.Blob blob -> blob;
    };
  }

  private static void collect(
      PlanNode node, Map<Digest, Manifest> manifests, Map<Digest, Descriptor> blobs)
      throws PermanentFailure {
    switch (node) {
      case PlanNode.Index(var descriptor, var index, var kept) -> {
        manifests.put(descriptor.digest(), index);
        for (PlanNode entry : kept) {
          collect(entry, manifests, blobs);
        }
      }
      case PlanNode.Image(var descriptor, var manifest) -> {
        manifests.put(descriptor.digest(), manifest);
        for (Descriptor blob : manifest.children()) {
          add(blob, blobs);
        }
      }
      case PlanNode.Blob(var descriptor) -> add(descriptor, blobs);
    }
  }

  private static void add(Descriptor blob, Map<Digest, Descriptor> blobs) throws PermanentFailure {
    Descriptor before = blobs.get(blob.digest());
    if (before != null && before.size() != blob.size()) {
      throw Reason.SIZE_MISMATCH.failure(
          "%s: one descriptor says %d bytes, another %d"
              .formatted(blob.digest(), before.size(), blob.size()));
    }
    // A layer that is also named as an ordinary one must be there.
    if (before == null || isForeign(before)) {
      blobs.put(blob.digest(), blob);
    }
    if (blobs.size() > ImageLimits.BLOBS) {
      throw Reason.TOO_MANY_BLOBS.failure(
          "the image has more than " + ImageLimits.BLOBS + " configs and layers");
    }
  }

  /** Whether the registry may lack it because its vendor serves it by url. */
  public static boolean isForeign(Descriptor blob) {
    return MediaType.isForeignLayer(blob.mediaType());
  }

  public Digest digest() {
    return top.descriptor().digest();
  }

  /** Bytes of the original manifests and indexes. */
  public long manifestBytes() {
    long sum = 0;
    for (Manifest manifest : manifests.values()) {
      sum += manifest.raw().size();
    }
    return sum;
  }

  /** Bytes of manifests, configs and layers, each once, without those left out. */
  public long bytes(Collection<Digest> without) {
    long sum = manifestBytes();
    for (Descriptor blob : blobs.values()) {
      sum += without.contains(blob.digest()) ? 0 : blob.size();
    }
    return sum;
  }
}
