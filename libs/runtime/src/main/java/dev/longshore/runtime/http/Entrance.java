package dev.longshore.runtime.http;

import dev.longshore.runtime.access.Caller;
import dev.longshore.runtime.access.Certificates;
import dev.longshore.runtime.access.DeniedException;
import dev.longshore.runtime.access.Doorkeeper;
import dev.longshore.runtime.access.NotAdmittedException;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;

/** Finds out who sends a request, and whether they may use its route. */
final class Entrance {
  private final Doorkeeper doorkeeper;

  Entrance(Doorkeeper doorkeeper) {
    this.doorkeeper = doorkeeper;
  }

  Caller caller(HttpServerRequest request) throws HttpFailure {
    try {
      return doorkeeper.admit(
          request.headers().getAll("Authorization"),
          Certificates.shown(request.connection().sslSession()));
    } catch (NotAdmittedException e) {
      throw new HttpFailure(
          401, "UNAUTHORIZED", e.reason(), Map.of("WWW-Authenticate", e.challenge()), null);
    }
  }

  static void require(Caller caller, Route route) throws HttpFailure {
    try {
      if (route.scope() != null) {
        caller.require(route.scope());
      }
    } catch (DeniedException e) {
      throw HttpFailure.denied(e);
    }
  }
}
