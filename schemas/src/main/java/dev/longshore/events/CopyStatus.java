package dev.longshore.events;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How far one peer's copy of an image DAG is. */
public enum CopyStatus {
  @JsonProperty("pinning")
  PINNING,
  @JsonProperty("verified")
  VERIFIED,
  @JsonProperty("failed")
  FAILED
}
