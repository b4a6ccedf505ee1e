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
 * The rules of a group of sites. The first one counts that matches repository and tag. A digest
 * without a tag is named by none, as each digest that a tag ever had is one; what refers to an
 * image follows the names that show it.
 */
final class SiteRules {
  /** Characters of {@link #hash}. */
  static final int HASH = 16;

  /** Characters of patterns that each answer to a site may have. */
  static final int TOLD = 1_000;

  /** What sites are told beside what the rules say: those of an earlier release lack it. */
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
    // What the rules say, in the words of this release: another one may ask for a snapshot.
    String told = rules + TOLD_OF_A_NAME;
    this.hash = Digest.of(told.getBytes(StandardCharsets.UTF_8)).hex().substring(0, HASH);
  }

  /** Two groups, or one at two times, whose rules say the same have the same. */
  String hash() {
    return hash;
  }

  /** Patterns of the repositories, for the sites; none if they would take up a thin line. */
  List<String> repositories() {
    List<String> all =
        candidates.stream()
            .flatMap(each -> each.settings().repositories().stream())
            .distinct()
            .toList();
    return all.stream().mapToInt(String::length).sum() <= TOLD ? all : List.of();
  }

  /** Each rule in a few words. */
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

  /** Whether it may follow a name that a rule names. */
  boolean mayFollow(ServedState served) {
    return Following.isReferrer(served) && mayName(served.name());
  }

  /** Whether it is a digest without a tag that is to go from wherever it may be. */
  boolean mayHaveForgotten(ServedState served) {
    return served.tag() == null
        && served.removed() == RemovalReason.FORGOTTEN
        && mayName(served.name());
  }

  /** Whether its record may tell sites something. */
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
