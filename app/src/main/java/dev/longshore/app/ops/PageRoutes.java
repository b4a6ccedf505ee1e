package dev.longshore.app.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.Answer;
import dev.longshore.app.query.Queries;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.query.http.EveryImage;
import dev.longshore.app.settings.Settings;
import dev.longshore.catalog.Catalog;
import dev.longshore.runtime.edge.access.CallerPlaces;
import dev.longshore.runtime.edge.http.EdgeHandler;
import dev.longshore.runtime.edge.http.Exchange;
import dev.longshore.runtime.edge.http.HttpFailure;
import dev.longshore.runtime.edge.http.Route;
import dev.longshore.runtime.edge.rights.Caller;
import dev.longshore.runtime.edge.rights.DeniedException;
import dev.longshore.runtime.edge.rights.Operation;
import dev.longshore.runtime.edge.rights.Scope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** The page's documents, its views as JSON, its stream of events, and its decisions. */
final class PageRoutes {
  private static final Set<String> DOCUMENTS =
      Set.of("/", "/image", "/sites", "/site", "/failures", "/decisions", "/search");

  private static final int FOUND = 50;
  private static final int LISTED_SITES = 1_000;
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Supplier<Settings> settings;
  private final Catalog catalog;
  private final Supplier<Queries> queries;
  private final Function<Catalog, Deciding> deciding;
  private final Queries.Knowledge caughtUp;
  private final Reading reading;
  private final NowView now;
  private final SitesView sites;
  private final LiveStreams live;
  private final PageAudit audit;

  /**
   * @param queries of the state as it is
   * @param deciding by a state that has everything from before the question
   * @param caughtUp that state
   */
  PageRoutes(
      Supplier<Settings> settings,
      Catalog catalog,
      Supplier<Queries> queries,
      Function<Catalog, Deciding> deciding,
      Queries.Knowledge caughtUp,
      Reading reading,
      NowView now,
      SitesView sites,
      LiveStreams live,
      PageAudit audit) {
    this.settings = settings;
    this.catalog = catalog;
    this.queries = queries;
    this.deciding = deciding;
    this.caughtUp = caughtUp;
    this.reading = reading;
    this.now = now;
    this.sites = sites;
    this.live = live;
    this.audit = audit;
  }

  List<Route> routes(PageDoor door, PageFiles files) {
    List<Route> routes = new ArrayList<>();
    routes.add(door.document("page", DOCUMENTS::contains, files::sendShell));
    routes.add(door.document("assets", path -> path.startsWith("/assets/"), file(files)));
    routes.add(door.view("/api/now", seen(_ -> now.json())));
    routes.add(door.view("/api/image", seen(this::image)));
    routes.add(door.view("/api/why", seen(x -> json(queries.get().why(asked(x, "image"))))));
    routes.add(door.view("/api/layers", seen(x -> json(queries.get().layers(asked(x, "image"))))));
    routes.add(door.view("/api/sites", seen(_ -> allSites())));
    routes.add(door.view("/api/site", seen(x -> sites.site(asked(x, "site")))));
    routes.add(door.view("/api/failures", seen(_ -> now.failures(queries.get()))));
    routes.add(door.view("/api/decisions", seen(_ -> DecisionsView.json(catalog))));
    routes.add(door.view("/api/search", seen(this::search)));
    routes.add(door.change("/api/plan", decided(this::plan)));
    routes.add(door.change("/api/decide", decided(this::decide)));
    // A stream waits for long, and would take the places of others.
    routes.add(door.own("/api/live", this::follow).withPlaces(new CallerPlaces(LiveStreams.MOST)));
    return routes;
  }

  private static EdgeHandler file(PageFiles files) {
    return exchange -> {
      if (!files.send(exchange)) {
        throw new HttpFailure(
            404, "NOT_FOUND", "no such file in this version of the page: load the page again");
      }
    };
  }

