package dev.longshore.app.ops;

import dev.longshore.events.Proof;
import dev.longshore.runtime.edge.access.Authenticator;
import dev.longshore.runtime.edge.access.CallHeaders;
import dev.longshore.runtime.edge.access.NotAdmittedException;
import dev.longshore.runtime.edge.access.PersonRefusedException;
import dev.longshore.runtime.edge.http.RouteAdmission;
import dev.longshore.runtime.edge.rights.Caller;
import dev.longshore.runtime.edge.rights.Rights;
import java.util.List;
import java.util.Optional;

/**
 * Admits whom the listener does not: those with a session, as the caller who logged in, and all
 * others as strangers, who get the form to log in and nothing else. The listener's own answer would
 * have the browser ask for a password.
 */
final class PageAdmission implements RouteAdmission {
  /** Who has not logged in. */
  static final Caller STRANGER = new Caller("anonymous", Proof.NONE, Optional.empty(), Rights.NONE);

  private final Authenticator authenticator;
  private final Sessions sessions;
  private final SessionCookie cookie;

  PageAdmission(Authenticator authenticator, Sessions sessions, SessionCookie cookie) {
    this.authenticator = authenticator;
    this.sessions = sessions;
    this.cookie = cookie;
  }

  @Override
  public String shown(String path) {
    return path;
  }

  @Override
  public Optional<Claim> claim(String path, CallHeaders headers) {
    return Optional.of(new Claim(cookie.of(headers).flatMap(this::caller).orElse(STRANGER), null));
  }

  private Optional<Caller> caller(String id) {
    Optional<String> authorization = sessions.authorization(id);
    if (authorization.isEmpty()) {
      return Optional.empty();
    }
    Optional<Caller> caller = caller(authenticator, authorization.get());
    if (caller.isEmpty()) {
      sessions.end(id);
    }
    return caller;
  }

  /** The caller that this header alone admits. */
  static Optional<Caller> caller(Authenticator authenticator, String authorization) {
    try {
      return Optional.of(
          authenticator.admit(
              name ->
                  name.equalsIgnoreCase(Authenticator.AUTHORIZATION)
                      ? List.of(authorization)
                      : List.of(),
              null));
    } catch (NotAdmittedException | PersonRefusedException e) {
      return Optional.empty();
    }
  }
}
