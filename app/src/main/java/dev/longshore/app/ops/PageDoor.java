package dev.longshore.app.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.runtime.edge.http.EdgeHandler;
import dev.longshore.runtime.edge.http.ErrorBodies;
import dev.longshore.runtime.edge.http.Exchange;
import dev.longshore.runtime.edge.http.HttpFailure;
import dev.longshore.runtime.edge.http.Route;
import dev.longshore.runtime.edge.rights.Operation;
import dev.longshore.runtime.kafka.link.KafkaFailure;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.common.KafkaException;

/** What every request passes, whoever sends it, and the headers of every answer. */
final class PageDoor {
  /** Of a handler that answers by itself. */
  static final JsonNode ANSWERED = NullNode.getInstance();

  /** Each reads lists into memory. */
  private static final int VIEWS = 16;

  /** Each connects to Kafka. */
  private static final int CHANGES = 4;

  private static final int WAIT_SECONDS = 5;

  private final BrowserGuard guard;
  private final PageAdmission admission;
  private final Semaphore views = new Semaphore(VIEWS, true);
  private final Semaphore changes = new Semaphore(CHANGES, true);

  PageDoor(BrowserGuard guard, PageAdmission admission) {
    this.guard = guard;
    this.admission = admission;
  }

  /** Gives what is shown. */
  @FunctionalInterface
  interface Shown {
    JsonNode of(Exchange exchange) throws Exception;
  }

  /** A part of a view, as JSON. */
  Route view(String path, Shown shown) {
    return route(
        path,
        "GET",
        path::equals,
        exchange -> {
          guard.requireOwn(exchange::headers);
          exchange.visit().isFor(Operation.PAGE);
          send(exchange, within(views, exchange, shown));
        });
  }

  /** A change, which answers with JSON. */
  Route change(String path, Shown change) {
    return route(
        path,
        "POST",
        path::equals,
        exchange -> {
          guard.requireOwnChange(exchange::headers);
          send(exchange, within(changes, exchange, change));
        });
  }

  /** Anything else that only this page may ask for. */
  Route own(String path, EdgeHandler handler) {
    return route(
        path,
        "GET",
        path::equals,
        exchange -> {
          guard.requireOwn(exchange::headers);
          exchange.visit().isFor(Operation.PAGE);
          handler.handle(exchange);
        });
  }

  /** What any page may lead to: documents and their files. */
  Route document(String name, Predicate<String> path, EdgeHandler handler) {
    return route(
        name,
        "GET",
        path,
        exchange -> {
          exchange.visit().isFor(Operation.PAGE);
          handler.handle(exchange);
        });
  }

  private Route route(String name, String method, Predicate<String> path, EdgeHandler handler) {
    Set<String> methods = method.equals("GET") ? Set.of("GET", "HEAD") : Set.of(method);
    return new Route(
        name,
        null,
        methods,
        path,
        ErrorBodies.PLAIN,
        exchange -> handle(exchange, handler),
        admission);
  }

  private void handle(Exchange exchange, EdgeHandler handler) throws Exception {
    try {
      guard.requireHost(exchange::headers);
      handler.handle(exchange);
    } catch (HttpFailure e) {
      throw PageHeaders.on(e);
    } catch (QueryException e) {
      boolean wrong = e.code() == ExitCode.USAGE;
      throw PageHeaders.on(
          new HttpFailure(
              wrong ? 400 : 409,
              wrong ? "BAD_REQUEST" : "NOT_POSSIBLE",
              String.valueOf(e.getMessage()),
              Map.of(),
              e));
    } catch (KafkaException e) {
      throw PageHeaders.on(new HttpFailure(503, "UNAVAILABLE", "Kafka: " + words(e), Map.of(), e));
    }
  }

  private static String words(KafkaException e) {
    return KafkaFailure.words(e) + (KafkaFailure.isRefusal(e) ? "" : "; try again");
  }

  private static JsonNode within(Semaphore turns, Exchange exchange, Shown shown) throws Exception {
    if (!turns.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
      throw new HttpFailure(
          503,
          "BUSY",
          "many look or decide right now; try again",
          Map.of("Retry-After", "1"),
          null);
    }
    try {
      return shown.of(exchange);
    } finally {
      turns.release();
    }
  }

  private static void send(Exchange exchange, JsonNode json) throws Exception {
    if (!json.equals(ANSWERED)) {
      exchange.send(200, PageHeaders.ofJson(), json.toString().getBytes(StandardCharsets.UTF_8));
    }
  }
}
