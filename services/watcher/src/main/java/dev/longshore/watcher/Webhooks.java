package dev.longshore.watcher;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.events.Hint;
import dev.longshore.events.Origin;
import dev.longshore.oci.OciFormatException;
import dev.longshore.oci.RegistryHost;
import dev.longshore.oci.RepositoryName;
import dev.longshore.runtime.http.EdgeHandler;
import dev.longshore.runtime.http.ErrorBodies;
import dev.longshore.runtime.http.Exchange;
import dev.longshore.runtime.http.HttpFailure;
import dev.longshore.runtime.http.Route;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
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

  /** Characters of a registry's name or a content type; with the body they stay below 64 KiB. */
  private static final int MAX_TEXT = 255;

  /** Whatever registry sent it, names of repositories follow one grammar. */
  private static final RegistryHost ANY_HOST = new RegistryHost("localhost");

  // No table of names for all bodies: a hostile one would spoil it.
  private static final JsonMapper JSON =
      new JsonMapper(
          JsonFactory.builder().disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES).build());
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
    if (source.length() > MAX_TEXT) {
      throw new HttpFailure(
          404, "UNKNOWN_SOURCE", "no registry has a name of " + source.length() + " characters");
    }
    String contentType = exchange.header("Content-Type").orElse("");
    Hint hint = hint(source, contentType, exchange.body(), clock.instant());
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

  /** Always fits into an event: else its sender would repeat it for ever, with all behind it. */
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

  /** Only what can be a repository's name, which is short, may stand in the event's key. */
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
