package dev.longshore.resolver.image;

import dev.longshore.events.DecisionState;
import java.time.temporal.ChronoUnit;

/** People decided that this is not served any more. */
public final class ForgottenException extends UnknownException {
  private static final long serialVersionUID = 1L;

  /** The reason may say what was in it, so callers are not told. */
  ForgottenException(String what, DecisionState decision) {
    super(
        "%s was forgotten on %s, and is not served any more"
            .formatted(what, decision.decidedAt().truncatedTo(ChronoUnit.SECONDS)));
  }
}
