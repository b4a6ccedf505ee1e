package dev.longshore.resolver.hub.settings;

import dev.longshore.model.Mode;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.Platform;
import dev.longshore.rules.GlobPattern;
import dev.longshore.rules.TagSettings;
import dev.longshore.settings.Setting;
import dev.longshore.sites.Keep;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which tags sites of a group keep, and how. */
public record SiteRuleSettings(
    @Setting(
            value = "[\"**\"]",
            doc =
                "registry/repository; * matches a part of a path or a piece of one, ** any number"
                    + " of parts")
        List<String> repositories,
    @Setting(value = "{}", doc = "which tags") TagSettings tags,
    @Setting(
            unit = "tags",
            doc =
                "only the newest of these tags of each repository, by the time of their push;"
                    + " up to 1000; all if absent")
        @Nullable Integer newest,
    @Setting(value = "[]", doc = "modes; the one that the tag stands for if empty")
        List<Mode> modes,
    @Setting(
            value = "every-node",
            doc = "on which nodes of a site: every-node, any-node, on-demand")
        Keep keep,
    @Setting(value = "0", unit = "priority", doc = "images with a higher one are fetched first")
        int priority,
    @Setting(
            doc =
                "a site whose hub has been silent for longer refuses these images; it serves"
                    + " them for ever if absent")
        @Nullable Duration maxAge,
    @Setting(
            value = "[]",
            doc =
                "of images with several platforms, the parts for these alone, such as linux/arm64"
                    + " or linux/arm/v7, and those without a platform; all if empty")
        List<String> platforms) {
  /** All of them are checked at every push to the repository. */
  private static final int MOST_NEWEST = 1_000;

  public SiteRuleSettings {
    repositories = List.copyOf(repositories);
    modes = modes.stream().distinct().toList();
    if (repositories.isEmpty()) {
      throw new IllegalArgumentException("repositories: none (expected: one or more patterns)");
    }
    repositories.forEach(SiteRuleSettings::check);
    if (newest != null && (newest < 1 || newest > MOST_NEWEST)) {
      throw new IllegalArgumentException(
          "newest: " + newest + " (expected: 1 to " + MOST_NEWEST + ")");
    }
    requirePositive("max-age", maxAge);
    platforms = platforms.stream().distinct().toList();
    platforms.forEach(SiteRuleSettings::checkPlatform);
  }

  /** One of all platforms. */
  public SiteRuleSettings(
      List<String> repositories,
      TagSettings tags,
      @Nullable Integer newest,
      List<Mode> modes,
      Keep keep,
      int priority,
      @Nullable Duration maxAge) {
    this(repositories, tags, newest, modes, keep, priority, maxAge, List.of());
  }

  private static void checkPlatform(String platform) {
    try {
      var _ = Platform.parse(platform);
    } catch (OciFormatException e) {
      throw new IllegalArgumentException("platforms: " + e.getMessage(), e);
    }
  }

  private static void check(String pattern) {
    try {
      var _ = GlobPattern.parse(pattern);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("repositories: " + e.getMessage(), e);
    }
  }

  private static void requirePositive(String key, @Nullable Duration value) {
    if (value != null && !value.isPositive()) {
      throw new IllegalArgumentException(key + ": " + value + " (expected: above 0s)");
    }
  }
}
