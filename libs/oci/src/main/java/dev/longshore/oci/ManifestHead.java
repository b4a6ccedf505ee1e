package dev.longshore.oci;

import java.util.Map;
import java.util.Optional;

/**
 * The common fields of manifests and indexes.
 *
 * @param declaredMediaType the field in the body; absent in many older OCI manifests
 * @param subject the manifest that this refers to, if it is a referrer
 */
public record ManifestHead(
    Optional<String> declaredMediaType,
    Optional<String> artifactType,
    Optional<Descriptor> subject,
    Map<String, String> annotations) {

  public ManifestHead {
    annotations = Annotations.kept(annotations);
  }

  /** A head with a media type and nothing else. */
  public static ManifestHead of(String mediaType) {
    return new ManifestHead(Optional.of(mediaType), Optional.empty(), Optional.empty(), Map.of());
  }

  public ManifestHead withSubject(Descriptor newSubject) {
    return new ManifestHead(declaredMediaType, artifactType, Optional.of(newSubject), annotations);
  }

  public ManifestHead withArtifactType(String newArtifactType) {
    return new ManifestHead(declaredMediaType, Optional.of(newArtifactType), subject, annotations);
  }

  public ManifestHead withAnnotations(Map<String, String> newAnnotations) {
    return new ManifestHead(declaredMediaType, artifactType, subject, newAnnotations);
  }

  ManifestHead toOci() {
    return new ManifestHead(
        declaredMediaType.map(MediaType::toOci), artifactType, subject, annotations);
  }
}
