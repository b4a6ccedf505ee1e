package dev.longshore.oci;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The manifest of an image for one platform, or of an artifact.
 *
 * @param layers lowest first; {@link #layersNull} tells an absent field from an empty list, which
 *     give different bytes
 */
public record ImageManifest(
    RawManifest raw,
    String mediaType,
    ManifestHead head,
    Descriptor config,
    List<Descriptor> layers,
    boolean layersNull)
    implements Manifest {

  public ImageManifest {
    layers = List.copyOf(layers);
  }

  /** A new manifest, with the bytes of Go's encoder. */
  public static ImageManifest of(ManifestHead head, Descriptor config, List<Descriptor> layers) {
    return of(head, config, layers, false);
  }

  private static ImageManifest of(
      ManifestHead head, Descriptor config, List<Descriptor> layers, boolean layersNull) {
    byte[] bytes =
        OciJson.manifest(head, config, layersNull ? Optional.empty() : Optional.of(layers));
    String mediaType = head.declaredMediaType().orElse(MediaType.OCI_MANIFEST);
    return new ImageManifest(RawManifest.of(bytes), mediaType, head, config, layers, layersNull);
  }

  /** The artifact type: the field or, if absent, the config's media type. */
  @Override
  public Optional<String> artifactType() {
    if (head.artifactType().isPresent()) {
      return head.artifactType();
    }
    return MediaType.isConfig(config.mediaType())
        ? Optional.empty()
        : Optional.of(config.mediaType());
  }

  /**
   * The manifest in OCI's media types with config and layers replaced, rewritten. Fields outside
   * the specification are lost.
   */
  public ImageManifest rewrite(UnaryOperator<Descriptor> child) {
    var newLayers = new ArrayList<Descriptor>(layers.size());
    layers.forEach(layer -> newLayers.add(child.apply(layer)));
    return of(head.toOci(), child.apply(config), newLayers, layersNull);
  }

  /** The same with other annotations, rewritten; itself if they are the same. */
  public ImageManifest withAnnotations(Map<String, String> annotations) {
    return annotations.equals(head.annotations())
        ? this
        : of(head.withAnnotations(annotations), config, layers, layersNull);
  }

  /** The manifest in OCI's media type with this config and these layers, rewritten. */
  public ImageManifest rewrite(Descriptor newConfig, List<Descriptor> newLayers) {
    return of(head.toOci(), newConfig, newLayers, layersNull && newLayers.isEmpty());
  }

  @Override
  public List<Descriptor> children() {
    var all = new ArrayList<Descriptor>(layers.size() + 1);
    all.add(config);
    all.addAll(layers);
    return List.copyOf(all);
  }
}
