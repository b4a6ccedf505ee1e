package dev.longshore.events;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;

/** How a repository showed that it serves all parts of an image. */
public enum Evidence {
  /** They were read from it, or are known for it. */
  @JsonProperty("read")
  READ,
  /** The image was known from another repository, and this one told the size of each part. */
  @JsonProperty("asked")
  ASKED,
  /** In a way that a later release knows. */
  @JsonEnumDefaultValue
  @JsonProperty("unknown")
  UNKNOWN
}
