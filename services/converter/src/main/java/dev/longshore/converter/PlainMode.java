package dev.longshore.converter;

import dev.longshore.oci.Digest;
import java.util.Map;

/** Nothing changes. */
record PlainMode() implements ConversionMode {
  @Override
  public LayerForm of(PlanNode.Image image, int layer) {
    return LayerForm.AS_IS;
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
