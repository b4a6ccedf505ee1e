package dev.longshore.events;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;

/** Why a site does not have an image that its rules name. */
public enum AbsenceReason {
  /** It waits for the hours in which the site may fetch. */
  @JsonProperty("window")
  WINDOW,
  /** The site's own settings leave it out. */
  @JsonProperty("excluded")
  EXCLUDED,
  /** The last try failed. */
  @JsonProperty("failed")
  FAILED,
  /** It is being fetched, or waits for its turn. */
  @JsonProperty("under-way")
  UNDER_WAY,
  /** Something newer took its name before it was fetched. */
  @JsonProperty("superseded")
  SUPERSEDED,
  /** The node's disk has no room for it. */
  @JsonProperty("full")
  FULL,
  /** An operator put the site on hold. */
  @JsonProperty("held")
  HELD,
  /** One that a later release writes. */
  @JsonEnumDefaultValue
  @JsonProperty("unknown")
  UNKNOWN
}
