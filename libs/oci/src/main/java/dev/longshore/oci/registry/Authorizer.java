package dev.longshore.oci.registry;

import dev.longshore.model.RegistryHost;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Chooses the Authorization header: none until a registry asks, then the kind it asked for. */
final class Authorizer {
  /** Limit of remembered repositories and scopes; the rest cost one more 401. */
  private static final int REMEMBERED = 4_096;

  /** The requests whose challenge is known. */
  private record Place(RegistryHost host, TokenScope scope) {}

  private final TokenServer server;
  private final ClientSettings settings;
  private final Recent<Place, Challenge> challenges = new Recent<>(REMEMBERED);
  private final Recent<TokenKey, Token> tokens = new Recent<>(REMEMBERED);
  private final SingleFlight<TokenKey, Token> flights = new SingleFlight<>();

  /** Tokens belong to the login that got them. */
  private record TokenKey(RegistryHost host, TokenRequest request) {}

  Authorizer(TokenServer server, ClientSettings settings) {
    this.server = server;
    this.settings = settings;
  }

  /** The header to send first, by the registry's last challenge. */
  Optional<String> header(RegistryConfig config, TokenScope scope, Attempt attempt)
      throws RegistryException {
    if (config.credentials() instanceof RegistryCredentials.Token token) {
      return Optional.of("Bearer " + token.value());
    }
    Optional<Challenge> known = challenges.get(new Place(config.host(), scope));
    return known.isEmpty()
        ? Optional.empty()
        : Optional.of(answer(config, scope, known.get(), attempt));
  }

  /**
   * The header to send after a 401.
   *
   * @param refused the header that was refused
   * @throws RegistryException if there is nothing else to send
   */
  String afterRefusal(
      RegistryConfig config,
      TokenScope scope,
      Optional<String> refused,
      List<Challenge> asked,
      Attempt attempt)
      throws RegistryException {
    Challenge challenge = choose(config, asked, attempt);
    if (challenge.scheme().equals("bearer") && refused.isPresent()) {
      forget(config, TokenRequest.of(config, challenge, scope, attempt), refused.get());
    }
    String header = answer(config, scope, challenge, attempt);
    if (Optional.of(header).equals(refused)) {
      throw attempt.failed(Kind.UNAUTHORIZED, "the registry refuses this login");
    }
    challenges.put(new Place(config.host(), scope), challenge);
    return header;
  }

  private static Challenge choose(RegistryConfig config, List<Challenge> asked, Attempt attempt)
      throws RegistryException {
    if (config.credentials() instanceof RegistryCredentials.Token) {
      throw attempt.failed(Kind.UNAUTHORIZED, "the registry refuses the configured token");
    }
    for (String scheme : List.of("bearer", "basic")) {
      for (Challenge challenge : asked) {
        if (challenge.scheme().equals(scheme)) {
          return challenge;
        }
      }
    }
    throw attempt.failed(Kind.UNAUTHORIZED, "the registry asks for neither Basic nor Bearer login");
  }

  private String answer(
      RegistryConfig config, TokenScope scope, Challenge challenge, Attempt attempt)
      throws RegistryException {
    if (challenge.scheme().equals("bearer")) {
      TokenRequest request = TokenRequest.of(config, challenge, scope, attempt);
      return "Bearer " + token(config, request, attempt).value();
    }
    if (config.credentials() instanceof RegistryCredentials.Basic basic) {
      return basic(basic);
    }
    throw attempt.failed(
        Kind.UNAUTHORIZED, "the registry asks for a user and password, none is configured");
  }

  private Token token(RegistryConfig config, TokenRequest request, Attempt attempt)
      throws RegistryException {
    var key = new TokenKey(config.host(), request);
    Optional<Token> kept =
        tokens.get(key).filter(token -> token.usableAt(settings.clock().instant()));
    return kept.isPresent()
        ? kept.get()
        : flights.run(
            key,
            attempt,
            () -> {
              Token fresh = server.fetch(config, request);
              tokens.put(key, fresh);
              return fresh;
            });
  }

  /** Drops the refused token, unless another thread has already renewed it. */
  private void forget(RegistryConfig config, TokenRequest request, String refusedHeader) {
    var key = new TokenKey(config.host(), request);
    tokens
        .get(key)
        .filter(token -> refusedHeader.equals("Bearer " + token.value()))
        .ifPresent(token -> tokens.remove(key, token));
  }

  static String basic(RegistryCredentials.Basic basic) {
    byte[] pair = (basic.user() + ":" + basic.password()).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(pair);
  }
}
