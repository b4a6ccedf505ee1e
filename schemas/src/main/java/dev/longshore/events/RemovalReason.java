package dev.longshore.events;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;

/** Why a name shows nothing any more. */
public enum RemovalReason {
  /** Its source no longer has it. */
  @JsonProperty("deleted")
  DELETED,
  /** No rule names it any longer. */
  @JsonProperty("excluded")
  EXCLUDED,
  /** Retention let it go. */
  @JsonProperty("released")
  RELEASED,
  /** A decision says so: it is to be gone at once, everywhere. */
  @JsonProperty("forgotten")
  FORGOTTEN,
  /** One that a later release writes. */
  @JsonEnumDefaultValue
  @JsonProperty("unknown")
  UNKNOWN
}
