package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.catalog.Trouble;
import java.util.Locale;

/** Why work does not go on, and when it will. */
final class TroubleView {
  private TroubleView() {}

  static String line(Trouble trouble) {
    return "%s of %s: %s (%s at %s); %s"
        .formatted(
            trouble.stage(),
            trouble.key(),
            trouble.message(),
            trouble.reason(),
            trouble.at(),
            next(trouble));
  }

  /** When it is tried again, or what makes that happen. */
  static String next(Trouble trouble) {
    return switch (trouble.kind()) {
      case PERMANENT -> "not tried again but by a new push or 'longshore replay'";
      case TRANSIENT ->
          "waits for %s, which is asked again and again; %d tries so far"
              .formatted(trouble.endpoint(), trouble.attempt());
      case OVER -> "over";
    };
  }

  static ObjectNode json(Trouble trouble) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("key", trouble.key())
        .put("stage", trouble.stage())
        .put("kind", trouble.kind().name().toLowerCase(Locale.ROOT))
        .put("reason", trouble.reason())
        .put("endpoint", trouble.endpoint())
        .put("message", trouble.message())
        .put("attempt", trouble.attempt())
        .put("at", trouble.at().toString())
        .put("next", next(trouble));
  }
}
