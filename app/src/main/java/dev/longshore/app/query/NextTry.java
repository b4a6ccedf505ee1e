package dev.longshore.app.query;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * When stalled work is tried again.
 *
 * @param what the work, or the event that triggers it
 * @param at the time; null if none is set
 * @param atLatest whether it may be sooner
 */
record NextTry(String what, @Nullable Instant at, boolean atLatest) {
  /** A due try may have to wait this long for others that move gigabytes. */
  private static final Duration UNDER_WAY = Duration.ofSeconds(90);

  private static final int MINUTE = 60;

  static NextTry never(String what) {
    return new NextTry(what, null, false);
  }

  static NextTry at(@Nullable Instant at, String what) {
    return new NextTry(what, at, false);
  }

  static NextTry within(Duration longest, Instant now, String what) {
    return new NextTry(what, now.plus(longest), true);
  }

  String text(Instant now) {
    if (at == null) {
      return what;
    }
    String time = at.truncatedTo(ChronoUnit.SECONDS).toString();
    Duration left = Duration.between(now, at);
    if (left.isNegative()) {
      Duration late = left.negated();
      return late.compareTo(UNDER_WAY) < 0
          ? "under way, due %s ago (%s): %s".formatted(text(late), time, what)
          : "overdue for %s (%s), so nothing tries it: is the service running? %s"
              .formatted(text(late), time, what);
    }
    return (atLatest ? "in %s at the latest (%s): %s" : "in %s (%s): %s")
        .formatted(text(left), time, what);
  }

  private static String text(Duration span) {
    return span.toMinutes() == 0
        ? span.toSeconds() + " s"
        : span.toMinutes() + " min " + span.toSeconds() % MINUTE + " s";
  }

  /** Seconds; negative if the time has passed. */
  ObjectNode json(Instant now) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("what", what);
    if (at == null) {
      node.putNull("at").putNull("inSeconds");
    } else {
      node.put("at", at.toString()).put("inSeconds", Duration.between(now, at).toSeconds());
    }
    return node.put("atLatest", atLatest);
  }
}
