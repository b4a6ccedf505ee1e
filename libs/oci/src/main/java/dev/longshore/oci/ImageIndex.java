package dev.longshore.oci;

import dev.longshore.model.Platform;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An index (Docker: manifest list): the same image for several platforms, with attestations. */
public record ImageIndex(
    RawManifest raw,
    String mediaType,
    ManifestHead head,
    List<Descriptor> manifests,
    boolean manifestsNull)
    implements Manifest {

  public ImageIndex {
    manifests = List.copyOf(manifests);
  }

  /** A new index, with the bytes of Go's encoder. */
  public static ImageIndex of(ManifestHead head, List<Descriptor> manifests) {
    return of(head, manifests, false);
  }

  private static ImageIndex of(
      ManifestHead head, List<Descriptor> manifests, boolean manifestsNull) {
    byte[] bytes = OciJson.index(head, manifestsNull ? Optional.empty() : Optional.of(manifests));
    String mediaType = head.declaredMediaType().orElse(MediaType.OCI_INDEX);
    return new ImageIndex(RawManifest.of(bytes), mediaType, head, manifests, manifestsNull);
  }

  /** The same with other annotations, rewritten; itself if they are the same. */
  public ImageIndex withAnnotations(Map<String, String> annotations) {
    return annotations.equals(head.annotations())
        ? this
        : of(head.withAnnotations(annotations), manifests, manifestsNull);
  }

  /** The index in OCI's media type with these entries, rewritten. */
  public ImageIndex rewrite(List<Descriptor> newManifests) {
    return of(head.toOci(), newManifests, manifestsNull && newManifests.isEmpty());
  }

  /**
   * The entries for these platforms, in the index's order. As containerd filters, entries without a
   * platform always stay.
   */
  public List<Descriptor> entriesFor(List<Platform> wanted) {
    return manifests.stream()
        .filter(
            entry -> entry.platform().map(p -> wanted.stream().anyMatch(p::matches)).orElse(true))
        .toList();
  }

  @Override
  public Optional<String> artifactType() {
    return head.artifactType();
  }

  @Override
  public List<Descriptor> children() {
    return manifests;
  }
}
