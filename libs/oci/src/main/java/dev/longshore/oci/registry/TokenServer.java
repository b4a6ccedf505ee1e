package dev.longshore.oci.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Asks a token server (distribution spec, token authentication). Redirects are not followed. */
final class TokenServer {
  /** Bytes; a token with many grants is a few kB. */
  private static final int ANSWER_LIMIT = 256 * 1024;

  /** Where the server does not say how long a token lasts. */
  private static final Duration DEFAULT_LIFE = Duration.ofSeconds(60);

  /** No server's word keeps a token longer than this. */
  private static final long MAX_LIFE_SECONDS = 86_400;

  private static final Pattern SENDABLE = Pattern.compile("[!-~]+");
  private static final JsonMapper MAPPER = new JsonMapper();

  private final HttpTransport transport;
  private final ClientSettings settings;

  TokenServer(HttpTransport transport, ClientSettings settings) {
    this.transport = transport;
    this.settings = settings;
  }

  Token fetch(RegistryConfig config, TokenRequest request) throws RegistryException {
    var attempt = new Attempt("GET token", Redacted.uri(request.realm()));
    return new Retrier(settings).call(attempt, () -> ask(config, request, attempt));
  }

  private Token ask(RegistryConfig config, TokenRequest request, Attempt attempt)
      throws RegistryException {
    SmallAnswer answer = transport.small(config, get(config, request), ANSWER_LIMIT, attempt);
    boolean getRefused = answer.status() == 404 || answer.status() == 405;
    if (getRefused && config.credentials() instanceof Credentials.Basic basic) {
      answer = transport.small(config, post(request, basic), ANSWER_LIMIT, attempt);
    }
    if (answer.status() != 200) {
      throw Failures.of(config, attempt, answer, settings.clock());
    }
    return parse(answer.body(), attempt);
  }

  private static HttpCall get(RegistryConfig config, TokenRequest request) {
    HttpCall call = HttpCall.get(request.uri(), "application/json");
    return config.credentials() instanceof Credentials.Basic basic
        ? call.with("Authorization", Authorizer.basic(basic))
        : call;
  }

  /** The OAuth2 form, which some servers have alone. */
  private static HttpCall post(TokenRequest request, Credentials.Basic basic) {
    String form =
        request.form(
            List.of(
                "grant_type",
                "password",
                "client_id",
                "longshore",
                "username",
                basic.user(),
                "password",
                basic.password()));
    URI realm = request.realm();
    return HttpCall.of("POST", realm, Map.of("Accept", "application/json"))
        .with("Content-Type", "application/x-www-form-urlencoded")
        .withBody(Upload.of(form.getBytes(StandardCharsets.US_ASCII)));
  }

  private Token parse(byte[] body, Attempt attempt) throws RegistryException {
    JsonNode json;
    try {
      json = MAPPER.readTree(new String(body, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw attempt.failed(Kind.TRANSIENT, "the token server's answer is not JSON");
    }
    String value = json.path("token").asText("");
    String token = value.isEmpty() ? json.path("access_token").asText("") : value;
    if (!SENDABLE.matcher(token).matches()) {
      throw attempt.failed(Kind.TRANSIENT, "the token server's answer holds no usable token");
    }
    long seconds = json.path("expires_in").asLong(0);
    Duration life =
        seconds <= 0 ? DEFAULT_LIFE : Duration.ofSeconds(Math.min(seconds, MAX_LIFE_SECONDS));
    return Token.lasting(token, life, settings.clock().instant());
  }
}
