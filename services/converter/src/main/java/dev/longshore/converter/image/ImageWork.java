package dev.longshore.converter.image;

import dev.longshore.converter.blob.BlobKey;
import dev.longshore.converter.blob.BlobTask;
import dev.longshore.converter.mode.CanonicalRecipe;
import dev.longshore.converter.mode.ConversionMode;
import dev.longshore.converter.source.ImagePlan;
import dev.longshore.converter.source.SourceRepository;
import dev.longshore.model.Digest;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import java.util.Map;

/**
 * What an image in its mode consists of, whichever ingest peer it is written to.
 *
 * @param parts its mode, which knows the configs
 * @param configs those that the mode must rewrite, as their source has them
 * @param tasks the work for its configs and layers
 */
public record ImageWork(
    ImagePlan plan,
    CanonicalRecipe recipe,
    ConversionMode parts,
    Map<Digest, byte[]> configs,
    Map<BlobKey, BlobTask> tasks) {

  /** Reads what has to be known before. */
  public static ImageWork of(
      SourceRepository upstream, ImagePlan plan, CanonicalRecipe recipe, ConversionMode mode)
      throws TransientFailure, PermanentFailure, InterruptedException {
    Map<Digest, byte[]> configs = SourceConfigs.read(upstream, plan, mode);
    ConversionMode parts = mode.knowing(configs);
    return new ImageWork(plan, recipe, parts, configs, ImageTasks.of(plan, parts));
  }
}
