package dev.longshore.resolver.hub.access;

import dev.longshore.events.Proof;
import dev.longshore.events.SiteCredentialsState.Credential;
import dev.longshore.runtime.edge.access.CallHeaders;
import dev.longshore.runtime.edge.access.SharedSecret;
import dev.longshore.runtime.edge.http.HttpFailure;
import dev.longshore.runtime.edge.http.RouteAdmission;
import dev.longshore.runtime.edge.rights.Caller;
import dev.longshore.runtime.edge.rights.Operation;
import dev.longshore.runtime.edge.rights.Rights;
import java.util.Map;
import java.util.Optional;

/**
 * Admits sites, and nobody else, to the paths of sites: by a credential, or to join by a token. It
 * opens nothing else of the listener.
 */
final class SiteAdmission implements RouteAdmission {
  private final SiteCredentials credentials;
  private final RefusalLog refusals;

  SiteAdmission(SiteCredentials credentials, RefusalLog refusals) {
    this.credentials = credentials;
    this.refusals = refusals;
  }

  @Override
  public Optional<Operation> alone() {
    return Optional.of(Operation.SITE);
  }

  @Override
  public String shown(String path) {
    return path;
  }

  @Override
  public Optional<Claim> claim(String path, CallHeaders headers) throws HttpFailure {
    Optional<SitePath> asked = SitePath.of(path);
    Optional<String> secret = SharedSecret.bearer(headers);
    try {
      if (secret.isEmpty()) {
        throw new RefusedException(Refusal.NOTHING_SHOWN);
      }
      if (asked.isEmpty()) {
        throw new RefusedException(Refusal.UNKNOWN_SITE);
      }
      if (!credentials.isTold()) {
        throw new HttpFailure(
            503,
            "NOT_YET",
            "this hub has not read yet who its sites are; try again",
            Map.of("Retry-After", "5"),
            null);
      }
      boolean joins = asked.get().what().equals(SitePath.JOIN);
      Credential shown = credentials.shown(asked.get().site(), secret.get(), joins);
      return Optional.of(
          new Claim(
              new Caller(
                  SiteCredentials.callerName(asked.get().site(), shown.node()),
                  Proof.TOKEN,
                  Optional.empty(),
                  Rights.NONE),
              null));
    } catch (RefusedException e) {
      refusals.refused(e.refusal(), asked.map(SitePath::site).filter(credentials::has));
      return Optional.empty();
    }
  }
}
