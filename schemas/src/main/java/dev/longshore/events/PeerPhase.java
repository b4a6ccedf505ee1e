package dev.longshore.events;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether a peer answers. */
public enum PeerPhase {
  @JsonProperty("up")
  UP,
  /** It does not answer, or cannot list its pins; its copies count. */
  @JsonProperty("away")
  AWAY,
  /** It was away for too long: its copies count no longer. */
  @JsonProperty("lost")
  LOST,
  /** One that a later release writes. */
  @JsonEnumDefaultValue
  @JsonProperty("unknown")
  UNKNOWN
}
