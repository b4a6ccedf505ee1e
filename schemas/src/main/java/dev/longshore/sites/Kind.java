package dev.longshore.sites;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What the lines of changes say. */
public enum Kind {
  /** All names that the site's rules name. */
  @JsonProperty("snapshot")
  SNAPSHOT,
  /** What changed since a cursor. */
  @JsonProperty("delta")
  DELTA
}
