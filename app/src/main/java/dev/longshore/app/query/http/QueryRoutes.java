package dev.longshore.app.query.http;

import dev.longshore.app.Version;
import dev.longshore.app.query.Answer;
import dev.longshore.app.query.Queries;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.query.lag.KnownSites;
import dev.longshore.app.settings.FollowedSettings.Staleness;
import dev.longshore.app.settings.Settings;
import dev.longshore.catalog.Catalog;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.edge.http.Exchange;
import dev.longshore.runtime.edge.http.HttpFailure;
import dev.longshore.runtime.edge.http.Route;
import dev.longshore.runtime.edge.rights.Caller;
import dev.longshore.runtime.edge.rights.Operation;
import dev.longshore.runtime.edge.rights.Scope;
import dev.longshore.watcher.Deliveries;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /v1/query/resolve?image=}, {@code /v1/query/status}, {@code /v1/query/why?image=},
 * {@code /v1/query/history?image=} and {@code /v1/query/deliveries}, the notifications that came to
 * a watcher in this process; of a hub {@code /v1/query/lag} and {@code
 * /v1/query/site-why?image=&site=} too. They cover every image, so they refuse callers who may see
 * only some, and strangers if any image is encrypted.
 */
public final class QueryRoutes {
  private final Supplier<Settings> settings;
  private final Supplier<Staleness> staleness;
  private final Queries.Knowledge knowledge;
  private final @Nullable Deliveries deliveries;
  private final KnownSites.Source sites;
  private final Limits limits;
  private final Semaphore turns;

  private QueryRoutes(
      Supplier<Settings> settings,
      Supplier<Staleness> staleness,
      Queries.Knowledge knowledge,
      @Nullable Deliveries deliveries,
      KnownSites.Source sites,
      Limits limits) {
    this.sites = sites;
    this.settings = settings;
    this.staleness = staleness;
    this.knowledge = knowledge;
    this.deliveries = deliveries;
    this.limits = limits;
    this.turns = new Semaphore(limits.atOnce(), true);
  }

  /**
   * Limits of questions.
   *
   * @param atOnce concurrent questions: each reads lists into memory, and some open clients of
   *     Kafka
   * @param turn how long a further question waits for them
   * @param answer how long an answer may take; a silent peer takes 5 s of it
   */
  record Limits(int atOnce, Duration turn, Duration answer) {
    /** Whether the caller is still there. */
    static final Limits USUAL = new Limits(4, Duration.ofSeconds(2), Duration.ofSeconds(8));
  }

  @FunctionalInterface
  private interface Question {
    Answer ask(Queries queries) throws QueryException, InterruptedException;
  }

  /**
   * The routes, for the health listener; none if the listener admits everyone on its network, which
   * is meant for health and metrics.
   *
   * @param settings those that count
   * @param staleness in what they are older than their file
   * @param knowledge fails if not available within seconds; the caller then reads Kafka itself
   * @param deliveries what came to the watcher in this process; null without one
   * @param sites what the hub in this process knows; null without one
   */
  public static List<Route> of(
      Supplier<Settings> settings,
      Supplier<Staleness> staleness,
      Queries.Knowledge knowledge,
      @Nullable Deliveries deliveries,
      KnownSites.@Nullable Source sites) {
    return of(settings, staleness, knowledge, deliveries, sites, Limits.USUAL);
  }

  static List<Route> of(
      Supplier<Settings> settings,
      Supplier<Staleness> staleness,
      Queries.Knowledge knowledge,
      @Nullable Deliveries deliveries,
      KnownSites.@Nullable Source sites,
      Limits limits) {
    ListenerSettings listener = settings.get().shared().health();
    if (!listener.asksWhoCalls() && !listener.listen().loopback()) {
      return List.of();
    }
    boolean isHub = sites != null;
    QueryRoutes routes =
        new QueryRoutes(
            settings,
            staleness,
            knowledge,
            deliveries,
            sites == null ? KnownSites.Source.NONE : sites,
            limits);
    List<Route> all = new ArrayList<>();
    // A process that is no hub leaves the questions about sites to those who read Kafka.
    if (isHub) {
      all.add(Route.at(Scope.PINS, "GET", Protocol.PREFIX + "lag", routes::lag));
      all.add(Route.at(Scope.PINS, "GET", Protocol.PREFIX + "site-why", routes::siteWhy));
    }
    all.addAll(routes.always());
    return all;
  }

  private List<Route> always() {
    QueryRoutes routes = this;
    return List.of(
        Route.at(Scope.PINS, "GET", Protocol.PREFIX + "resolve", routes::resolve),
        Route.at(Scope.PINS, "GET", Protocol.PREFIX + "status", routes::status),
        Route.at(Scope.PINS, "GET", Protocol.PREFIX + "why", routes::why),
        Route.at(Scope.PINS, "GET", Protocol.PREFIX + "history", routes::history),
        Route.at(Scope.PINS, "GET", Protocol.PREFIX + "deliveries", routes::deliveries));
  }

  private void resolve(Exchange exchange) throws HttpFailure, IOException, InterruptedException {
    String image = required(exchange);
    exchange.visit().isAbout(Operation.LOOK_UP, image);
    refuseUnreadable(queries -> queries.requireReadable(image));
    answer(exchange, queries -> queries.resolve(image));
  }

  private void status(Exchange exchange) throws HttpFailure, IOException, InterruptedException {
    Optional<String> image = exchange.query(Protocol.IMAGE);
    if (image.isEmpty()) {
      answer(exchange, Queries::status);
      return;
    }
    exchange.visit().isAbout(Operation.LOOK_UP, image.get());
    refuseUnreadable(queries -> queries.requireReadable(image.get()));
    answer(exchange, queries -> queries.status(image.get()));
  }

