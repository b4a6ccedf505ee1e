package dev.longshore.runtime.edge.rights;

import java.util.Locale;

/**
 * What a caller may be allowed to do; each route and each gRPC service is for one of these at most.
 */
public enum Scope {
  /** Manifests, blobs, lists of tags, referrers and repositories of the registry. */
  PULL,

  /** {@code /v1/resolve} and gRPC {@code Resolver}. */
  LOOK_UP,

  /** {@code /v1/pins} and gRPC {@code Pinner}: the copies of every image. */
  PINS,

  /** Notifications of a registry. */
  HINT,

  /** {@code /health}. */
  HEALTH,

  /** {@code /metrics}. */
  METRICS,

  /** Say for which person it calls, who then may do what the file of tokens has of that person. */
  SPEAK_FOR;

  /** As a file of tokens has it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether it is about repositories one by one, and so can be limited to some. */
  public boolean isLimited() {
    return this == PULL || this == LOOK_UP;
  }
}
