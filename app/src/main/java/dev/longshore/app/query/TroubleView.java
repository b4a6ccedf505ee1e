package dev.longshore.app.query;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.catalog.WorkFailure;
import java.time.Instant;
import java.util.Locale;

/** Why work does not go on, and when it will. */
final class TroubleView {
  private TroubleView() {}

  static String line(WorkFailure trouble, Instant now) {
    return cause(trouble) + "; next try " + next(trouble).text(now);
  }

  static String cause(WorkFailure trouble) {
    return "%s of %s: %s (%s at %s)"
        .formatted(
            trouble.stage(), trouble.key(), trouble.message(), trouble.reason(), trouble.at());
  }

  /** When it is tried again, or what triggers it. */
  static NextTry next(WorkFailure trouble) {
    return switch (trouble.kind()) {
      case PERMANENT -> NextTry.never("only by a new push or 'longshore replay'");
      case TRANSIENT ->
          NextTry.at(
              trouble.nextTry(),
              "waits for %s, which is asked again and again; %s so far"
                  .formatted(
                      trouble.endpoint(),
                      trouble.attempt() == 1 ? "1 try" : trouble.attempt() + " tries"));
      case OVER -> NextTry.never("over");
    };
  }

  static ObjectNode json(WorkFailure trouble, Instant now) {
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("key", trouble.key())
            .put("stage", trouble.stage())
            .put("kind", trouble.kind().name().toLowerCase(Locale.ROOT))
            .put("reason", trouble.reason())
            .put("endpoint", trouble.endpoint())
            .put("message", trouble.message())
            .put("attempt", trouble.attempt())
            .put("at", trouble.at().toString());
    node.set("nextTry", next(trouble).json(now));
    return node;
  }
}