  /** For those who may see every image. */
  private PageDoor.Shown seen(PageDoor.Shown shown) {
    return exchange -> {
      requireLook(exchange.visit().caller());
      JsonNode view = shown.of(exchange);
      if (view instanceof ObjectNode node) {
        reading.put(node);
      }
      return view;
    };
  }

  /** For those who may decide, too. */
  private PageDoor.Shown decided(PageDoor.Shown shown) {
    return exchange -> {
      exchange.visit().isFor(Operation.DECIDE);
      Caller caller = exchange.visit().caller();
      requireLook(caller);
      require(caller, Scope.DECIDE);
      return shown.of(exchange);
    };
  }

  /** Why a caller may not look; empty if it may. */
  Optional<String> refusal(Caller caller) {
    try {
      requireLook(caller);
      return Optional.empty();
    } catch (HttpFailure e) {
      return Optional.of(e.reason());
    }
  }

  private void requireLook(Caller caller) throws HttpFailure {
    if (caller.equals(PageAdmission.STRANGER)) {
      throw HttpFailure.notAccepted();
    }
    require(caller, Scope.PINS);
    EveryImage.require(caller, settings.get(), catalog);
  }

  private static void require(Caller caller, Scope scope) throws HttpFailure {
    try {
      caller.require(scope);
    } catch (DeniedException e) {
      throw HttpFailure.denied(e.reason());
    }
  }

  private ObjectNode image(Exchange exchange) throws Exception {
    String asked = asked(exchange, "image");
    return new ImageView(settings.get(), catalog, queries.get(), sites).json(asked);
  }

  private ObjectNode allSites() throws InterruptedException {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    sites.put(answer, LISTED_SITES, PATIENCE);
    return answer;
  }

  private JsonNode search(Exchange exchange) throws Exception {
    String text = asked(exchange, "text");
    ObjectNode answer = (ObjectNode) json(queries.get().search(text, FOUND));
    var peers = answer.putArray("peers");
    settings.get().shared().peers().stream()
        .map(peer -> peer.name())
        .filter(name -> name.contains(text))
        .limit(FOUND)
        .forEach(peers::add);
    sites.named(text, FOUND).forEach(answer.putArray("sites")::add);
    return answer;
  }

  private static JsonNode json(Answer answer) throws QueryException {
    JsonNode json = answer.json();
    if (json == null) {
      throw new QueryException(answer.error() == null ? "no answer" : answer.error());
    }
    return json;
  }

  private static String asked(Exchange exchange, String parameter) throws HttpFailure {
    return exchange
        .query(parameter)
        .filter(text -> !text.isBlank())
        .orElseThrow(() -> new HttpFailure(400, "BAD_REQUEST", "no " + parameter));
  }

  private JsonNode plan(Exchange exchange) throws Exception {
    DecisionRequest wish = DecisionRequest.of(exchange.body());
    exchange.visit().isAbout(Operation.DECIDE, wish.subject());
    Deciding.Plan plan = deciding.apply(caughtUp.now()).plan(wish);
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("possible", plan.possible()).put("command", wish.action().command());
    plan.lines().forEach(answer.putArray("lines")::add);
    plan.expected().forEach(answer.putArray("expected")::add);
    return answer;
  }

  private JsonNode decide(Exchange exchange) throws Exception {
    DecisionRequest wish = DecisionRequest.of(exchange.body());
    exchange.visit().isAbout(Operation.DECIDE, wish.subject());
    Caller caller = exchange.visit().caller();
    String outcome = "failed";
    try {
      outcome = deciding.apply(caughtUp.now()).decide(wish, caller.name());
    } finally {
      audit.tell(exchange, caller, wish.action().command(), wish.subject(), outcome);
    }
    live.changed();
    return JsonNodeFactory.instance.objectNode().put("outcome", outcome);
  }

  private void follow(Exchange exchange) throws Exception {
    requireLook(exchange.visit().caller());
    exchange.chunks(200, PageHeaders.of("text/event-stream", "no-store"), -1, live.open(), 0);
  }
}
