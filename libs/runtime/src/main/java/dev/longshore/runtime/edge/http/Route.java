package dev.longshore.runtime.edge.http;

import dev.longshore.runtime.edge.access.CallerPlaces;
import dev.longshore.runtime.edge.rights.Scope;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A route for requests.
 *
 * @param name short and with few values, for metrics and spans
 * @param scope the scope that a caller needs; null if none
 * @param methods such as GET; HEAD is separate
 * @param path whether the request's path, as sent, matches
 * @param errors format of this route's errors
 * @param admission admits further callers; null if the listener alone does
 * @param places its own limit, for long-polling requests that would exhaust the listener's; null to
 *     share the listener's
 */
public record Route(
    String name,
    @Nullable Scope scope,
    Set<String> methods,
    Predicate<String> path,
    ErrorBodies errors,
    EdgeHandler handler,
    @Nullable RouteAdmission admission,
    @Nullable CallerPlaces places) {
  public Route {
    methods = Set.copyOf(methods);
  }

  /** A route that shares the listener's limit. */
  public Route(
      String name,
      @Nullable Scope scope,
      Set<String> methods,
      Predicate<String> path,
      ErrorBodies errors,
      EdgeHandler handler,
      @Nullable RouteAdmission admission) {
    this(name, scope, methods, path, errors, handler, admission, null);
  }

  /** A route for callers that the listener knows. */
  public Route(
      String name,
      @Nullable Scope scope,
      Set<String> methods,
      Predicate<String> path,
      ErrorBodies errors,
      EdgeHandler handler) {
    this(name, scope, methods, path, errors, handler, null);
  }

  /** The same, with its own limit; routes may share one. */
  public Route withPlaces(CallerPlaces own) {
    return new Route(name, scope, methods, path, errors, handler, admission, own);
  }

  /** The path of a request for it, without secrets. */
  String shown(String sent) {
    return admission == null ? sent : admission.shown(sent);
  }

  /** One path, with errors in the default format. */
  public static Route at(Scope scope, String method, String path, EdgeHandler handler) {
    return new Route(path, scope, Set.of(method), path::equals, ErrorBodies.PLAIN, handler);
  }

  /** All paths that begin with a prefix, for GET and HEAD. */
  public static Route reads(Scope scope, String prefix, ErrorBodies errors, EdgeHandler handler) {
    return new Route(
        prefix, scope, Set.of("GET", "HEAD"), path -> path.startsWith(prefix), errors, handler);
  }
}
