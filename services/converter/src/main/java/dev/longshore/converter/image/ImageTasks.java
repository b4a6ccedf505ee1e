package dev.longshore.converter.image;

import dev.longshore.converter.blob.BlobKey;
import dev.longshore.converter.blob.BlobTask;
import dev.longshore.converter.blob.LayerTransform;
import dev.longshore.converter.mode.ConversionMode;
import dev.longshore.converter.source.ImagePlan;
import dev.longshore.converter.source.PlanNode;
import dev.longshore.oci.Descriptor;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import java.util.LinkedHashMap;
import java.util.Map;

/** The work for an image's configs and layers. */
final class ImageTasks {
  private ImageTasks() {}

  /**
   * All tasks for an image, each once, in the order of its manifests. Excludes configs rewritten
   * because a layer's tar changed.
   */
  static Map<BlobKey, BlobTask> of(ImagePlan plan, ConversionMode mode) throws PermanentFailure {
    var tasks = new LinkedHashMap<BlobKey, BlobTask>();
    add(plan.top(), plan, mode, tasks);
    return tasks;
  }

  private static void add(
      PlanNode node, ImagePlan plan, ConversionMode mode, Map<BlobKey, BlobTask> tasks)
      throws PermanentFailure {
    switch (node) {
      case PlanNode.Index(_, _, var kept) -> {
        for (PlanNode entry : kept) {
          add(entry, plan, mode, tasks);
        }
      }
      case PlanNode.Image image -> {
        if (!mode.rewritesConfig(image)) {
          add(plan, image.manifest().config(), LayerTransform.AS_IS, tasks);
        }
        for (int i = 0; i < image.manifest().layers().size(); i++) {
          add(plan, image.manifest().layers().get(i), mode.of(image, i), tasks);
        }
      }
      case PlanNode.Blob(var blob) -> add(plan, blob, LayerTransform.AS_IS, tasks);
    }
  }

  /** A layer that is foreign in one place but ordinary in another must be there. */
  private static void add(
      ImagePlan plan, Descriptor blob, LayerTransform form, Map<BlobKey, BlobTask> tasks) {
    Descriptor agreed = plan.blobs().getOrDefault(blob.digest(), blob);
    var task = new BlobTask(agreed, form);
    tasks.putIfAbsent(task.key(), task);
  }
}
