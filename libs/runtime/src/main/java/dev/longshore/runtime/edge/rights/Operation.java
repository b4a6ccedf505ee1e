package dev.longshore.runtime.edge.rights;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The purpose of a call, in the audit log's words. */
public enum Operation {
  /** A manifest or index. */
  PULL(true),

  /** A config or layer: one pull requests many, and its manifest represents them. */
  BLOB(false),
  TAGS(true),
  REFERRERS(true),
  REPOSITORIES(true),
  LOOK_UP(true),
  PINS(true),
  HINT(true),

  /** A login at the operations page, or a logout. */
  LOGIN(true),

  /** Requests of an open operations page. */
  PAGE(false),

  /** A decision on the operations page, which records it as a command does. */
  DECIDE(false),

  /** A node of a site joins. */
  SITE_JOIN(true),

  /** A node of a site gets its next credential. */
  SITE_RENEW(true),

  /** Routine requests of sites. */
  SITE(false),

  /** Health and metrics, which programs request every few seconds. */
  HEALTH(false),
  METRICS(false),

  /** The check whether this is a registry that admits the caller. */
  PING(false),

  /** A request that is not served, such as a push to a read-only registry. */
  OTHER(true);

  private final boolean remembered;

  Operation(boolean remembered) {
    this.remembered = remembered;
  }

  /** The default operation of a route or service with this scope. */
  public static Operation of(@Nullable Scope scope) {
    return switch (scope) {
      case null -> PING;
      case PULL -> PULL;
      case LOOK_UP -> LOOK_UP;
      case PINS -> PINS;
      case DECIDE -> DECIDE;
      case HINT -> HINT;
      case HEALTH -> HEALTH;
      case METRICS -> METRICS;
      case SPEAK_FOR -> OTHER;
    };
  }

  /** Whether to record it when allowed; refusals are always recorded. */
  public boolean isRemembered() {
    return remembered;
  }

  /** Its text in the audit log. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
