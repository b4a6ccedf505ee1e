package dev.longshore.converter.mode;

import dev.longshore.converter.blob.LayerTransform;
import dev.longshore.converter.source.ImagePlan;
import dev.longshore.converter.source.PlanNode;
import dev.longshore.model.Digest;
import java.util.Map;

/** Nothing changes. */
public record PlainMode() implements ConversionMode {
  @Override
  public LayerTransform of(PlanNode.Image image, int layer) {
    return LayerTransform.AS_IS;
  }

  @Override
  public PlainMode knowing(Map<Digest, byte[]> configs) {
    return this;
  }

  @Override
  public boolean keeps(PlanNode entry) {
    return true;
  }

  @Override
  public boolean rewritesConfig(PlanNode.Image image) {
    return false;
  }

  @Override
  public boolean mayNameDigests() {
    return true;
  }

  @Override
  public void requireFit(ImagePlan plan) {}
}
