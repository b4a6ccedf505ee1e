package dev.longshore.resolver.hub.access;

import dev.longshore.events.EventJson;
import dev.longshore.events.MalformedEventException;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.hub.AnswerSigner;
import dev.longshore.runtime.edge.access.SharedSecret;
import dev.longshore.runtime.edge.http.EdgeHandler;
import dev.longshore.runtime.edge.http.ErrorBodies;
import dev.longshore.runtime.edge.http.Exchange;
import dev.longshore.runtime.edge.http.HttpFailure;
import dev.longshore.runtime.edge.http.Route;
import dev.longshore.runtime.edge.http.RouteAdmission;
import dev.longshore.runtime.edge.rights.Operation;
import dev.longshore.sites.Admission;
import dev.longshore.sites.JoinRequest;
import dev.longshore.sites.SigningKey;
import dev.longshore.sites.SiteJson;
import io.opentelemetry.api.metrics.Meter;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A hub's routes to join and renew. Each route for sites admits only sites. */
public final class AccessRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(AccessRoutes.class);

  private final SiteAccess access;
  private final SiteAdmission admission;
  private final RefusalLog refusals;
  private final SiteAccessMeter meter;
  private final Supplier<List<AnswerSigner>> signers;

  /**
   * @param store the store of sites' credentials
   * @param known credentials that this hub has read
   * @param age time since it knew all of them; empty before it did
   * @param keys public keys of the hub's answers, the current one first
   * @param signers keys that sign an admission: a site trusts one that it knows
   * @param credentialFor validity of a credential
   */
  public AccessRoutes(
      SiteCredentialsStore store,
      SiteCredentials known,
      Supplier<Optional<Duration>> age,
      Supplier<List<SigningKey>> keys,
      Supplier<List<AnswerSigner>> signers,
      Duration credentialFor,
      Meter meter,
      InstantSource clock) {
    this.signers = signers;
    this.meter = new SiteAccessMeter(meter, age);
    this.refusals = new RefusalLog(this.meter, clock);
    this.admission = new SiteAdmission(known, refusals);
    this.access =
        new SiteAccess(
            store,
            known,
            keys,
            state -> NeighborSecrets.of(state, signers.get()),
            credentialFor,
            clock);
  }

  /** The routes to join and renew. */
  public List<Route> routes() {
    return List.of(
        route("site join", "POST", path -> SitePath.asksFor(SitePath.JOIN, path), this::join),
        route(
            "site credential",
            "POST",
            path -> SitePath.asksFor(SitePath.CREDENTIAL, path),
            this::renew));
  }

  /** The admission of their other routes: sites and nobody else. */
  public RouteAdmission admission() {
    return admission;
  }

  /**
   * A route for sites.
   *
   * @param name short and with few values, for metrics and spans
   * @param path whether a path, which begins with a site's, is its
   */
  private Route route(String name, String method, Predicate<String> path, EdgeHandler handler) {
    return new Route(name, null, Set.of(method), path, ErrorBodies.PLAIN, handler, admission);
  }

  private void join(Exchange exchange) throws HttpFailure, IOException, InterruptedException {
    SiteName site = site(exchange);
    exchange.visit().isAbout(Operation.SITE_JOIN, site.text());
    JoinRequest request = joinRequest(exchange.body());
    Admission admitted =
        admitted(exchange, site, secret -> access.join(site, secret, request.node()));
    meter.joined();
    LOG.info("sites: node {} of {} joined, in group {}", request.node(), site, admitted.group());
    send(exchange, 201, admitted);
  }

  private void renew(Exchange exchange) throws HttpFailure, IOException, InterruptedException {
    SiteName site = site(exchange);
    exchange.visit().isAbout(Operation.SITE_RENEW, site.text());
    Admission admitted = admitted(exchange, site, secret -> access.renew(site, secret));
    meter.renewed();
    send(exchange, 200, admitted);
  }

  private static JoinRequest joinRequest(byte[] body) throws HttpFailure {
    if (body.length > EventJson.LIMIT) {
      throw new HttpFailure(
          413, "BODY_TOO_LARGE", "the body is longer than " + EventJson.LIMIT + " bytes");
    }
    JoinRequest request;
    try {
      request = SiteJson.read(body, JoinRequest.class);
    } catch (MalformedEventException e) {
      throw new HttpFailure(400, "BAD_REQUEST", String.valueOf(e.getMessage()), Map.of(), e);
    }
    if (!SiteName.isValid(request.node())) {
      throw new HttpFailure(
          400, "BAD_REQUEST", "node: not a name (expected: 1 to 63 of a-z, 0-9, dot and hyphen)");
    }
    return request;
  }

  private static String shown(Exchange exchange) {
    return SharedSecret.bearer(exchange::headers).orElse("");
  }

  private static SiteName site(Exchange exchange) throws HttpFailure {
    return SitePath.of(exchange.path())
        .map(SitePath::site)
        .orElseThrow(() -> new HttpFailure(404, "NOT_FOUND", "no site is named there"));
  }

  /** Requests an admission with the caller's secret. */
  @FunctionalInterface
  private interface Asking {
    Admission ask(String secret) throws RefusedException, NotStoredException, InterruptedException;
  }

  /** A secret valid at the request's arrival may be used up by a faster caller. */
  private Admission admitted(Exchange exchange, SiteName site, Asking asking)
      throws HttpFailure, InterruptedException {
    try {
      return asking.ask(shown(exchange));
    } catch (RefusedException e) {
      refusals.refused(e.refusal(), Optional.of(site));
      throw HttpFailure.notAccepted();
    } catch (NotStoredException e) {
      LOG.warn("sites: {} cannot be let in now: {}", site, e.getMessage());
      throw new HttpFailure(
          503,
          "NOT_NOW",
          "this hub cannot keep who its sites are; try again",
          Map.of("Retry-After", "10"),
          e);
    }
  }

  private void send(Exchange exchange, int status, Admission admission)
      throws IOException, InterruptedException {
    byte[] body;
    try {
      body = SiteJson.write(admission);
    } catch (MalformedEventException e) {
      throw new IllegalStateException("an admission with very many keys", e);
    }
    byte[] signed = Admission.signed(body, shown(exchange));
    String signatures =
        signers.get().stream()
            .map(signer -> signer.id() + ":" + signer.sign(signed))
            .collect(Collectors.joining(" "));
    exchange.send(
        status,
        Map.of(
            "Content-Type",
            "application/json",
            "Cache-Control",
            "no-store",
            Admission.SIGNATURE,
            signatures),
        body);
  }
}
