package dev.longshore.resolver.hub.settings;

import dev.longshore.settings.Setting;
import java.time.Duration;
import java.util.List;

/** The images that a group of sites keeps, and how it may use its line. */
public record SiteGroupSettings(
    @Setting(doc = "its name, for site add --group") String name,
    @Setting(
            value = "[]",
            doc =
                "what its sites keep: the first rule that matches repository and tag counts; what"
                    + " none matches does not exist for them")
        List<SiteRuleSettings> rules,
    @Setting(value = "{}", doc = "the line of its sites") SiteLineSettings line,
    @Setting(
            value = "30m",
            doc = "how old the oldest image that a site lacks may become; alerts compare with it")
        Duration lagTarget,
    @Setting(
            value = "false",
            doc =
                "make the alert critical if one of its sites is behind by"
                    + " more than lag-target")
        boolean critical) {
  private static final Duration SHORTEST_TARGET = Duration.ofSeconds(1);

  public SiteGroupSettings {
    rules = List.copyOf(rules);
    if (!name.matches("[a-z0-9][a-z0-9.-]{0,62}")) {
      throw new IllegalArgumentException(
          "name: \"" + name + "\" (expected: 1 to 63 of a-z, 0-9, dot and hyphen)");
    }
    if (lagTarget.compareTo(SHORTEST_TARGET) < 0) {
      throw new IllegalArgumentException("lag-target: " + lagTarget + " (expected: 1s or more)");
    }
  }
}
