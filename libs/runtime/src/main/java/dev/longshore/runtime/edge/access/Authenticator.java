package dev.longshore.runtime.edge.access;

import dev.longshore.events.Proof;
import dev.longshore.runtime.edge.rights.Caller;
import dev.longshore.runtime.edge.rights.Rights;
import dev.longshore.runtime.edge.rights.Scope;
import dev.longshore.settings.Secret;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates the callers of a listener. Credentials are compared in constant time.
 *
 * <p>A listener's credentials or any of its tokens admit a caller. If the listener asks for
 * certificates, TLS has checked one already: it alone is enough if the listener asks for nothing
 * else, or if the tokens file names it.
 *
 * <p>A proxy with {@link Scope#SPEAK_FOR} in the file may say for whom it calls; from anyone else
 * those headers mean nothing.
 */
public final class Authenticator {
  /** The header with the token or credentials. */
  public static final String AUTHORIZATION = "Authorization";

  /** Name of callers that show the listener's only token. */
  private static final String DEFAULT = "default";

  /**
   * Registry clients understand it; given two challenges, some choose one that they cannot answer.
   */
  private static final String BASIC = "Basic realm=\"longshore\", charset=\"UTF-8\"";

  private static final String BEARER = "Bearer realm=\"longshore\"";

  private final @Nullable CredentialSettings credentials;
  private final @Nullable TokensFile tokens;
  private final PersonHeaders people;
  private final InstantSource clock;

  private Authenticator(
      @Nullable CredentialSettings credentials,
      @Nullable TokensFile tokens,
      PersonHeaders people,
      InstantSource clock) {
    this.credentials = credentials;
    this.tokens = tokens;
    this.people = people;
    this.clock = clock;
  }

  /**
   * For a listener.
   *
   * @throws IllegalArgumentException when its tokens file cannot be used
   */
  public static Authenticator of(AccessSettings access, InstantSource clock) {
    Path file = access.tokensFile();
    return new Authenticator(
        access.credentials(), file == null ? null : new TokensFile(file), access.people(), clock);
  }

  /**
   * Identifies the caller.
   *
   * @param certificate the caller's certificate, already verified; null if none was requested
   * @throws NotAdmittedException when the caller is unknown
   * @throws PersonRefusedException when it is a proxy, and the person that it calls for is unknown
   *     or unclear
   */
  public Caller admit(CallHeaders headers, @Nullable X509Certificate certificate)
      throws NotAdmittedException, PersonRefusedException {
    Optional<String> subject = Optional.ofNullable(certificate).map(Certificates::subject);
    if (credentials == null && tokens == null) {
      return certificate == null
          ? Caller.ANONYMOUS
          : new Caller(
              Certificates.commonName(certificate), Proof.CERTIFICATE, subject, Rights.ALL);
    }
    Presented shown = Presented.of(headers.all(AUTHORIZATION));
    if (credentials != null && matches(credentials.credentials(), shown)) {
      String user = credentials.username();
      return new Caller(user == null ? DEFAULT : user, Proof.CREDENTIALS, subject, Rights.ALL);
    }
    Tokens known = tokens == null ? Tokens.NONE : tokens.now();
    Optional<Grant> grant = find(known, shown, certificate);
    if (grant.isEmpty()) {
      throw new NotAdmittedException(
          shown instanceof Presented.Nothing
              ? "credentials are needed"
              : "these credentials are not accepted",
          challenge());
    }
    Instant now = clock.instant();
    if (grant.get().endedBy(now)) {
      throw new NotAdmittedException(
          "what was shown ended at "
              + grant.get().end().orElseThrow()
              + " (expected: a new token: longshore token new)",
          challenge());
    }
    Caller caller = grant.get().caller(subject);
    Optional<Forwarded> said =
        caller.rights().include(Scope.SPEAK_FOR)
            ? Forwarded.of(headers, people, caller)
            : Optional.empty();
    return said.isPresent() ? known.people().caller(said.get(), caller, now) : caller;
  }

  private static Optional<Grant> find(
      Tokens tokens, Presented shown, @Nullable X509Certificate certificate) {
    return switch (shown) {
      case Presented.Pair(String name, String secret) ->
          tokens.ofToken(secret).filter(token -> token.name().equals(name));
      case Presented.Bearer(String secret) -> tokens.ofToken(secret);
      case Presented.Nothing() ->
          Optional.ofNullable(certificate)
              .map(Certificates::commonName)
              .flatMap(tokens::ofCertificate);
      case Presented.Unreadable() -> Optional.empty();
    };
  }

  private static boolean matches(Credentials expected, Presented shown) {
    return switch (expected) {
      case Credentials.Basic(String username, Secret password) ->
          shown instanceof Presented.Pair(String name, String secret)
              && new Secret(username + ":" + password.reveal()).matches(name + ":" + secret);
      case Credentials.Bearer(Secret token) ->
          shown instanceof Presented.Bearer(String secret) && token.matches(secret);
    };
  }

  private String challenge() {
    return tokens == null
            && credentials != null
            && credentials.credentials() instanceof Credentials.Bearer
        ? BEARER
        : BASIC;
  }

  /** Rereads its files now. */
  void look() {
    if (tokens != null) {
      tokens.look();
    }
  }
}
