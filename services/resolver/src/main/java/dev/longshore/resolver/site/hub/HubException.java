package dev.longshore.resolver.site.hub;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A request to a hub failed. Messages hold no secrets. */
public final class HubException extends IOException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /** The meaning for the caller. */
  public enum Kind {
    /** It cannot be reached, is not ready, or aborted; the same request may succeed later. */
    AWAY,
    /** The connection broke off, or a proxy gave up, while its answer was waited for. */
    CUT,
    /** It does not accept the token or credential. */
    REFUSED,
    /** It does not have it, or not for this site. */
    ABSENT,
    /** A neighbor takes it from another one itself, or is about to: it may have it soon. */
    FROM_ANOTHER,
    /** The answer is invalid: nothing of it counts. */
    WRONG;

    /** Whether that is of what was asked for, so that another DAG may fare better. */
    public boolean isOfDag() {
      return this == ABSENT || this == FROM_ANOTHER || this == WRONG;
    }
  }

  public HubException(Kind kind, String message) {
    this(kind, message, null);
  }

  public HubException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
