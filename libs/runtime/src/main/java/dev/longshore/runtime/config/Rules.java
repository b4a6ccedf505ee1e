package dev.longshore.runtime.config;

import java.util.ArrayList;
import java.util.List;

/** The configured rules, in order. */
public final class Rules {
  /** For images that no rule matches: plain, all platforms, 3 copies of which 1 at least. */
  static final RuleSettings DEFAULT =
      new RuleSettings("**", List.of(Mode.PLAIN), List.of(), 3, 1, null);

  private record Candidate(GlobPattern pattern, RuleSettings settings) {}

  private final List<Candidate> candidates;

  public Rules(List<RuleSettings> rules) {
    candidates =
        rules.stream().map(rule -> new Candidate(GlobPattern.parse(rule.match()), rule)).toList();
  }

  /**
   * The first rule that matches.
   *
   * @param registry host as references have it
   * @param repository path within the registry
   * @param tag tag or digest, for the explanation
   */
  public Rule firstMatch(String registry, String repository, String tag) {
    String path = registry + "/" + repository;
    String image = path + (tag.indexOf(':') < 0 ? ":" : "@") + tag;
    List<String> passed = new ArrayList<>();
    for (Candidate candidate : candidates) {
      if (candidate.pattern().matches(path)) {
        return new Rule(
            candidate.settings(),
            image
                + " falls under rule "
                + (passed.size() + 1)
                + " (match: "
                + candidate.pattern()
                + "), the first that matches"
                + (passed.isEmpty() ? "" : "; before it: " + String.join(", ", passed))
                + ": "
                + outcome(candidate.settings()));
      }
      passed.add(candidate.pattern().toString());
    }
    return new Rule(
        DEFAULT,
        image
            + " matches "
            + (passed.isEmpty()
                ? "no rule, there are none"
                : "none of " + String.join(", ", passed))
            + ", so the default applies: "
            + outcome(DEFAULT));
  }

  private static String outcome(RuleSettings rule) {
    if (rule.modes().isEmpty()) {
      return "not mirrored";
    }
    return "modes "
        + String.join(", ", rule.modes().stream().map(Mode::text).toList())
        + "; platforms "
        + (rule.platforms().isEmpty() ? "all" : String.join(", ", rule.platforms()))
        + "; copies "
        + rule.copies()
        + ", at least "
        + rule.minCopies()
        + (rule.maxSize() == null ? "" : "; at most " + rule.maxSize());
  }
}
