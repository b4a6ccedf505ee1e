package dev.longshore.runtime.edge.rights;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a call is for, in the words of the audit log. */
public enum Operation {
  /** A manifest or index. */
  PULL(true),

  /** A config or layer: one pull asks for many, and its manifest stands for them. */
  BLOB(false),
  TAGS(true),
  REFERRERS(true),
  REPOSITORIES(true),
  LOOK_UP(true),
  PINS(true),
  HINT(true),

  /** Programs ask every few seconds. */
  HEALTH(false),
  METRICS(false),

  /** Whether this is a registry that lets the caller in. */
  PING(false),

  /** What is not served, such as a push to a registry that is read-only. */
  OTHER(true);

  private final boolean remembered;

  Operation(boolean remembered) {
    this.remembered = remembered;
  }

  /** What a route or service for this scope does, as long as nothing else is known. */
  public static Operation of(@Nullable Scope scope) {
    return switch (scope) {
      case null -> PING;
      case PULL -> PULL;
      case LOOK_UP -> LOOK_UP;
      case PINS -> PINS;
      case HINT -> HINT;
      case HEALTH -> HEALTH;
      case METRICS -> METRICS;
      case SPEAK_FOR -> OTHER;
    };
  }

  /** Whether it is told of when it was allowed; a refusal always is. */
  public boolean isRemembered() {
    return remembered;
  }

  /** As the audit log has it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
