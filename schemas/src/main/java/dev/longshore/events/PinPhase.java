package dev.longshore.events;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether an image DAG is to be kept. */
public enum PinPhase {
  @JsonProperty("kept")
  KEPT,
  /** Nothing wants it any longer; it stays for the time of grace. */
  @JsonProperty("surplus")
  SURPLUS,
  /** Its pins may be taken off the peers. */
  @JsonProperty("releasing")
  RELEASING,
  /** No pin of it is left. */
  @JsonProperty("gone")
  GONE,
  /** One that a later release writes. */
  @JsonEnumDefaultValue
  @JsonProperty("unknown")
  UNKNOWN
}
