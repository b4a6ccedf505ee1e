package dev.longshore.oci.registry;

import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Asks a token server (distribution spec, token authentication). Redirects are not followed. */
final class TokenServer {
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
    SmallAnswer answer = transport.small(config, get(config, request), TokenAnswer.LIMIT, attempt);
    boolean getRefused = answer.status() == 404 || answer.status() == 405;
    if (getRefused && config.credentials() instanceof RegistryCredentials.Basic basic) {
      answer = transport.small(config, post(request, basic), TokenAnswer.LIMIT, attempt);
    }
    if (answer.status() != 200) {
      throw Failures.of(config, attempt, answer, settings.clock());
    }
    return TokenAnswer.parse(answer.body(), attempt, settings.clock().instant());
  }

  private static HttpCall get(RegistryConfig config, TokenRequest request) {
    HttpCall call = HttpCall.get(request.uri(), "application/json");
    return config.credentials() instanceof RegistryCredentials.Basic basic
        ? call.with("Authorization", Authorizer.basic(basic))
        : call;
  }

  /** The OAuth2 variant, the only one on some servers. */
  private static HttpCall post(TokenRequest request, RegistryCredentials.Basic basic) {
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
}
