package dev.longshore.resolver.hub;

import dev.longshore.events.RemovalReason;
import dev.longshore.events.ServedState;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.resolver.hub.settings.SiteRuleSettings;
import dev.longshore.rules.GlobPattern;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a group of sites. The first rule that matches repository and tag applies. No rule
 * names a digest without a tag, since former tags leave these; referrers follow the names that show
 * their subject.
 */
final class SiteRules {
  /** Characters of {@link #hash}. */
  static final int HASH = 16;

  /** Limit of characters of patterns in an answer to a site. */
  static final int TOLD = 1_000;

  /** What sites get beyond the rules' text: sites of an earlier release lack it. */
  private static final String TOLD_OF_A_NAME = "; with results in all other modes; with referrers";

  private final List<Candidate> candidates;
  private final String hash;

  private record Candidate(List<GlobPattern> repositories, SiteRuleSettings settings) {
    boolean matches(RepositoryName name) {
      String path = name.toString();
      return repositories.stream().anyMatch(pattern -> pattern.matches(path));
    }
  }

  SiteRules(List<SiteRuleSettings> rules) {
    this.candidates =
        rules.stream()
            .map(
                rule ->
                    new Candidate(
                        rule.repositories().stream().map(GlobPattern::parse).toList(), rule))
            .toList();
    // The rules in this release's words: another release's differ and cause a snapshot.
    String told = rules + TOLD_OF_A_NAME;
    this.hash = Digest.of(told.getBytes(StandardCharsets.UTF_8)).hex().substring(0, HASH);
  }

  /** Equal for groups, or versions of one group, with the same rules. */
  String hash() {
    return hash;
  }

  /** Patterns of the repositories, for the sites; empty if too long for a slow line. */
  List<String> repositories() {
    List<String> all =
        candidates.stream()
            .flatMap(each -> each.settings().repositories().stream())
            .distinct()
            .toList();
    return all.stream().mapToInt(String::length).sum() <= TOLD ? all : List.of();
  }

  /** A summary of each rule. */
  List<String> words() {
    return candidates.stream().map(Candidate::settings).map(SiteRules::words).toList();
  }

  private static String words(SiteRuleSettings rule) {
    StringBuilder words = new StringBuilder(String.join(", ", rule.repositories()));
    if (!rule.tags().allow().isEmpty()) {
      words.append("; tags ").append(String.join(", ", rule.tags().allow()));
    }
    if (!rule.tags().deny().isEmpty()) {
      words.append("; without tags ").append(String.join(", ", rule.tags().deny()));
    }
    if (rule.tags().semver() != null) {
      words.append("; semver ").append(rule.tags().semver());
    }
    if (rule.newest() != null) {
      words.append("; the newest ").append(rule.newest());
    }
    if (!rule.platforms().isEmpty()) {
      words.append("; platforms ").append(String.join(", ", rule.platforms()));
    }
    return words.toString();
  }

  /** The rule of a name; empty if none names it. */
  Optional<SiteRuleSettings> of(RepositoryName name, @Nullable Tag tag) {
    return tag == null
        ? Optional.empty()
        : candidates.stream()
            .filter(candidate -> candidate.matches(name))
            .map(Candidate::settings)
            .filter(rule -> rule.tags().refusal(tag.text()).isEmpty())
            .findFirst();
  }

  /** The rule of a name. */
  Optional<SiteRuleSettings> of(ServedState served) {
    return of(served.name(), served.tag());
  }

  /** Whether it may be a referrer that follows a name in the rules. */
  boolean mayFollow(ServedState served) {
    return UntaggedReferrers.isReferrer(served) && mayName(served.name());
  }

  /** Whether it is a digest without a tag that all sites must drop. */
  boolean mayHaveForgotten(ServedState served) {
    return served.tag() == null
        && served.removed() == RemovalReason.FORGOTTEN
        && mayName(served.name());
  }

  /** Whether its record may concern the sites. */
  boolean mayTell(ServedState served) {
    return of(served).isPresent() || mayFollow(served) || mayHaveForgotten(served);
  }

  /** Whether a rule may name a tag of the repository. */
  boolean mayName(RepositoryName name) {
    return candidates.stream().anyMatch(candidate -> candidate.matches(name));
  }

  /** Whether a rule names some platforms alone. */
  boolean choosePlatforms() {
    return candidates.stream().anyMatch(each -> !each.settings().platforms().isEmpty());
  }

  /** Whether a rule names only the newest tags of the repository. */
  boolean asksForNewest(RepositoryName name) {
    return candidates.stream()
        .anyMatch(candidate -> candidate.settings().newest() != null && candidate.matches(name));
  }
}
