package dev.longshore.converter.mode;

import dev.longshore.converter.blob.LayerForm;
import dev.longshore.converter.source.ImagePlan;
import dev.longshore.converter.source.PlanNode;
import dev.longshore.model.Digest;
import dev.longshore.oci.MediaType;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import java.util.Map;
import java.util.Set;

/** What a mode makes of each part of an image. */
public sealed interface ConversionMode permits PlainMode, LazyMode, EncryptedMode {
  /** Layers of images that are not foreign; Docker's zstd type has no OCI name in its converter. */
  Set<String> IMAGE_LAYERS =
      Set.of(
          MediaType.OCI_LAYER,
          MediaType.OCI_LAYER_GZIP,
          MediaType.OCI_LAYER_ZSTD,
          MediaType.DOCKER_LAYER,
          MediaType.DOCKER_LAYER_GZIP,
          MediaType.DOCKER_LAYER_ZSTD);

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
  ConversionMode knowing(Map<Digest, byte[]> configs);

  /** Whether the mode's image has this entry of an index. */
  boolean keeps(PlanNode entry);

  /** Whether the config is written anew, as it names the tars in the layers. */
  boolean rewritesConfig(PlanNode.Image image) throws PermanentFailure;

  /**
   * Whether annotations of manifests and descriptors may name content by its digest. Where they may
   * not, they would tell of which readable content this was made.
   */
  boolean mayNameDigests();

  /**
   * Refuses an image of which the mode has nothing to make, or of which something chosen to be
   * secret would be readable for all.
   *
   * @param plan without what the mode's image does not have
   */
  void requireFit(ImagePlan plan) throws PermanentFailure;

  /** Whether it is a layer that a mode may change. */
  static boolean isChangeable(PlanNode.Image image, int layer) {
    String mediaType = image.manifest().layers().get(layer).mediaType();
    return image.isRunnable() && IMAGE_LAYERS.contains(mediaType);
  }
}
