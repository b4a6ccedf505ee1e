package dev.longshore.events;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;

/** What a peer's copy of an image DAG is going through. */
public enum CopyPhase {
  /** It waits for its turn. */
  @JsonProperty("queued")
  QUEUED,
  /** Blocks are on their way. */
  @JsonProperty("copying")
  COPYING,
  /** The blocks are to be there; the peer is asked for each. */
  @JsonProperty("verifying")
  VERIFYING,
  /** Every block is there. */
  @JsonProperty("verified")
  VERIFIED,
  /** No block came for too long. */
  @JsonProperty("stalled")
  STALLED,
  /** The last try failed. */
  @JsonProperty("failed")
  FAILED,
  /** It was verified and is gone, or its peer is. */
  @JsonProperty("lost")
  LOST,
  /** Bytes rotted, and are brought anew. */
  @JsonProperty("mending")
  MENDING,
  /** It is one too many, and stays for the time of grace. */
  @JsonProperty("surplus")
  SURPLUS,
  /** Its pin may be taken off the peer. */
  @JsonProperty("releasing")
  RELEASING,
  /** Its pin was taken off the peer. */
  @JsonProperty("gone")
  GONE,
  /** One that a later release writes. */
  @JsonEnumDefaultValue
  @JsonProperty("unknown")
  UNKNOWN
}
