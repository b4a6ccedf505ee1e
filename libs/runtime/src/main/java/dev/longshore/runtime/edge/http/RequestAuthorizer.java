package dev.longshore.runtime.edge.http;

import dev.longshore.runtime.edge.access.Authenticator;
import dev.longshore.runtime.edge.access.Certificates;
import dev.longshore.runtime.edge.access.NotAdmittedException;
import dev.longshore.runtime.edge.access.PersonRefusedException;
import dev.longshore.runtime.edge.audit.CallAudit;
import dev.longshore.runtime.edge.rights.ApiCall;
import dev.longshore.runtime.edge.rights.Caller;
import dev.longshore.runtime.edge.rights.DeniedException;
import dev.longshore.runtime.edge.rights.Operation;
import dev.longshore.runtime.service.telemetry.TraceHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Determines the caller and purpose of a request, and whether it is allowed. */
final class RequestAuthorizer {
  private final Authenticator authenticator;
  private final CallAudit callAudit;

  /**
   * An admitted request.
   *
   * @param pending what the body must still prove; null if nothing
   */
  record Admitted(Route route, ApiCall visit, @Nullable Pending pending) {}

  /**
   * A stranger's claim, to be checked once the body is there.
   *
   * @param caller who called, if it holds
   * @param refusal the answer if it does not
   */
  record Pending(Caller caller, RouteAdmission.OfBody ofBody, HttpFailure refusal) {}

  /**
   * @param callAudit records refused requests
   */
  RequestAuthorizer(Authenticator authenticator, CallAudit callAudit) {
    this.authenticator = authenticator;
    this.callAudit = callAudit;
  }

  /**
   * Admits a request, or throws.
   *
   * @param here routes of its path
   */
  Admitted admit(HttpServerRequest request, List<Route> here) throws HttpFailure {
    String method = request.method().name();
    Optional<Route> route = here.stream().filter(one -> one.methods().contains(method)).findFirst();
    Optional<Operation> alone =
        route.flatMap(its -> Optional.ofNullable(its.admission())).flatMap(RouteAdmission::alone);
    Operation operation =
        alone.orElseGet(() -> route.map(one -> Operation.of(one.scope())).orElse(Operation.OTHER));
    ApiCall visit = new ApiCall(Caller.ANONYMOUS, operation);
    try {
      try {
        if (alone.isPresent()) {
          throw HttpFailure.notAccepted();
        }
        visit = new ApiCall(caller(request), operation);
      } catch (HttpFailure refused) {
        Optional<RouteAdmission.Claim> own = own(route, request);
        if (own.isEmpty()) {
          throw refused;
        }
        RouteAdmission.OfBody ofBody = own.get().ofBody();
        Caller caller = own.get().caller();
        return ofBody == null
            ? new Admitted(route.get(), new ApiCall(caller, operation), null)
            : new Admitted(route.get(), visit, new Pending(caller, ofBody, refused));
      }
      Route its = route.isPresent() ? route.get() : notServed(here, method, path(request));
      if (its.scope() != null) {
        visit.caller().require(its.scope());
      }
      return new Admitted(its, visit, null);
    } catch (DeniedException e) {
      throw told(request, here, visit, HttpFailure.denied(e.reason()));
    } catch (PersonRefusedException e) {
      visit = new ApiCall(e.caller(), operation);
      throw told(request, here, visit, HttpFailure.denied(e.reason()));
    } catch (HttpFailure e) {
      throw told(request, here, visit, e);
    }
  }

  private static Optional<RouteAdmission.Claim> own(
      Optional<Route> route, HttpServerRequest request) throws HttpFailure {
    RouteAdmission admission = route.map(Route::admission).orElse(null);
    return admission == null
        ? Optional.empty()
        : admission.claim(path(request), request.headers()::getAll);
  }

  private Caller caller(HttpServerRequest request) throws HttpFailure, PersonRefusedException {
    try {
      return authenticator.admit(
          request.headers()::getAll, Certificates.shown(request.connection().sslSession()));
    } catch (NotAdmittedException e) {
      throw new HttpFailure(
          401, "UNAUTHORIZED", e.reason(), Map.of("WWW-Authenticate", e.challenge()), null);
    }
  }

  /** Every registry client first asks without credentials what to show; do not record that. */
  private HttpFailure told(
      HttpServerRequest request, List<Route> here, ApiCall visit, HttpFailure failure) {
    boolean asksForTheChallenge =
        failure.status() == 401
            && visit.matter().operation() == Operation.PING
            && request.getHeader(Authenticator.AUTHORIZATION) == null;
    if (!asksForTheChallenge) {
      callAudit.ended(
          visit,
          address(request),
          shown(request, here),
          Integer.toString(failure.status()),
          failure.status() == 401 || failure.status() == 403,
          TraceHeaders.extract(request::getHeader));
    }
    return failure;
  }

  private static Route notServed(List<Route> here, String method, String path) throws HttpFailure {
    if (here.isEmpty()) {
      throw new HttpFailure(404, "NOT_FOUND", "nothing is served at " + path);
    }
    Set<String> allowed = new TreeSet<>();
    here.forEach(route -> allowed.addAll(route.methods()));
    throw new HttpFailure(
        405,
        "METHOD_NOT_ALLOWED",
        method + " is not allowed at " + path,
        Map.of("Allow", String.join(", ", allowed)),
        null);
  }

  /** The path without secrets. */
  static String shown(HttpServerRequest request, List<Route> here) {
    return here.isEmpty() ? start(path(request)) : here.getFirst().shown(path(request));
  }

  /** In a mistyped address, the rest may be a secret. */
  private static String start(String path) {
    int second = path.indexOf('/', 1);
    return second < 0 ? path : path.substring(0, second) + "/***";
  }

  static String path(HttpServerRequest request) {
    return request.path() == null ? "" : request.path();
  }

  /** Address of the other end of the connection; null if it is gone. */
  static @Nullable String address(HttpServerRequest request) {
    SocketAddress remote = request.remoteAddress();
    return remote == null ? null : remote.hostAddress();
  }
}
