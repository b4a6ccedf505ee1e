package dev.longshore.events;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;

/** The state of one peer's copy of an image DAG. */
public enum CopyStatus {
  @JsonProperty("pinning")
  PINNING,
  @JsonProperty("verified")
  VERIFIED,
  @JsonProperty("failed")
  FAILED,
  /** One that a later release writes: neither verified nor failed. */
  @JsonEnumDefaultValue
  @JsonProperty("unknown")
  UNKNOWN
}
