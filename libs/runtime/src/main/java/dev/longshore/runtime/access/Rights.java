package dev.longshore.runtime.access;

import java.util.List;
import java.util.Set;

/**
 * What a caller may do.
 *
 * @param repositories those that {@link Scope#PULL} and {@link Scope#LOOK_UP} are limited to
 */
public record Rights(Set<Scope> scopes, List<RepositoryPattern> repositories) {
  /** Of those who are not told apart: whoever is let in. */
  public static final Rights ALL =
      new Rights(Set.of(Scope.values()), List.of(RepositoryPattern.parse("**")));

  public Rights {
    scopes = Set.copyOf(scopes);
    repositories = List.copyOf(repositories);
  }

  boolean include(Scope scope) {
    return scopes.contains(scope);
  }

  /** Whether no repository is left out, those that nobody heard of yet included. */
  public boolean everywhere() {
    return repositories.stream().anyMatch(RepositoryPattern::isEverything);
  }

  /** Whether the repository is among those that the caller may see. */
  public boolean cover(String registry, String repository) {
    return repositories.stream().anyMatch(pattern -> pattern.matches(registry, repository));
  }
}
