package dev.longshore.catalog.retention;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.Repositories.Source;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.rules.KeepSettings;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a repository no longer wants, of the digests that something was made of.
 *
 * @param over each such digest
 * @param images number of digests that something was made of
 * @param next when that changes by itself; {@link Term#UNLIMITED} if it does not
 */
record RepositorySurplus(Map<Digest, Term> over, long images, Instant next) {
  RepositorySurplus {
    over = Map.copyOf(over);
  }

  static RepositorySurplus of(
      Catalog catalog, RepositoryName repository, KeepSettings keep, Instant now) {
    List<Source> sources = catalog.repositories().sources(repository);
    Map<Digest, Term> terms = terms(catalog, repository, sources, keep, now);
    Map<Digest, Term> over = new HashMap<>();
    Instant next = Term.UNLIMITED;
    for (Source source : sources) {
      Term term = terms.get(source.digest());
      if (term != null && !term.isWantedAt(now)) {
        over.put(source.digest(), term);
      } else if (term != null && term.until().isBefore(next)) {
        next = term.until();
      }
    }
    return new RepositorySurplus(over, sources.size(), next);
  }

  /** Of each digest that the repository has or had, also if nothing was made of it. */
  static Map<Digest, Term> terms(
      Catalog catalog, RepositoryName repository, KeepSettings keep, Instant now) {
    return terms(catalog, repository, catalog.repositories().sources(repository), keep, now);
  }

  private static Map<Digest, Term> terms(
      Catalog catalog,
      RepositoryName repository,
      List<Source> sources,
      KeepSettings keep,
      Instant now) {
    Set<Digest> made = new HashSet<>();
    Map<Digest, Set<Digest>> subjects = new HashMap<>();
    Map<Digest, Set<Digest>> children = new HashMap<>();
    Set<Digest> unread = new HashSet<>();
    for (Source source : sources) {
      made.add(source.digest());
      if (!source.children().isEmpty()) {
        children.put(source.digest(), source.children());
      }
      if (source.unread()) {
        unread.add(source.digest());
      }
      if (source.subject() != null) {
        subjects.put(source.digest(), Set.of(source.subject()));
      }
    }
    Iterable<TagState> names = () -> catalog.tags().all(repository);
    Map<Digest, Instant> pulls =
        keep.pulledWithin() == null ? Map.of() : catalog.pulls().last(List.copyOf(made));
    return RepositoryRetention.of(
        new RepositoryContent(
            names,
            made,
            subjects,
            children,
            unread,
            pulls,
            catalog.pulls().countedSince().orElse(now)),
        keep);
  }
}
