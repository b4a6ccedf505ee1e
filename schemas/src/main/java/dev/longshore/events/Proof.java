package dev.longshore.events;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What showed who called. */
public enum Proof {
  @JsonProperty("none")
  NONE,
  @JsonProperty("credentials")
  CREDENTIALS,
  @JsonProperty("token")
  TOKEN,
  @JsonProperty("certificate")
  CERTIFICATE
}
