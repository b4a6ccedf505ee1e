package dev.longshore.events;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;

/** How a caller proved its identity. */
public enum Proof {
  @JsonProperty("none")
  NONE,
  @JsonProperty("credentials")
  CREDENTIALS,
  @JsonProperty("token")
  TOKEN,
  @JsonProperty("certificate")
  CERTIFICATE,
  /** In a way that a later release knows. */
  @JsonEnumDefaultValue
  @JsonProperty("unknown")
  UNKNOWN
}
