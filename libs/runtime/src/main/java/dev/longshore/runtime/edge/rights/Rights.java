package dev.longshore.runtime.edge.rights;

import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a caller may do. Each scope has repositories of its own, so that what several entries give
 * one person is no more than each of them gives: who may pull here and look up there may not pull
 * there.
 *
 * @param granted the scopes, and the repositories that {@link Scope#PULL} and {@link Scope#LOOK_UP}
 *     are limited to
 */
public record Rights(Map<Scope, List<RepositoryPattern>> granted) {
  /** Of those who are not told apart, and so speak for nobody: whoever is let in. */
  public static final Rights ALL = all();

  /** Nothing. */
  public static final Rights NONE = new Rights(Map.of());

  public Rights {
    granted = Map.copyOf(granted);
  }

  private static Rights all() {
    Map<Scope, List<RepositoryPattern>> granted = new EnumMap<>(Scope.class);
    for (Scope scope : Scope.values()) {
      if (scope != Scope.SPEAK_FOR) {
        granted.put(scope, List.of(RepositoryPattern.parse("**")));
      }
    }
    return new Rights(granted);
  }

  /** Those of one entry: its scopes, all in the same repositories. */
  public static Rights of(Set<Scope> scopes, List<RepositoryPattern> repositories) {
    Map<Scope, List<RepositoryPattern>> granted = new EnumMap<>(Scope.class);
    scopes.forEach(scope -> granted.put(scope, List.copyOf(repositories)));
    return new Rights(granted);
  }

  /** Whatever one of them allows. */
  public static Rights together(List<Rights> all) {
    Map<Scope, Set<RepositoryPattern>> joined = new EnumMap<>(Scope.class);
    all.forEach(
        rights ->
            rights.granted.forEach(
                (scope, repositories) ->
                    joined
                        .computeIfAbsent(scope, _ -> new LinkedHashSet<>())
                        .addAll(repositories)));
    Map<Scope, List<RepositoryPattern>> granted = new EnumMap<>(Scope.class);
    joined.forEach((scope, repositories) -> granted.put(scope, List.copyOf(repositories)));
    return new Rights(granted);
  }

  public Set<Scope> scopes() {
    return granted.keySet();
  }

  /** Whether the scope is among them, in whichever repositories. */
  public boolean include(Scope scope) {
    return granted.containsKey(scope);
  }

  /** What a scope is limited to; nothing without that scope. */
  public List<RepositoryPattern> repositories(Scope scope) {
    return granted.getOrDefault(scope, List.of());
  }

  /** Whether a scope leaves out no repository, those that nobody heard of yet included. */
  public boolean everywhere(Scope scope) {
    return repositories(scope).stream().anyMatch(RepositoryPattern::isEverything);
  }

  /** Whether the repository is among those of the scope. */
  public boolean cover(Scope scope, String registry, String repository) {
    return repositories(scope).stream().anyMatch(p -> p.matches(registry, repository));
  }
}
