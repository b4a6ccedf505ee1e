package dev.longshore.converter.mode;

import dev.longshore.converter.blob.LayerTransform;
import dev.longshore.converter.source.ImagePlan;
import dev.longshore.converter.source.PlanNode;
import dev.longshore.model.Digest;
import dev.longshore.oci.MediaType;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import java.util.Map;
import java.util.Set;

/** What a mode makes of each part of an image. */
public sealed interface ConversionMode permits PlainMode, LazyMode, EncryptedMode {
  /**
   * Media types of layers that are not foreign; Docker's zstd type has no OCI name in its
   * converter.
   */
  Set<String> IMAGE_LAYERS =
      Set.of(
          MediaType.OCI_LAYER,
          MediaType.OCI_LAYER_GZIP,
          MediaType.OCI_LAYER_ZSTD,
          MediaType.DOCKER_LAYER,
          MediaType.DOCKER_LAYER_GZIP,
          MediaType.DOCKER_LAYER_ZSTD);

  /**
   * The transform for a layer.
   *
   * @param layer its place in the manifest
   * @throws PermanentFailure when this mode cannot convert the image
   */
  LayerTransform of(PlanNode.Image image, int layer) throws PermanentFailure;

  /**
   * The same if it depends on the source's configs.
   *
   * @param configs the configs to rewrite, by digest
   */
  ConversionMode knowing(Map<Digest, byte[]> configs);

  /** Whether the mode's image has this entry of an index. */
  boolean keeps(PlanNode entry);

  /** Whether the config is rewritten because it names the layers' tars. */
  boolean rewritesConfig(PlanNode.Image image) throws PermanentFailure;

  /**
   * Whether annotations of manifests and descriptors may name content by its digest. If not, they
   * would reveal the readable content behind the image.
   */
  boolean mayNameDigests();

  /**
   * Refuses an image that the mode cannot convert, or one that would expose content chosen to be
   * secret.
   *
   * @param plan without the parts that the mode leaves out
   */
  void requireFit(ImagePlan plan) throws PermanentFailure;

  /** Whether a mode may change the layer. */
  static boolean isChangeable(PlanNode.Image image, int layer) {
    String mediaType = image.manifest().layers().get(layer).mediaType();
    return image.isRunnable() && IMAGE_LAYERS.contains(mediaType);
  }
}
