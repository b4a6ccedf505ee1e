package dev.longshore.converter;

import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Digest;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.MediaType;
import dev.longshore.runtime.step.PermanentFailure;
import java.util.Map;
import java.util.Set;

/** What a recipe makes of each part of an image. */
interface LayerForms {
  /** Nothing changes: plain mode. */
  LayerForms AS_IS = (_, _) -> LayerForm.AS_IS;

  /** Layers of images that are not foreign; Docker's zstd type has no OCI name in its converter. */
  Set<String> IMAGE_LAYERS =
      Set.of(
          MediaType.OCI_LAYER,
          MediaType.OCI_LAYER_GZIP,
          MediaType.OCI_LAYER_ZSTD,
          MediaType.DOCKER_LAYER,
          MediaType.DOCKER_LAYER_GZIP,
          MediaType.DOCKER_LAYER_ZSTD);

  /** Types of layers whose digest is that of their tar. */
  Set<String> UNCOMPRESSED = Set.of(MediaType.OCI_LAYER, MediaType.DOCKER_LAYER);

  /**
   * What becomes of a layer.
   *
   * @param layer its place in the manifest
   * @throws PermanentFailure when the image is not one of which this can be made
   */
  LayerForm of(PlanNode.Image image, int layer) throws PermanentFailure;

  /**
   * The same where the source's configs have a say in it.
   *
   * @param configs those that are written anew, by digest
   */
  default LayerForms knowing(Map<Digest, byte[]> configs) {
    return this;
  }

  /** Whether the mode's image has this entry of an index. */
  default boolean keeps(PlanNode entry) {
    return true;
  }

  /** Whether the tars in the layers are other ones, which the config names. */
  default boolean changesTars() {
    return false;
  }

  /** Refuses an image of which the mode has nothing to make, where that matters. */
  default void requireSense(ImagePlan plan) throws PermanentFailure {}

  /** Refuses an image of which something chosen to be secret would be readable for all. */
  default void requireSecret(ImagePlan plan) throws PermanentFailure {}

  /**
   * Whether annotations of manifests and descriptors may name content by its digest. Where they may
   * not, they would tell of which readable content this was made.
   */
  default boolean mayNameDigests() {
    return true;
  }

  /** Whether the config is written anew. */
  default boolean rewritesConfig(PlanNode.Image image) throws PermanentFailure {
    if (changesTars()) {
      for (int i = 0; i < image.manifest().layers().size(); i++) {
        if (of(image, i).changes()) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether this is an image that runs, and no attestation, signature or other artifact. */
  static boolean isRunnable(PlanNode.Image image) {
    ImageManifest manifest = image.manifest();
    return MediaType.isConfig(manifest.config().mediaType())
        && manifest.head().artifactType().isEmpty()
        && manifest.subject().isEmpty()
        && !isAttestation(image.descriptor());
  }

  /** Whether an entry of an index says something of another one of its entries. */
  static boolean isAttestation(Descriptor entry) {
    return entry.annotations().containsKey(ModeImage.REFERENCE_TYPE)
        || entry.annotations().containsKey(ModeImage.REFERENCE_DIGEST);
  }

  /** Whether it is a layer that a mode may change. */
  static boolean isChangeable(PlanNode.Image image, int layer) {
    String mediaType = image.manifest().layers().get(layer).mediaType();
    return isRunnable(image) && IMAGE_LAYERS.contains(mediaType);
  }
}
