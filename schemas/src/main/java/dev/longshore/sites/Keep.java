package dev.longshore.sites;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;

/** On which nodes of a site an image is kept. */
public enum Keep {
  /** On each node. */
  @JsonEnumDefaultValue
  @JsonProperty("every-node")
  EVERY_NODE,
  /** On one node, from which the others take it. */
  @JsonProperty("any-node")
  ANY_NODE,
  /** Nowhere before somebody asks for it. */
  @JsonProperty("on-demand")
  ON_DEMAND
}
