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
  Optional<String> header(LoggedIn registry, TokenScope scope, Attempt attempt)
      throws RegistryException {
    if (registry.credentials() instanceof RegistryCredentials.Token token) {
      return Optional.of("Bearer " + token.value());
    }
    Optional<Challenge> known = challenges.get(new Place(registry.host(), scope));
    return known.isEmpty()
        ? Optional.empty()
        : Optional.of(answer(registry, scope, known.get(), attempt));
  }

  /**
   * The header to send after a 401.
   *
   * @param refused the header that was refused
   * @throws RegistryException if there is nothing else to send
   */
  String afterRefusal(
      LoggedIn registry,
      TokenScope scope,
      Optional<String> refused,
      List<Challenge> asked,
      Attempt attempt)
      throws RegistryException {
    Challenge challenge = choose(registry, asked, attempt);
    if (challenge.scheme().equals("bearer") && refused.isPresent()) {
      forget(
          registry, TokenRequest.of(registry.config(), challenge, scope, attempt), refused.get());
    }
    String header = answer(registry, scope, challenge, attempt);
    if (Optional.of(header).equals(refused)) {
      throw attempt.failed(Kind.UNAUTHORIZED, "the registry refuses this login");
    }
    challenges.put(new Place(registry.host(), scope), challenge);
    return header;
  }

  private static Challenge choose(LoggedIn registry, List<Challenge> asked, Attempt attempt)
      throws RegistryException {
    if (registry.credentials() instanceof RegistryCredentials.Token) {
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

  private String answer(LoggedIn registry, TokenScope scope, Challenge challenge, Attempt attempt)
      throws RegistryException {
    if (challenge.scheme().equals("bearer")) {
      TokenRequest request = TokenRequest.of(registry.config(), challenge, scope, attempt);
      return "Bearer " + token(registry, request, attempt).value();
    }
    if (registry.credentials() instanceof RegistryCredentials.Basic basic) {
      return basic(basic);
    }
    String none =
        registry.credentials() instanceof RegistryCredentials.IdentityToken
            ? "an identity token is for its token server alone"
            : "none is configured";
    throw attempt.failed(Kind.UNAUTHORIZED, "the registry asks for a user and password, " + none);
  }

  private Token token(LoggedIn registry, TokenRequest request, Attempt attempt)
      throws RegistryException {
    var key = new TokenKey(registry.host(), request);
    Optional<Token> kept = kept(key);
    return kept.isPresent()
        ? kept.get()
        : flights.run(key, attempt, () -> keptOrFresh(registry, request, key));
  }

  /** Another flight may have ended since this one was asked for. */
  private Token keptOrFresh(LoggedIn registry, TokenRequest request, TokenKey key)
      throws RegistryException {
    Optional<Token> kept = kept(key);
    if (kept.isPresent()) {
      return kept.get();
    }
    Token fresh = server.fetch(registry, request);
    tokens.put(key, fresh);
    return fresh;
  }

  private Optional<Token> kept(TokenKey key) {
    return tokens.get(key).filter(token -> token.usableAt(settings.clock().instant()));
  }

  /** Drops the refused token, unless another thread has already renewed it. */
  private void forget(LoggedIn registry, TokenRequest request, String refusedHeader) {
    var key = new TokenKey(registry.host(), request);
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
