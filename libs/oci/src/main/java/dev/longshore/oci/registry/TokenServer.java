package dev.longshore.oci.registry;

import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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

  Token fetch(LoggedIn registry, TokenRequest request) throws RegistryException {
    var attempt = new Attempt("GET token", Redacted.uri(request.realm()));
    return new Retrier(settings).call(attempt, () -> ask(registry, request, attempt));
  }

  private Token ask(LoggedIn registry, TokenRequest request, Attempt attempt)
      throws RegistryException {
    SmallAnswer answer = answer(registry, request, attempt);
    if (answer.status() != 200) {
      throw Failures.of(registry, attempt, answer, settings.clock());
    }
    return TokenAnswer.parse(answer.body(), attempt, settings.clock().instant());
  }

  private SmallAnswer answer(LoggedIn registry, TokenRequest request, Attempt attempt)
      throws RegistryException {
    HttpCall get = HttpCall.get(request.uri(), "application/json");
    return switch (registry.credentials()) {
      case RegistryCredentials.IdentityToken identity ->
          send(
              registry,
              post(request, "refresh_token", List.of("refresh_token", identity.value())),
              attempt);
      case RegistryCredentials.Basic basic -> {
        SmallAnswer answer =
            send(registry, get.with("Authorization", Authorizer.basic(basic)), attempt);
        boolean getRefused = answer.status() == 404 || answer.status() == 405;
        yield getRefused
            ? send(registry, post(request, "password", password(basic)), attempt)
            : answer;
      }
      case RegistryCredentials.Anonymous _, RegistryCredentials.Token _ ->
          send(registry, get, attempt);
    };
  }

  private SmallAnswer send(LoggedIn registry, HttpCall call, Attempt attempt)
      throws RegistryException {
    return transport.small(registry.config(), call, TokenAnswer.LIMIT, attempt);
  }

  private static List<String> password(RegistryCredentials.Basic basic) {
    return List.of("username", basic.user(), "password", basic.password());
  }

  /** The OAuth2 variant, the only one on some servers, and for identity tokens. */
  private static HttpCall post(TokenRequest request, String grantType, List<String> grant) {
    var parameters = new ArrayList<>(List.of("grant_type", grantType, "client_id", "longshore"));
    parameters.addAll(grant);
    String form = request.form(parameters);
    URI realm = request.realm();
    return HttpCall.of("POST", realm, Map.of("Accept", "application/json"))
        .with("Content-Type", "application/x-www-form-urlencoded")
        .withBody(Upload.of(form.getBytes(StandardCharsets.US_ASCII)));
  }
}
