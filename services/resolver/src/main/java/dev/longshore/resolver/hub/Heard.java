package dev.longshore.resolver.hub;

import dev.longshore.events.SiteState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a node's report proves of images that it does not name as absent.
 *
 * @param cursor what it was told; none of another topic, or of nothing so far
 * @param isComplete whether it names all that it lacks
 * @param lacksSince push of the oldest that it lacks; none if it lacks nothing
 */
record Heard(@Nullable Cursor cursor, boolean isComplete, @Nullable Instant lacksSince) {
  /**
   * By a report.
   *
   * @param topic Kafka's id of the topic of what names show; none while it is not known
   */
  static Heard of(SiteState report, @Nullable String topic) {
    Cursor cursor =
        Cursor.parse(report.cursor()).filter(its -> its.topic().equals(topic)).orElse(null);
    long named = report.exceptions().stream().filter(ReportedNode::isName).count();
    return new Heard(cursor, named >= report.behind().images(), report.behindSince());
  }

  /** Whether the node was told of it. In a snapshot that goes on, nobody remembers. */
  boolean covers(NamedImage image) {
    return cursor != null
        && cursor.key() == null
        && image.offset() < cursor.offsets().get(image.partition());
  }

  /** Whether the node has it, given that it was told of it and does not name it as absent. */
  boolean isThere(NamedImage image) {
    return isComplete || (lacksSince != null && image.since() < lacksSince.toEpochMilli());
  }
}
