package dev.longshore.converter.mode;

import dev.longshore.converter.source.ImagePlan;
import dev.longshore.converter.source.PlanNode;
import dev.longshore.converter.source.Reason;
import dev.longshore.model.Digest;
import dev.longshore.model.Mode;
import dev.longshore.oci.Descriptor;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a mode makes of an image, as far as that can be told without its settings and without
 * reading a blob.
 *
 * @param kept what the mode's image has of it
 * @param changed digests of the layers that it writes anew
 */
public record PlannedMode(ImagePlan kept, Set<Digest> changed) {
  public PlannedMode {
    changed = Set.copyOf(changed);
  }

  /**
   * By the image's manifests.
   *
   * @throws PermanentFailure if the mode cannot be made of it
   */
  public static PlannedMode of(ImagePlan plan, Mode mode) throws PermanentFailure {
    if (mode == Mode.PLAIN) {
      return new PlannedMode(plan, Set.of());
    }
    ImagePlan kept = mode == Mode.ENCRYPTED ? plan.only(EncryptedMode::isImage) : plan;
    Set<Digest> changed = new HashSet<>();
    collect(kept.top(), changed);
    if (mode == Mode.ENCRYPTED && (!EncryptedMode.isImage(kept.top()) || changed.isEmpty())) {
      throw Reason.NOTHING_TO_ENCRYPT.failure(plan.digest() + ": it has no layer to encrypt");
    }
    return new PlannedMode(kept, changed);
  }

  private static void collect(PlanNode node, Set<Digest> changed) {
    switch (node) {
      case PlanNode.Index(_, _, var kept) -> kept.forEach(entry -> collect(entry, changed));
      case PlanNode.Image image -> {
        List<Descriptor> layers = image.manifest().layers();
        for (int i = 0; i < layers.size(); i++) {
          if (ConversionMode.isChangeable(image, i)) {
            changed.add(layers.get(i).digest());
          }
        }
      }
      case PlanNode.Blob _ -> {}
    }
  }
}
