package dev.longshore.resolver.hub.access;

import dev.longshore.events.SiteCredentialsState;
import dev.longshore.events.SiteCredentialsState.Credential;
import dev.longshore.model.Digest;
import dev.longshore.model.SiteName;
import dev.longshore.sites.Admission;
import dev.longshore.sites.SigningKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Issues credentials to nodes of sites, each stored before it is sent. */
final class SiteAccess {
  /** Time for a hub to read its own write; other hubs are as fast. */
  private static final Duration READ_WITHIN = Duration.ofSeconds(3);

  private final SiteCredentialsStore store;
  private final SiteCredentials known;
  private final Supplier<List<SigningKey>> keys;
  private final Function<SiteCredentialsState, List<String>> neighborSecrets;
  private final Duration credentialFor;
  private final InstantSource clock;

  SiteAccess(
      SiteCredentialsStore store,
      SiteCredentials known,
      Supplier<List<SigningKey>> keys,
      Function<SiteCredentialsState, List<String>> neighborSecrets,
      Duration credentialFor,
      InstantSource clock) {
    this.store = store;
    this.known = known;
    this.keys = keys;
    this.neighborSecrets = neighborSecrets;
    this.credentialFor = credentialFor;
    this.clock = clock;
  }

  /** The change of a site after a caller showed a valid secret. */
  @FunctionalInterface
  private interface Then {
    SiteCredentialsState after(
        SiteCredentialsState state, Credential shown, Digest next, Instant now);
  }

  /**
   * A node joins.
   *
   * @param token its token, which this uses up
   */
  Admission join(SiteName site, String token, String node)
      throws RefusedException, NotStoredException, InterruptedException {
    return admit(
        site,
        token,
        true,
        (state, shown, next, now) ->
            CredentialChanges.joined(state, shown.hash(), node, next, now, credentialFor));
  }

  /**
   * A node gets its next credential.
   *
   * @param credential its current credential
   */
  Admission renew(SiteName site, String credential)
      throws RefusedException, NotStoredException, InterruptedException {
    return admit(
        site,
        credential,
        false,
        (state, shown, next, now) ->
            CredentialChanges.renewed(state, shown, next, now, credentialFor));
  }

  private Admission admit(SiteName site, String shown, boolean token, Then then)
      throws RefusedException, NotStoredException, InterruptedException {
    SiteSecret secret = SiteSecret.credential();
    Digest next = secret.hash();
    Digest hash = SiteSecret.hash(shown);
    AtomicReference<@Nullable SiteCredentialsState> written = new AtomicReference<>();
    store.<RefusedException>change(
        site,
        current -> {
          if (current.flatMap(state -> of(state, next)).isPresent()) {
            return Optional.empty(); // it was written, and that was not confirmed
          }
          SiteCredentialsState state =
              current.orElseThrow(() -> new RefusedException(Refusal.UNKNOWN_SITE));
          Instant now = clock.instant();
          Credential its = CredentialChanges.shown(state, hash, token, now);
          SiteCredentialsState after = then.after(state, its, next, now);
          written.set(after);
          return Optional.of(after);
        });
    SiteCredentialsState state = Objects.requireNonNull(written.get());
    Credential given = of(state, next).orElseThrow();
    boolean _ = known.awaits(next, READ_WITHIN);
    return new Admission(
        site,
        state.group(),
        secret.reveal(),
        given.expiresAt(),
        Objects.requireNonNullElse(given.joinedAt(), given.issuedAt()),
        keys.get(),
        neighborSecrets.apply(state));
  }

  private static Optional<Credential> of(SiteCredentialsState state, Digest hash) {
    return state.credentials().stream().filter(c -> c.hash().equals(hash)).findFirst();
  }
}
