package dev.longshore.watcher;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.events.Hint;
import dev.longshore.events.Origin;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.ForeignJson;
import dev.longshore.runtime.edge.http.EdgeHandler;
import dev.longshore.runtime.edge.http.ErrorBodies;
import dev.longshore.runtime.edge.http.Exchange;
import dev.longshore.runtime.edge.http.HttpFailure;
import dev.longshore.runtime.edge.http.Route;
import dev.longshore.runtime.edge.rights.Operation;
import dev.longshore.runtime.edge.rights.Scope;
import io.opentelemetry.api.metrics.Meter;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives registries' notifications: stores whatever an authenticated sender posts, unchanged,
 * then confirms it. A registry repeats an unconfirmed notification for ever and in order, so an
 * unreadable body is stored too and fails later, where it blocks nothing. Only notifications
 * without any change are not stored: a registry sends one for every read, ours included.
 */
final class Webhooks implements EdgeHandler {
  private static final String PREFIX = "/hooks/";
  private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);
  private static final byte[] NOTHING = {};

  /** Characters of a registry's name or a content type; with the body they stay below 64 KiB. */
  private static final int MAX_TEXT = 255;

  /** All registries share one grammar for names of repositories. */
  private static final RegistryHost ANY_HOST = new RegistryHost("localhost");

  private static final JsonMapper JSON = new JsonMapper(ForeignJson.factory());
  private final HintSink hints;
  private final Map<String, RegistryHost> sources;
  private final WebhookMeter meter;
  private final Clock clock;

  /**
   * @param sources hosts of the registries by the names in their webhook URLs
   */
  Webhooks(HintSink hints, Map<String, RegistryHost> sources, Meter meter, Clock clock) {
    this.hints = hints;
    this.sources = Map.copyOf(sources);
    this.meter = new WebhookMeter(meter);
    this.clock = clock;
  }

  Route route() {
    return new Route(
        "webhooks",
        Scope.HINT,
        Set.of("POST"),
        path -> path.startsWith(PREFIX) && path.length() > PREFIX.length(),
        ErrorBodies.PLAIN,
        this);
  }

  @Override
  public void handle(Exchange exchange) throws HttpFailure, IOException, InterruptedException {
    String source = exchange.path().substring(PREFIX.length());
    if (source.length() > MAX_TEXT) {
      throw new HttpFailure(
          404, "UNKNOWN_SOURCE", "no registry has a name of " + source.length() + " characters");
    }
    String contentType = exchange.header("Content-Type").orElse("");
    Hint hint = hint(source, contentType, exchange.body(), clock.instant());
    String repository = hint.repository();
    exchange.visit().isAbout(Operation.HINT, repository == null ? "" : repository, source);
    WebhookMeter.Result result = result(hint);
    if (result == WebhookMeter.Result.NOTHING) {
      meter.took(result);
      exchange.send(202, Map.of(), NOTHING);
      return;
    }
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
    meter.took(result);
    exchange.send(202, Map.of(), NOTHING);
  }

  private WebhookMeter.Result result(Hint hint) {
    RegistryHost host = sources.get(hint.source());
    if (host == null) {
      return WebhookMeter.Result.MALFORMED;
    }
    if (hint.truncated()) {
      return WebhookMeter.Result.HINT;
    }
    try {
      return new HintReader(host).read(hint).isEmpty()
          ? WebhookMeter.Result.NOTHING
          : WebhookMeter.Result.HINT;
    } catch (MalformedHintException e) {
      LOG.warn(
          "a notification to {}{} cannot be read, it is kept as a dead letter: {}",
          PREFIX,
          hint.source(),
          e.getMessage());
      return WebhookMeter.Result.MALFORMED;
    }
  }

  /**
   * Must fit into an event: otherwise its sender would repeat it, and everything behind it, for
   * ever.
   */
  static Hint hint(String source, String contentType, byte[] body, Instant now) {
    boolean truncated = body.length > Hint.BODY_LIMIT;
    byte[] kept = truncated ? Arrays.copyOf(body, Hint.BODY_LIMIT) : body;
    return new Hint(
        Origin.WEBHOOK,
        source,
        truncated ? null : repository(kept),
        contentType.substring(0, Math.min(contentType.length(), MAX_TEXT)),
        Base64.getEncoder().encodeToString(kept),
        truncated,
        now);
  }

  /** The event's key may contain only a valid, and so short, name of a repository. */
  private static @Nullable String repository(byte[] body) {
    try {
      String repository =
          JSON.readTree(body).path("events").path(0).path("target").path("repository").asText("");
      return new RepositoryName(ANY_HOST, repository).repository();
    } catch (IOException | OciFormatException e) {
      return null;
    }
  }
}
