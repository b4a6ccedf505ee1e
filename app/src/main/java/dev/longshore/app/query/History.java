package dev.longshore.app.query;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.find.TimeText;
import dev.longshore.events.Origin;
import dev.longshore.events.TagState;
import dev.longshore.events.TagState.Notified;
import dev.longshore.model.Digest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The versions that a name had, and how Longshore learned of each.
 *
 * @param versions the newest first
 * @param full whether older ones may be forgotten
 */
record History(String asked, String key, List<Version> versions, boolean full) {
  History {
    versions = List.copyOf(versions);
  }

  /**
   * What the name pointed to for a time.
   *
   * @param hintedAt our clock, when the reason to look came
   * @param seenAt our clock, when it was found under the name; null if a later version was there
   *     before that look, or none
   * @param lookedAt our clock at the look that learned of it
   * @param leftAt our clock, when it was found to be no longer there; null of what is there now
   */
  record Version(
      Digest digest,
      Origin origin,
      @Nullable Notified notified,
      Instant hintedAt,
      @Nullable Instant seenAt,
      Instant lookedAt,
      @Nullable Instant leftAt) {

    /** When it happened by the sender's clock; null if nobody said so. */
    @Nullable Instant sentAt() {
      return notified == null ? null : notified.at();
    }

    /** Whether the sender's time is not after ours, and so says how late we were. */
    private boolean measured() {
      Instant sent = sentAt();
      return sent != null && !sent.isAfter(lookedAt);
    }

    /** How late it was learned, or at least so late; null if not even that is known. */
    @Nullable Duration late() {
      Duration late =
          Duration.between(measured() ? Objects.requireNonNull(sentAt()) : hintedAt, lookedAt);
      return measured() || late.isPositive() ? late : null;
    }

    String learned() {
      String how =
          switch (origin) {
            case WEBHOOK ->
                notified == null ? "a notification" : "a notification of " + notified.sender();
            case POLL -> "a poll";
            case BACKFILL -> "the first poll of its repository";
            case SYNC -> "longshore sync";
            case PUSH -> "longshore push";
            case SITE -> "a pull at a site that did not know it";
            case CONTAINERD -> "an event of containerd";
            case UNKNOWN -> "something that a later release knows";
          };
      return how + ", " + lateness() + (seenAt == null ? "; never seen under the name" : "");
    }

    private String lateness() {
      Duration late = late();
      String ahead = sentAt() == null || measured() ? "" : " (the sender's clock is ahead)";
      return late == null
          ? "not known how late" + ahead
          : (measured() ? "" : "at least ") + seconds(late) + " late" + ahead;
    }

    private static String seconds(Duration late) {
      return late.toSeconds() >= 60
          ? late.truncatedTo(ChronoUnit.SECONDS).toString().substring(2).toLowerCase(Locale.ROOT)
          : String.format(Locale.ROOT, "%.3f s", late.toNanos() / 1e9);
    }

    String came() {
      Instant sent = sentAt();
      if (sent != null) {
        return TimeText.text(sent) + " by the sender's clock";
      }
      return TimeText.text(seenAt == null ? hintedAt : seenAt) + " or before, by our clock";
    }
  }

  static History of(String asked, TagState name) {
    List<Version> versions = new ArrayList<>();
    if (!name.deleted()) {
      versions.add(
          new Version(
              name.digest(),
              name.origin(),
              name.notified(),
              name.hintedAt(),
              name.observedAt(),
              name.observedAt(),
              null));
    }
    for (TagState.Version left : name.versions()) {
      versions.add(
          new Version(
              left.digest(),
              left.origin(),
              left.notified(),
              left.hintedAt(),
              left.observedAt(),
              Objects.requireNonNullElse(left.observedAt(), left.leftAt()),
              left.leftAt()));
    }
    return new History(asked, name.key(), versions, name.versions().size() >= TagState.VERSIONS);
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(asked);
    for (Version version : versions) {
      lines.add("  " + version.digest());
      lines.add("    came     " + version.came());
      lines.add(
          "    left     "
              + (version.leftAt() == null
                  ? "no, it is there now"
                  : TimeText.text(version.leftAt()) + " or before, by our clock"));
      lines.add("    learned  by " + version.learned());
    }
    if (versions.isEmpty()) {
      lines.add("  deleted at its source; which versions it had was not written down");
    }
    if (full) {
      lines.add(
          "  older versions, if there were any, are forgotten: %d are kept"
              .formatted(TagState.VERSIONS));
    }
    return lines;
  }

  ObjectNode json() {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("asked", asked);
    answer.put("name", key);
    var all = answer.putArray("versions");
    for (Version version : versions) {
      Duration late = version.late();
      all.addObject()
          .put("digest", version.digest().toString())
          .put("origin", version.origin().name().toLowerCase(Locale.ROOT))
          .put("sender", version.notified() == null ? null : version.notified().sender())
          .put("sentAt", text(version.sentAt()))
          .put("hintedAt", version.hintedAt().toString())
          .put("seenAt", text(version.seenAt()))
          .put("leftAt", text(version.leftAt()))
          .put("lateSeconds", late == null ? null : late.toNanos() / 1e9)
          .put("lateIsAtLeast", !version.measured());
    }
    answer.put("olderForgotten", full);
    return answer;
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }
}
