package dev.longshore.app.query;

import dev.longshore.app.query.find.TimeText;
import dev.longshore.events.DecisionState;
import dev.longshore.model.Excerpt;

/** Who forgot an image, when, and why, for people who may know. */
public final class ForgottenBy {
  private ForgottenBy() {}

  public static String words(DecisionState decision) {
    return Excerpt.line(
        "forgotten by %s on %s: %s"
            .formatted(decision.by(), TimeText.text(decision.decidedAt()), decision.reason()));
  }
}
