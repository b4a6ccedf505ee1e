package dev.longshore.oci.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.oci.ForeignJson;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Answer;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Turns an unsuccessful answer into a failure. */
final class Failures {
  /** Most bytes to read of an error body. */
  static final int BODY_LIMIT = 16 * 1024;

  private static final int CODES_KEPT = 4;
  private static final JsonMapper MAPPER = new JsonMapper(ForeignJson.factory());

  private Failures() {}

  static RegistryException of(
      LoggedIn registry, Attempt attempt, SmallAnswer answer, InstantSource clock) {
    var codes = new ArrayList<String>();
    var messages = new ArrayList<String>();
    read(answer.body(), codes, messages);
    String reason =
        messages.isEmpty()
            ? "the answer says no more"
            : Redacted.scrub(String.join(", ", messages), registry.credentials());
    var came =
        new Answer(
            answer.status(),
            codes,
            answer.head().first("Retry-After").flatMap(v -> RetryAfter.parse(v, clock.instant())));
    return attempt.failed(kind(answer.status()), reason, came);
  }

  private static Kind kind(int status) {
    return switch (status) {
      case 401, 403 -> Kind.UNAUTHORIZED;
      case 404, 410 -> Kind.NOT_FOUND;
      case 408, 425, 429 -> Kind.TRANSIENT;
      case 413 -> Kind.LIMIT;
      case 416 -> Kind.BAD_CONTENT;
      default -> status >= 500 ? Kind.TRANSIENT : Kind.UNSUPPORTED;
    };
  }

  private static void read(byte[] body, List<String> codes, List<String> messages) {
    JsonNode errors;
    try {
      errors = MAPPER.readTree(new String(body, StandardCharsets.UTF_8)).path("errors");
    } catch (JsonProcessingException e) {
      return;
    }
    for (JsonNode error : errors) {
      if (codes.size() < CODES_KEPT) {
        codes.add(error.path("code").asText(""));
        String message = error.path("message").asText("");
        if (!message.isEmpty()) {
          messages.add(message);
        }
      }
    }
  }
}
