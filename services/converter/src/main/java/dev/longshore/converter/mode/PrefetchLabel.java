package dev.longshore.converter.mode;

import dev.longshore.converter.source.PlanNode;
import dev.longshore.converter.source.Reason;
import dev.longshore.estargz.EstargzSettings;
import dev.longshore.model.OciFormatException;
import dev.longshore.oci.ImageConfig;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import java.util.Arrays;
import java.util.List;

/**
 * The image's own label for the files that a lazily started container needs first. The source's
 * digest covers it, and so does the key of the result.
 */
final class PrefetchLabel {
  /** In the config; paths one per line, or separated by commas. */
  static final String NAME = "dev.longshore.prefetch";

  private PrefetchLabel() {}

  /**
   * Paths in order; empty if the image has no label. Skips paths that no layer can have, just as
   * missing ones are ignored.
   */
  static List<String> paths(PlanNode.Image image, byte[] config) throws PermanentFailure {
    String label;
    try {
      label = ImageConfig.labels(config).getOrDefault(NAME, "");
    } catch (OciFormatException e) {
      throw Reason.CONFIG_INVALID.failure(
          "config %s of %s: %s"
              .formatted(
                  image.manifest().config().digest(), image.descriptor().digest(), e.getMessage()),
          e);
    }
    List<String> paths =
        Arrays.stream(label.split("[,\n]", -1))
            .map(String::strip)
            .filter(path -> !path.isEmpty() && EstargzSettings.canBePrefetched(path))
            .toList();
    if (paths.size() > EstargzSettings.MAX_PREFETCH) {
      throw Reason.CONFIG_INVALID.failure(
          "config %s of %s: label %s names %,d files (expected: at most %,d)"
              .formatted(
                  image.manifest().config().digest(),
                  image.descriptor().digest(),
                  NAME,
                  paths.size(),
                  EstargzSettings.MAX_PREFETCH));
    }
    return paths;
  }
}