  private void why(Exchange exchange) throws HttpFailure, IOException, InterruptedException {
    String image = required(exchange);
    exchange.visit().isAbout(Operation.LOOK_UP, image);
    refuseUnreadable(queries -> queries.requireMirrored(image));
    answer(exchange, queries -> queries.why(image));
  }

  private void siteWhy(Exchange exchange) throws HttpFailure, IOException, InterruptedException {
    String image = required(exchange);
    String site =
        exchange
            .query(Protocol.SITE)
            .orElseThrow(() -> bad("no " + Protocol.SITE + " (expected: &site=<name>)"));
    exchange.visit().isAbout(Operation.LOOK_UP, image);
    refuseUnreadable(queries -> queries.requireMirrored(image));
    answer(exchange, queries -> queries.why(image, site));
  }

  private void lag(Exchange exchange) throws HttpFailure, IOException, InterruptedException {
    @Nullable String site = exchange.query(Protocol.SITE).orElse(null);
    answer(exchange, queries -> queries.lag(site));
  }

  private void history(Exchange exchange) throws HttpFailure, IOException, InterruptedException {
    String image = required(exchange);
    exchange.visit().isAbout(Operation.LOOK_UP, image);
    refuseUnreadable(queries -> queries.requireReadable(image));
    answer(exchange, queries -> queries.history(image));
  }

  private void deliveries(Exchange exchange) throws HttpFailure, IOException, InterruptedException {
    answer(exchange, Queries::deliveries);
  }

  private static String required(Exchange exchange) throws HttpFailure {
    return exchange
        .query(Protocol.IMAGE)
        .orElseThrow(
            () -> bad("no " + Protocol.IMAGE + " (expected: ?image=<name, digest or CID>)"));
  }

  private Queries queries(Queries.Knowledge of) {
    return new Queries(settings.get(), of, staleness.get(), deliveries, sites);
  }

  @FunctionalInterface
  private interface Check {
    void look(Queries queries) throws QueryException;
  }

  private void refuseUnreadable(Check check) throws HttpFailure {
    try {
      check.look(queries(knowledge));
    } catch (QueryException e) {
      throw bad(String.valueOf(e.getMessage()));
    }
  }

  private void answer(Exchange exchange, Question question)
      throws HttpFailure, IOException, InterruptedException {
    boolean json = isJson(exchange);
    Caller caller = exchange.visit().caller();
    EveryImage.require(caller);
    if (!turns.tryAcquire(limits.turn().toMillis(), TimeUnit.MILLISECONDS)) {
      throw unavailable(limits.atOnce() + " questions are under way; try again", null);
    }
    try {
      send(exchange, within(() -> ask(caller, question)), json);
    } finally {
      turns.release();
    }
  }

  private Answer ask(Caller caller, Question question)
      throws QueryException, HttpFailure, InterruptedException {
    Catalog catalog = knowledge.now();
    EveryImage.require(caller, settings.get(), catalog);
    return question.ask(queries(() -> catalog));
  }

  @FunctionalInterface
  private interface Work {
    Answer run() throws QueryException, HttpFailure, InterruptedException;
  }

  private Answer within(Work work) throws HttpFailure, InterruptedException {
    try (ExecutorService one = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Answer> running = one.submit(work::run);
      try {
        return running.get(limits.answer().toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        throw new HttpFailure(504, "DEADLINE", "no answer within " + limits.answer(), Map.of(), e);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof HttpFailure refused) {
          throw refused;
        }
        if (e.getCause() instanceof QueryException unanswered) {
          throw unavailable(String.valueOf(unanswered.getMessage()), unanswered);
        }
        throw new IllegalStateException("answering ended in a defect", e.getCause());
      } finally {
        running.cancel(true);
      }
    }
  }

  private static boolean isJson(Exchange exchange) throws HttpFailure {
    String output = exchange.query(Protocol.OUTPUT).orElse(Protocol.JSON);
    if (!output.equals(Protocol.JSON) && !output.equals(Protocol.TEXT)) {
      throw bad(Protocol.OUTPUT + ": " + output + " (expected: json or text)");
    }
    return output.equals(Protocol.JSON);
  }

  private void send(Exchange exchange, Answer answer, boolean json)
      throws HttpFailure, IOException, InterruptedException {
    byte[] body = answer.printed(json).getBytes(StandardCharsets.UTF_8);
    if (body.length > Protocol.MOST_BYTES) {
      throw unavailable("the answer has more than " + Protocol.MOST_BYTES + " bytes", null);
    }
    Map<String, String> headers = new HashMap<>();
    headers.put("Content-Type", json ? "application/json" : "text/plain; charset=utf-8");
    headers.put("Cache-Control", "no-store");
    headers.put(Protocol.VERSION_HEADER, Version.NUMBER);
    headers.put(Protocol.TOPICS_HEADER, Protocol.topics(settings.get().shared().kafka()));
    headers.put(Protocol.EXIT_HEADER, String.valueOf(answer.code().code()));
    if (answer.error() != null) {
      headers.put(Protocol.ERROR_HEADER, URLEncoder.encode(answer.error(), StandardCharsets.UTF_8));
    }
    exchange.send(answer.code() == ExitCode.ERROR ? 404 : 200, headers, body);
  }

  private static HttpFailure bad(String message) {
    return new HttpFailure(400, "BAD_REQUEST", message);
  }

  private static HttpFailure unavailable(String message, @Nullable Throwable cause) {
    return new HttpFailure(503, "UNAVAILABLE", message, Map.of("Retry-After", "1"), cause);
  }
}
