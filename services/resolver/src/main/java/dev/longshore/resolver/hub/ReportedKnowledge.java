package dev.longshore.resolver.hub;

import dev.longshore.events.SiteState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a node's report proves about images that it does not list as absent.
 *
 * @param cursor its position; null for another topic, or before its first changes
 * @param isComplete whether it lists all that it lacks
 * @param lacksSince push of the oldest image that it lacks; null if it lacks none
 */
record ReportedKnowledge(
    @Nullable Cursor cursor, boolean isComplete, @Nullable Instant lacksSince) {
  /**
   * From a report.
   *
   * @param topic Kafka's id of topic {@code served}; null while unknown
   */
  static ReportedKnowledge of(SiteState report, @Nullable String topic) {
    Cursor cursor =
        Cursor.parse(report.cursor()).filter(its -> its.topic().equals(topic)).orElse(null);
    long named = report.exceptions().stream().filter(ReportedNode::isName).count();
    return new ReportedKnowledge(cursor, named >= report.behind().images(), report.behindSince());
  }

  /** Whether the node has heard of the image; unknown during a snapshot. */
  boolean covers(NamedImage image) {
    return cursor != null
        && cursor.key() == null
        && image.offset() < cursor.offsets().get(image.partition());
  }

  /** Whether the node has it, given that it heard of it and does not list it as absent. */
  boolean isThere(NamedImage image) {
    return isComplete || (lacksSince != null && image.since() < lacksSince.toEpochMilli());
  }
}
