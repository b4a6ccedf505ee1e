package dev.longshore.runtime.edge.rights;

import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rights of a caller. Each scope has its own repositories, so that several entries for one
 * person do not add up to more than each of them gives: a right to pull here and to look up there
 * does not include a right to pull there.
 *
 * @param granted the scopes, and the repositories that limit {@link Scope#PULL} and {@link
 *     Scope#LOOK_UP}
 */
public record Rights(Map<Scope, List<RepositoryPattern>> granted) {
  /** The rights of anonymous callers, which therefore cannot speak for others. */
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

  /** The rights of one entry: its scopes, all in the same repositories. */
  public static Rights of(Set<Scope> scopes, List<RepositoryPattern> repositories) {
    Map<Scope, List<RepositoryPattern>> granted = new EnumMap<>(Scope.class);
    scopes.forEach(scope -> granted.put(scope, List.copyOf(repositories)));
    return new Rights(granted);
  }

  /** Everything that one of them allows. */
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

  /** Whether they include the scope, in any repository. */
  public boolean include(Scope scope) {
    return granted.containsKey(scope);
  }

  /** The repositories of a scope; none without that scope. */
  public List<RepositoryPattern> repositories(Scope scope) {
    return granted.getOrDefault(scope, List.of());
  }

  /** Whether a scope covers every repository, unknown ones included. */
  public boolean everywhere(Scope scope) {
    return repositories(scope).stream().anyMatch(RepositoryPattern::isEverything);
  }

  /** Whether the scope covers the repository. */
  public boolean cover(Scope scope, String registry, String repository) {
    return repositories(scope).stream().anyMatch(p -> p.matches(registry, repository));
  }
}
