package dev.longshore.converter.image;

import dev.longshore.converter.mode.ConversionMode;
import dev.longshore.converter.source.ImageLimits;
import dev.longshore.converter.source.ImagePlan;
import dev.longshore.converter.source.PlanNode;
import dev.longshore.converter.source.Reason;
import dev.longshore.converter.source.SourceRepository;
import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Reads the configs that a mode must rewrite; the originals do not enter its image. */
final class SourceConfigs {
  private final SourceRepository upstream;
  private final ConversionMode mode;
  private final Map<Digest, byte[]> read = new HashMap<>();
  private long bytes;

  private SourceConfigs(SourceRepository upstream, ConversionMode mode) {
    this.upstream = upstream;
    this.mode = mode;
  }

  static Map<Digest, byte[]> read(SourceRepository upstream, ImagePlan plan, ConversionMode mode)
      throws TransientFailure, PermanentFailure, InterruptedException {
    return read(upstream, plan, mode, Map.of());
  }

  /**
   * Reads the unknown ones.
   *
   * @return these and the known ones
   */
  static Map<Digest, byte[]> read(
      SourceRepository upstream, ImagePlan plan, ConversionMode mode, Map<Digest, byte[]> known)
      throws TransientFailure, PermanentFailure, InterruptedException {
    var configs = new SourceConfigs(upstream, mode);
    configs.read.putAll(known);
    configs.visit(plan.top());
    return configs.read;
  }

  private void visit(PlanNode node)
      throws TransientFailure, PermanentFailure, InterruptedException {
    switch (node) {
      case PlanNode.Index(_, _, var kept) -> {
        for (PlanNode entry : kept) {
          visit(entry);
        }
      }
      case PlanNode.Image image -> {
        Descriptor config = image.manifest().config();
        if (mode.rewritesConfig(image) && !read.containsKey(config.digest())) {
          read.put(config.digest(), content(config));
        }
      }
      case PlanNode.Blob _ -> {}
    }
  }

  private byte[] content(Descriptor config)
      throws TransientFailure, PermanentFailure, InterruptedException {
    bytes += config.size();
    if (config.size() > ImageLimits.CONFIG_BYTES || bytes > ImageLimits.CONFIGS_BYTES) {
      throw Reason.CONFIG_INVALID.failure(
          "%s: config %s has %d bytes, all so far %d (expected: at most %d and %d)"
              .formatted(
                  upstream.name(),
                  config.digest(),
                  config.size(),
                  bytes,
                  ImageLimits.CONFIG_BYTES,
                  ImageLimits.CONFIGS_BYTES));
    }
    try (BlobStream in = upstream.open(config)) {
      return in.readAllBytes();
    } catch (RegistryException e) {
      throw upstream.failedBlob(e);
    } catch (IOException e) {
      throw upstream.brokenOff(e);
    }
  }
}
