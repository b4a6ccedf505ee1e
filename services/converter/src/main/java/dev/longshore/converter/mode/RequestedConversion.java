package dev.longshore.converter.mode;

import dev.longshore.converter.source.ImagePlan;
import dev.longshore.converter.source.Reason;
import dev.longshore.model.Platform;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import java.util.List;
import java.util.Set;

/**
 * One requested conversion.
 *
 * @param copies verified copies to reach
 * @param maxBytes limit for manifests, configs and layers together
 */
public record RequestedConversion(CanonicalRecipe recipe, int copies, long maxBytes) {
  /** The same for these platforms; itself if it already is. */
  public RequestedConversion onlyFor(List<Platform> platforms) {
    return platforms.equals(recipe.wantedPlatforms())
        ? this
        : new RequestedConversion(recipe.onlyFor(platforms), copies, maxBytes);
  }

  /**
   * The part of the image that the mode converts. Before any blob is read, refuses an image that is
   * too large or does not fit the mode.
   */
  public ImagePlan of(ImagePlan image, ConversionMode mode) throws PermanentFailure {
    requireAllowed(image);
    ImagePlan kept = image.only(mode::keeps);
    mode.requireFit(kept);
    return kept;
  }

  private void requireAllowed(ImagePlan plan) throws PermanentFailure {
    long bytes = plan.bytes(Set.of());
    if (bytes > maxBytes) {
      throw Reason.IMAGE_TOO_BIG.failure(
          "%s: %d bytes (expected: at most %d; raise max-size of its rule or converter.max-image-size)"
              .formatted(plan.digest(), bytes, maxBytes));
    }
  }
}
