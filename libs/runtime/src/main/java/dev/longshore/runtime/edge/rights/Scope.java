package dev.longshore.runtime.edge.rights;

import java.util.Locale;

/** A permission of callers; each route and each gRPC service needs at most one. */
public enum Scope {
  /** Manifests, blobs, lists of tags, referrers and repositories of the registry. */
  PULL,

  /** {@code /v1/resolve} and gRPC {@code Resolver}. */
  LOOK_UP,

  /** {@code /v1/pins} and gRPC {@code Pinner}: the copies of every image. */
  PINS,

  /** Operators' decisions on the operations page: forget, hold, drain, confirm, retry. */
  DECIDE,

  /** Notifications of a registry. */
  HINT,

  /** {@code /health}. */
  HEALTH,

  /** {@code /metrics}. */
  METRICS,

  /**
   * Permission to say for which person it calls; the call then has that person's rights from the
   * tokens file.
   */
  SPEAK_FOR;

  /** Its text in a tokens file. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether it applies to single repositories, and so can be limited to some. */
  public boolean isLimited() {
    return this == PULL || this == LOOK_UP;
  }
}
