package dev.longshore.resolver.testing;

import dev.longshore.model.Mode;
import dev.longshore.rules.PlacementSettings;
import dev.longshore.rules.RuleSettings;
import dev.longshore.rules.SuffixSettings;
import dev.longshore.rules.TagSettings;
import java.util.List;

/** Rules for modes. */
public final class ModeRules {
  private ModeRules() {}

  /** Images that match have these modes. */
  public static RuleSettings rule(String match, Mode... modes) {
    return rule(match, SuffixSettings.DEFAULT, modes);
  }

  /** Images that match have these modes, under tags with these suffixes. */
  public static RuleSettings rule(String match, SuffixSettings suffixes, Mode... modes) {
    return new RuleSettings(
        match,
        List.of(modes),
        List.of(),
        3,
        1,
        PlacementSettings.ANYWHERE,
        null,
        TagSettings.ALL,
        suffixes,
        List.of("jwe:/keys/public.pem"),
        List.of(),
        List.of(),
        null,
        null);
  }
}
