package dev.longshore.pinner;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.catalog.PinnedDag;
import dev.longshore.events.EventJson;
import dev.longshore.events.MalformedEventException;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.MalformedCidException;
import dev.longshore.runtime.edge.http.ErrorBodies;
import dev.longshore.runtime.edge.http.Exchange;
import dev.longshore.runtime.edge.http.HttpFailure;
import dev.longshore.runtime.edge.http.Route;
import dev.longshore.runtime.edge.rights.Operation;
import dev.longshore.runtime.edge.rights.Scope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code GET /v1/pins} and {@code GET /v1/pins/<image DAG>}: the copies of images. */
final class PinRoutes {
  private static final String PATH = "/v1/pins";
  private static final int DEFAULT_PAGE = 100;
  private static final int MAX_PAGE = 1000;
  private static final ObjectMapper JSON = new ObjectMapper();
  private final PinLookup lookup;

  PinRoutes(PinLookup lookup) {
    this.lookup = lookup;
  }

  List<Route> routes() {
    return List.of(
        Route.at(Scope.PINS, "GET", PATH, this::list),
        Route.reads(Scope.PINS, PATH + "/", ErrorBodies.PLAIN, this::one));
  }

  private void one(Exchange exchange) throws HttpFailure, IOException, InterruptedException {
    ImageDag dag = dag(exchange.path().substring(PATH.length() + 1));
    exchange.visit().isAbout(Operation.PINS, dag.toString());
    PinnedDag pin =
        lookup
            .byDag(dag)
            .orElseThrow(
                () -> new HttpFailure(404, "NOT_FOUND", "no copies of " + dag + " are kept"));
    send(exchange, json(pin));
  }

  private void list(Exchange exchange) throws HttpFailure, IOException, InterruptedException {
    int limit = limit(exchange.query("limit").orElse(Integer.toString(DEFAULT_PAGE)));
    String after = exchange.query("after").orElse("");
    boolean unfinished = exchange.query("unfinished").map("true"::equals).orElse(false);
    List<PinnedDag> pins = lookup.page(after.isEmpty() ? null : dag(after), limit, unfinished);
    ObjectNode page = JSON.createObjectNode();
    var entries = page.putArray("pins");
    for (PinnedDag pin : pins) {
      entries.add(json(pin));
    }
    if (pins.size() == limit) {
      page.put("next", pins.getLast().pin().imageDag().toString());
    }
    send(exchange, page);
  }

  private static int limit(String text) throws HttpFailure {
    try {
      int limit = Integer.parseInt(text);
      if (limit >= 1 && limit <= MAX_PAGE) {
        return limit;
      }
    } catch (NumberFormatException e) {
      throw badRequest("limit: \"" + text + "\" (expected: 1 to " + MAX_PAGE + ")", e);
    }
    throw badRequest("limit: " + text + " (expected: 1 to " + MAX_PAGE + ")", null);
  }

  private static ImageDag dag(String text) throws HttpFailure {
    try {
      return new ImageDag(Cid.parse(text));
    } catch (MalformedCidException e) {
      throw badRequest("not a CID: " + e.getMessage(), e);
    }
  }

  private static HttpFailure badRequest(String what, @Nullable Throwable cause) {
    return new HttpFailure(400, "BAD_REQUEST", what, Map.of(), cause);
  }

  /** The format of the first releases, plus the state of each copy. */
  private static ObjectNode json(PinnedDag pin) throws IOException {
    try {
      ObjectNode node = (ObjectNode) JSON.readTree(EventJson.write(pin.inOne()));
      for (int i = 0; i < pin.copies().size(); i++) {
        ((ObjectNode) node.path("copies").get(i))
            .put("state", pin.copies().get(i).state().name().toLowerCase(Locale.ROOT));
      }
      return node;
    } catch (MalformedEventException e) {
      throw new IOException("a pin could not be written: " + e.getMessage(), e);
    }
  }

  private static void send(Exchange exchange, ObjectNode body)
      throws IOException, InterruptedException {
    exchange.send(
        200,
        Map.of("Content-Type", "application/json"),
        body.toString().getBytes(StandardCharsets.UTF_8));
  }
}
