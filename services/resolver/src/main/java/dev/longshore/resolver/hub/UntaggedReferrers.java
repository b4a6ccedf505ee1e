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
 * Referrers without a tag, whose subject is what a name shows, one of its manifests, or another
 * such referrer: the name's rule covers them.
 */
final class UntaggedReferrers {
  /**
   * Referrers that come with one name. A line has 64 KiB, a referrer takes up to 1.6, and anyone
   * who may push can attach thousands. The first ones stay, so later ones cost a site nothing.
   */
  static final int MOST = 32;

  private final Catalog catalog;

  UntaggedReferrers(Catalog catalog) {
    this.catalog = catalog;
  }

  /**
   * The referrers of one name: the nearest first, for the same subject in the order of recording.
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
   * A name that may show a referrer's subject.
   *
   * @param source the digest that it shows, now or earlier
   */
  record Over(String key, Digest source) {}

  /** Whether it may be a referrer that follows a name. */
  static boolean isReferrer(ServedState served) {
    return served.tag() == null && served.subject() != null;
  }

  /** Changes whenever a referrer in the repository does; empty without referrers. */
  Optional<String> state(RepositoryName repository) {
    return catalog.served().stateOfDigests(repository);
  }

  /** The referrers that follow the name, for sites of this rule. */
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

  /** Possible subjects: the mode's own manifest, its source, and that one's children. */
  private Stream<Digest> manifests(RepositoryName repository, Result result) {
    return Stream.concat(
        Stream.of(result.source(), result.digest()),
        catalog.conversions().forRepository(repository, result.source()).stream()
            .map(ImageState::children)
            .filter(Objects::nonNull)
            .flatMap(List::stream));
  }

  /** Names of the repository that may show the subject, or that subject's own subject. */
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

  /** Adds the names with the digest; returns its parents and subjects. */
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
