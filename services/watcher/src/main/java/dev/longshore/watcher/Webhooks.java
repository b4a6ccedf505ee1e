package dev.longshore.watcher;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.events.Hint;
import dev.longshore.events.Origin;
import dev.longshore.runtime.http.EdgeHandler;
import dev.longshore.runtime.http.ErrorBodies;
import dev.longshore.runtime.http.Exchange;
import dev.longshore.runtime.http.HttpFailure;
import dev.longshore.runtime.http.Route;
import java.io.IOException;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes notifications of registries: whatever an authenticated sender posts is stored as it is,
 * then the sender is told. A registry repeats for ever, in order, what is answered otherwise, so a
 * body that cannot be read is stored too and fails later, where it holds up nothing.
 */
final class Webhooks implements EdgeHandler {
  private static final String PREFIX = "/hooks/";
  private static final byte[] NOTHING = {};
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private final HintSink hints;
  private final Clock clock;

  Webhooks(HintSink hints, Clock clock) {
    this.hints = hints;
    this.clock = clock;
  }

  Route route() {
    return new Route(
        "webhooks",
        Set.of("POST"),
        path -> path.startsWith(PREFIX) && path.length() > PREFIX.length(),
        ErrorBodies.PLAIN,
        this);
  }

  @Override
  public void handle(Exchange exchange) throws HttpFailure, IOException, InterruptedException {
    String source = exchange.path().substring(PREFIX.length());
    byte[] body = exchange.body();
    boolean truncated = body.length > Hint.BODY_LIMIT;
    byte[] kept = truncated ? Arrays.copyOf(body, Hint.BODY_LIMIT) : body;
    Hint hint =
        new Hint(
            Origin.WEBHOOK,
            source,
            repository(body),
            exchange.header("Content-Type").orElse(""),
            Base64.getEncoder().encodeToString(kept),
            truncated,
            clock.instant());
    try {
      hints.store(hint);
    } catch (HintNotStoredException e) {
      throw new HttpFailure(
          503,
          "KAFKA_UNAVAILABLE",
          "the notification could not be stored; send it again",
          Map.of("Retry-After", "1"),
          e);
    }
    exchange.send(202, Map.of(), NOTHING);
  }

  private static @Nullable String repository(byte[] body) {
    try {
      String repository =
          JSON.readTree(body).path("events").path(0).path("target").path("repository").asText("");
      return repository.isEmpty() ? null : repository;
    } catch (IOException e) {
      return null;
    }
  }
}
