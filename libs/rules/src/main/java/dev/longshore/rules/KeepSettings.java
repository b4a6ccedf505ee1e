package dev.longshore.rules;

import dev.longshore.settings.Setting;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How long versions are kept that no tag points to any longer. Any of these keeps one; what none
 * keeps goes.
 */
public record KeepSettings(
    @Setting(
            value = "0",
            unit = "versions",
            doc = "this many of the newest old versions of each tag, up to 50")
        int last,
    @Setting(
            key = "for",
            doc = "each version for this long after the last tag left it; no time if absent")
        @Nullable Duration time,
    @Setting(
            doc =
                "a deleted tag counts for this long as if it were still there; no time if"
                    + " absent")
        @Nullable Duration deletedFor,
    @Setting(doc = "versions that somebody pulled within this time; pulls do not count if absent")
        @Nullable Duration pulledWithin,
    @Setting(doc = "which tags keep what they point to; all if absent")
        @Nullable KeepTagsSettings tags) {
  /** As many as are known of a tag. */
  public static final int MOST = 50;

  /** Pulls are known for so long. */
  private static final Duration PULLS_KNOWN = Duration.ofDays(400);

  public KeepSettings {
    if (last < 0 || last > MOST) {
      throw new IllegalArgumentException("last: " + last + " (expected: 0 to " + MOST + ")");
    }
    check("for", time);
    check("deleted-for", deletedFor);
    check("pulled-within", pulledWithin);
    if (pulledWithin != null && pulledWithin.compareTo(PULLS_KNOWN) > 0) {
      throw new IllegalArgumentException(
          "pulled-within: " + pulledWithin.toDays() + "d (expected: 400d or less)");
    }
  }

  private static void check(String key, @Nullable Duration value) {
    if (value != null && value.isNegative()) {
      throw new IllegalArgumentException(key + ": " + value + " (expected: 0s or more)");
    }
  }

  /**
   * Lets all but the newest tags of a repository go.
   *
   * @param last how many stay
   * @param match the tags that are counted
   */
  public record KeepTagsSettings(
      @Setting(
              unit = "tags",
              doc =
                  "number of the newest tags to keep in each repository, by when they were"
                      + " first seen; others are dropped")
          int last,
      @Setting(value = "[]", doc = "tags that this limits, such as ci-*; others stay; all if empty")
          List<String> match) {
    public KeepTagsSettings {
      match = List.copyOf(match);
      if (last < 1) {
        throw new IllegalArgumentException("last: " + last + " (expected: 1 or more)");
      }
      match.forEach(pattern -> TagSettings.checkPattern("match", pattern));
    }

    /** Whether the tag may go. */
    public boolean isAbout(String tag) {
      return match.isEmpty()
          || match.stream().anyMatch(pattern -> GlobPattern.parse(pattern).matches(tag));
    }
  }
}
