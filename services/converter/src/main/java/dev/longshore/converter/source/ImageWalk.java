package dev.longshore.converter.source;

import dev.longshore.model.Digest;
import dev.longshore.model.Platform;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.MediaType;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads an image's manifests from the top down, within {@link ImageLimits}. Filters as containerd
 * does: leaves out entries for other platforms, keeps entries without one, and does not filter an
 * image that is not an index. An empty index is valid: clients leave one under a tag after removing
 * the last signature from their list.
 */
public final class ImageWalk {
  private final SourceRepository upstream;
  private final List<Platform> wanted;
  private final Map<Digest, Manifest> read = new HashMap<>();
  private int named;
  private long bytes;

  private ImageWalk(SourceRepository upstream, List<Platform> wanted) {
    this.upstream = upstream;
    this.wanted = wanted;
  }

  /**
   * Plans the image from its manifests, without reading a blob.
   *
   * @param wanted platforms; none means all
   */
  public static ImagePlan plan(SourceRepository upstream, Descriptor top, List<Platform> wanted)
      throws TransientFailure, PermanentFailure, InterruptedException {
    var walk = new ImageWalk(upstream, wanted);
    return ImagePlan.of(walk.visit(top, 1));
  }

  private PlanNode visit(Descriptor descriptor, int level)
      throws TransientFailure, PermanentFailure, InterruptedException {
    return switch (manifest(descriptor)) {
      case ImageManifest image -> new PlanNode.Image(descriptor, image);
      case ImageIndex index -> visit(descriptor, index, level);
    };
  }

  private PlanNode visit(Descriptor descriptor, ImageIndex index, int level)
      throws TransientFailure, PermanentFailure, InterruptedException {
    if (level > ImageLimits.NESTING) {
      throw Reason.NESTING_TOO_DEEP.failure(
          "%s@%s: an index at level %d (expected: at most %d)"
              .formatted(upstream.name(), descriptor.digest(), level, ImageLimits.NESTING));
    }
    List<Descriptor> entries = wanted.isEmpty() ? index.manifests() : index.entriesFor(wanted);
    if (entries.isEmpty() && level == 1 && !index.manifests().isEmpty()) {
      throw Reason.PLATFORM_UNKNOWN.failure(
          "%s@%s: no entry for %s; its %d entries are for %s"
              .formatted(
                  upstream.name(),
                  descriptor.digest(),
                  wanted,
                  index.manifests().size(),
                  index.manifests().stream().flatMap(m -> m.platform().stream()).toList()));
    }
    var kept = new ArrayList<PlanNode>(entries.size());
    for (Descriptor entry : entries) {
      kept.add(
          MediaType.isManifest(entry.mediaType())
              ? visit(entry, level + 1)
              : new PlanNode.Blob(entry));
    }
    return new PlanNode.Index(descriptor, index, kept);
  }

  private Manifest manifest(Descriptor descriptor)
      throws TransientFailure, PermanentFailure, InterruptedException {
    if (++named > ImageLimits.MANIFESTS) {
      throw tooMany("more than " + ImageLimits.MANIFESTS + " manifests");
    }
    Manifest known = read.get(descriptor.digest());
    if (known != null) {
      return known;
    }
    Manifest manifest = upstream.manifest(descriptor);
    bytes += manifest.raw().size();
    if (bytes > ImageLimits.MANIFEST_BYTES) {
      throw tooMany("more than " + ImageLimits.MANIFEST_BYTES + " bytes of manifests");
    }
    read.put(descriptor.digest(), manifest);
    return manifest;
  }

  private PermanentFailure tooMany(String what) {
    return Reason.TOO_MANY_MANIFESTS.failure(upstream.name() + ": the image has " + what);
  }
}
