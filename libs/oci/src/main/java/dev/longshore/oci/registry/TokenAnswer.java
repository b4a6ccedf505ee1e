package dev.longshore.oci.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.oci.ForeignJson;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;

/** The body of a token server's answer (distribution spec, token authentication). */
final class TokenAnswer {
  /** Limit in bytes; a token with many grants has a few kB. */
  static final int LIMIT = 256 * 1024;

  /** The lifetime if the server gives none. */
  private static final Duration DEFAULT_LIFE = Duration.ofSeconds(60);

  /** The longest lifetime, whatever the server says. */
  private static final long MAX_LIFE_SECONDS = 86_400;

  private static final Pattern SENDABLE = Pattern.compile("[!-~]+");
  private static final JsonMapper MAPPER =
      JsonMapper.builder(ForeignJson.factory())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private TokenAnswer() {}

  static Token parse(byte[] body, Attempt attempt, Instant now) throws RegistryException {
    if (body.length > LIMIT) {
      throw attempt.failed(
          Kind.TRANSIENT, "the token server's answer is longer than " + LIMIT + " bytes");
    }
    JsonNode json;
    try {
      json = MAPPER.readTree(new String(body, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw attempt.failed(Kind.TRANSIENT, "the token server's answer is not JSON");
    }
    String value = text(json.path("token"));
    String token = value.isEmpty() ? text(json.path("access_token")) : value;
    if (!SENDABLE.matcher(token).matches()) {
      throw attempt.failed(Kind.TRANSIENT, "the token server's answer holds no usable token");
    }
    return Token.lasting(token, life(json.path("expires_in")), now);
  }

  private static String text(JsonNode node) {
    return node.isTextual() ? node.textValue() : "";
  }

  /** Some servers write the number as a text. A number over a type's range is a long time. */
  private static Duration life(JsonNode expiresIn) {
    long seconds = expiresIn.isNumber() ? (long) expiresIn.doubleValue() : expiresIn.asLong(0);
    return seconds <= 0 ? DEFAULT_LIFE : Duration.ofSeconds(Math.min(seconds, MAX_LIFE_SECONDS));
  }
}
