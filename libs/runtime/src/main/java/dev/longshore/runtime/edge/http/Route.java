package dev.longshore.runtime.edge.http;

import dev.longshore.runtime.edge.rights.Scope;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where requests go.
 *
 * @param name short and of few values: stands in metrics and spans
 * @param scope what a caller must be allowed to do; nothing in particular if none
 * @param methods such as GET; HEAD is its own
 * @param path whether the request's path, as sent, belongs here
 * @param errors how this route's errors are written
 */
public record Route(
    String name,
    @Nullable Scope scope,
    Set<String> methods,
    Predicate<String> path,
    ErrorBodies errors,
    EdgeHandler handler) {
  public Route {
    methods = Set.copyOf(methods);
  }

  /** One path, errors in the plain form. */
  public static Route at(Scope scope, String method, String path, EdgeHandler handler) {
    return new Route(path, scope, Set.of(method), path::equals, ErrorBodies.PLAIN, handler);
  }

  /** All paths that begin with a prefix, for GET and HEAD. */
  public static Route reads(Scope scope, String prefix, ErrorBodies errors, EdgeHandler handler) {
    return new Route(
        prefix, scope, Set.of("GET", "HEAD"), path -> path.startsWith(prefix), errors, handler);
  }
}
