package dev.longshore.resolver.hub.settings;

import dev.longshore.settings.Setting;
import java.util.List;

/** What a group of sites keeps, and how it may use its line. */
public record SiteGroupSettings(
    @Setting(doc = "its name, which a site is added with") String name,
    @Setting(
            value = "[]",
            doc =
                "what its sites keep: the first rule that matches repository and tag counts; what"
                    + " none matches does not exist for them")
        List<SiteRuleSettings> rules,
    @Setting(value = "{}", doc = "the line of its sites") SiteLineSettings line) {
  public SiteGroupSettings {
    rules = List.copyOf(rules);
    if (!name.matches("[a-z0-9][a-z0-9.-]{0,62}")) {
      throw new IllegalArgumentException(
          "name: \"" + name + "\" (expected: 1 to 63 of a-z, 0-9, dot and hyphen)");
    }
  }
}
