package dev.longshore.resolver.lookup;

import dev.longshore.model.OciFormatException;
import dev.longshore.runtime.edge.http.Exchange;
import dev.longshore.runtime.edge.http.HttpFailure;
import dev.longshore.runtime.edge.http.Route;
import dev.longshore.runtime.edge.rights.DeniedException;
import dev.longshore.runtime.edge.rights.Operation;
import dev.longshore.runtime.edge.rights.Scope;
import java.io.IOException;
import java.util.Map;

/** {@code GET /v1/resolve?ref=}: everything known, as JSON. */
public final class LookupRoute {
  /** The path it is served at. */
  public static final String PATH = "/v1/resolve";

  private final Lookup lookup;

  private LookupRoute(Lookup lookup) {
    this.lookup = lookup;
  }

  public static Route of(Lookup lookup) {
    return Route.at(Scope.LOOK_UP, "GET", PATH, new LookupRoute(lookup)::handle);
  }

  private void handle(Exchange exchange) throws HttpFailure, IOException, InterruptedException {
    String ref =
        exchange
            .query("ref")
            .orElseThrow(
                () ->
                    new HttpFailure(
                        400, "BAD_REQUEST", "no ref (expected: ?ref=<name, digest or CID>)"));
    Known known;
    try {
      Question question = lookup.question(ref);
      exchange.visit().isAbout(Operation.LOOK_UP, ref);
      known = lookup.known(question, exchange.visit().caller());
    } catch (OciFormatException e) {
      throw new HttpFailure(400, "BAD_REQUEST", "ref: " + e.getMessage());
    } catch (DeniedException e) {
      throw HttpFailure.denied(e.reason());
    }
    exchange.send(
        known.isEmpty() ? 404 : 200,
        Map.of("Content-Type", "application/json"),
        KnownJson.write(ref, known));
  }
}
