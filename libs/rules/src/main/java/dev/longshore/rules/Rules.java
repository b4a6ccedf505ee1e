package dev.longshore.rules;

import dev.longshore.model.Mode;
import dev.longshore.model.RepositoryName;
import dev.longshore.rules.PlacementSettings.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The configured rules, in order. */
public final class Rules {
  /** The rule for all other images: plain, all platforms, 3 copies, at least 1. */
  public static final RuleSettings DEFAULT =
      new RuleSettings("**", List.of(Mode.PLAIN), List.of(), 3, 1, null);

  private record Candidate(GlobPattern pattern, RuleSettings settings) {}

  private final List<Candidate> candidates;
  private final boolean keepsAll;

  public Rules(List<RuleSettings> rules) {
    candidates =
        rules.stream().map(rule -> new Candidate(GlobPattern.parse(rule.match()), rule)).toList();
    this.keepsAll = rules.stream().allMatch(rule -> rule.keep() == null);
  }

  /**
   * The first rule that matches.
   *
   * @param tag tag or digest, for the explanation
   */
  public Rule firstMatch(RepositoryName name, String tag) {
    String path = name.toString();
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
                + outcome(candidate.settings(), tag));
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
            + outcome(DEFAULT, tag));
  }

  /** What a repository keeps of versions that no tag points to; empty if everything. */
  public Optional<KeepSettings> keep(RepositoryName name) {
    return keepsAll ? Optional.empty() : Optional.ofNullable(settings(name).keep());
  }

  /** Whether a guard stops a release of very many of the repository's images at once. */
  public boolean isGuarded(RepositoryName name) {
    return settings(name).release() == ReleaseSettings.GUARDED;
  }

  /** Those that may be the first to match some image. */
  public List<RuleSettings> thatMayMatch() {
    List<RuleSettings> some = new ArrayList<>();
    for (Candidate candidate : candidates) {
      some.add(candidate.settings());
      if (candidate.settings().match().equals(DEFAULT.match())) {
        return some;
      }
    }
    some.add(DEFAULT);
    return some;
  }

  /** Whether no rule lets anything go. */
  public boolean keepAll() {
    return keepsAll;
  }

  /** Whether a rule asks when images were pulled. */
  public static boolean countPulls(List<RuleSettings> rules) {
    return rules.stream()
        .map(RuleSettings::keep)
        .anyMatch(keep -> keep != null && keep.pulledWithin() != null);
  }

  /** What the first rule that matches says, without its explanation. */
  public RuleSettings settings(RepositoryName name) {
    String path = name.toString();
    return candidates.stream()
        .filter(candidate -> candidate.pattern().matches(path))
        .map(Candidate::settings)
        .findFirst()
        .orElse(DEFAULT);
  }

  private static String outcome(RuleSettings rule, String tag) {
    if (rule.modes().isEmpty()) {
      return "not mirrored";
    }
    return rule.tags()
        .refusal(tag)
        .map(reason -> "not mirrored, as " + reason)
        .orElseGet(() -> outcome(rule));
  }

  private static String outcome(RuleSettings rule) {
    return "modes "
        + String.join(", ", rule.modes().stream().map(Mode::text).toList())
        + "; platforms "
        + (rule.platforms().isEmpty() ? "all" : String.join(", ", rule.platforms()))
        + "; copies "
        + rule.copies()
        + ", at least "
        + rule.minCopies()
        + placement(rule.placement())
        + (rule.maxSize() == null ? "" : "; at most " + rule.maxSize())
        + ofModes(rule)
        + (rule.debounce() == null
            ? ""
            : "; a tag that moves again within %d s is converted once"
                .formatted(rule.debounce().toSeconds()))
        + (rule.keep() == null ? "" : "; not every version that no tag points to stays");
  }

  private static String placement(PlacementSettings placement) {
    return (placement.spread() == Spread.NONE ? ", of any zones" : "")
        + (placement.require().isEmpty() ? "" : ", on " + String.join(" and ", placement.require()))
        + (placement.avoid().isEmpty()
            ? ""
            : ", rather not on " + String.join(", ", placement.avoid()));
  }

  private static String ofModes(RuleSettings rule) {
    var said = new StringBuilder();
    if (rule.modes().contains(Mode.ENCRYPTED)) {
      said.append("; encrypted to ").append(String.join(", ", rule.recipients()));
      if (!rule.layers().isEmpty()) {
        said.append(", of the layers only ").append(String.join(", ", rule.layers()));
      }
    }
    if (rule.modes().stream().anyMatch(Mode::isLazy) && !rule.prefetch().isEmpty()) {
      said.append("; first come ").append(String.join(", ", rule.prefetch()));
    }
    if (rule.modes().size() > 1) {
      said.append("; names stand for ").append(rule.preferredMode().text());
      rule.modes().stream()
          .filter(mode -> mode != rule.preferredMode())
          .forEach(
              mode ->
                  said.append(", with ")
                      .append(rule.suffixes().of(mode))
                      .append(" for ")
                      .append(mode.text()));
    }
    return said.toString();
  }
}
