package dev.longshore.events;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;

/** How Longshore came to look at a reference. */
public enum Origin {
  @JsonProperty("webhook")
  WEBHOOK,
  @JsonProperty("poll")
  POLL,
  /** A person's {@code longshore sync}. */
  @JsonProperty("sync")
  SYNC,
  @JsonProperty("push")
  PUSH,
  @JsonProperty("containerd")
  CONTAINERD,
  /** It was in its registry before the first poll of its repository. */
  @JsonProperty("backfill")
  BACKFILL,
  /** A site was asked for a name that its rules name, and did not know it. */
  @JsonProperty("site")
  SITE,
  /** One that a later release writes. */
  @JsonEnumDefaultValue
  @JsonProperty("unknown")
  UNKNOWN;

  /** Whether somebody told of a push; what a comparison found was pushed at any time before. */
  public boolean tellsOfPush() {
    return switch (this) {
      case POLL, SYNC, BACKFILL, SITE -> false;
      case WEBHOOK, PUSH, CONTAINERD, UNKNOWN -> true;
    };
  }
}
