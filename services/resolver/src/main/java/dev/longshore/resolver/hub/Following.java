package dev.longshore.resolver.hub;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.ImageState;
import dev.longshore.events.ServedState;
import dev.longshore.events.ServedState.Result;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.resolver.hub.settings.SiteRuleSettings;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What has no tag, and refers to what a name shows, to a manifest of that, or to another such
 * referrer: it is named by the rule that names the name.
 */
final class Following {
  /**
   * Referrers that come with one name. A line has 64 KiB, a referrer takes up to 1.6, and anyone
   * who may push can attach thousands. The first ones stay, so later ones cost a site nothing.
   */
  static final int MOST = 32;

  private final Catalog catalog;

  Following(Catalog catalog) {
    this.catalog = catalog;
  }

  /**
   * Those of one name, the nearest first, of the same subject the first recorded.
   *
   * @param all those not removed
   * @param leftOut whether there are more
   */
  record Referrers(List<ServedState> all, boolean leftOut) {
    static final Referrers NONE = new Referrers(List.of(), false);

    boolean has(Digest source) {
      return all.stream().anyMatch(referrer -> referrer.digest().equals(source));
    }
  }

  /**
   * A name that may show what something refers to.
   *
   * @param source the digest by which it does, now or earlier
   */
  record Over(String key, Digest source) {}

  /** Whether it may follow a name. */
  static boolean isReferrer(ServedState served) {
    return served.tag() == null && served.subject() != null;
  }

  /** Changes with all that may follow a name of the repository; empty if nothing does. */
  Optional<String> state(RepositoryName repository) {
    return catalog.served().stateOfDigests(repository);
  }

  /** What follows the name, to the sites of a rule that names it. */
  Referrers of(ServedState name, SiteRuleSettings rule) {
    if (name.removed() != null || state(name.name()).isEmpty()) {
      return Referrers.NONE;
    }
    Set<Digest> seen = new HashSet<>();
    Deque<Digest> subjects = new ArrayDeque<>();
    Stream.concat(SiteView.results(name, rule).stream(), SiteView.others(name, rule).stream())
        .flatMap(result -> manifests(name.name(), result))
        .filter(seen::add)
        .forEach(subjects::add);
    List<ServedState> all = new ArrayList<>();
    while (!subjects.isEmpty()) {
      for (ServedState referrer : referrers(name.name(), subjects.remove())) {
        List<Result> results = SiteView.following(referrer, name, rule);
        if (results.isEmpty() || !seen.add(referrer.digest())) {
          continue;
        }
        if (all.size() == MOST) {
          return new Referrers(List.copyOf(all), true);
        }
        all.add(referrer);
        subjects.add(referrer.digest());
        results.stream()
            .flatMap(result -> manifests(name.name(), result))
            .filter(seen::add)
            .forEach(subjects::add);
      }
    }
    return new Referrers(List.copyOf(all), false);
  }

  private List<ServedState> referrers(RepositoryName repository, Digest subject) {
    return catalog.conversions().boundTo(repository, subject).stream()
        .map(ImageState::digest)
        .distinct()
        .flatMap(digest -> catalog.served().byKey(TagState.key(repository, digest)).stream())
        .filter(served -> served.removed() == null)
        .toList();
  }

  /** What may be a subject: the mode's own, its source, and what that names. */
  private Stream<Digest> manifests(RepositoryName repository, Result result) {
    return Stream.concat(
        Stream.of(result.source(), result.digest()),
        catalog.conversions().forRepository(repository, result.source()).stream()
            .map(ImageState::children)
            .filter(Objects::nonNull)
            .flatMap(List::stream));
  }

  /** Names of the repository that may show the subject, or what it refers to itself. */
  Set<Over> over(RepositoryName repository, Digest subject) {
    Set<Over> names = new LinkedHashSet<>();
    Set<Digest> seen = new HashSet<>(Set.of(subject));
    List<Digest> level = List.of(subject);
    // No name has a longer chain.
    for (int i = 0; i <= MOST && !level.isEmpty(); i++) {
      level =
          level.stream()
              .flatMap(digest -> over(repository, digest, names))
              .filter(seen::add)
              .toList();
    }
    return names;
  }

  /** Adds the names that have the digest; returns what it is part of or refers to. */
  private Stream<Digest> over(RepositoryName repository, Digest digest, Set<Over> names) {
    String digests = repository + "@";
    catalog.tags().keysWith(repository, digest).stream()
        .filter(key -> !key.startsWith(digests))
        .forEach(key -> names.add(new Over(key, digest)));
    return Stream.of(
            catalog.conversions().heldServedAs(repository, digest).stream().map(ImageState::digest),
            catalog.conversions().forRepository(repository, digest).stream()
                .flatMap(image -> Optional.ofNullable(image.subject()).stream()),
            catalog.conversions().indexesOf(repository, digest).stream())
        .flatMap(each -> each);
  }
}
