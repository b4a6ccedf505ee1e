package dev.longshore.resolver.hub.access;

import dev.longshore.events.SiteCredentialsState;
import dev.longshore.events.SiteCredentialsState.Credential;
import dev.longshore.model.Digest;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.hub.SiteAdmissions;
import dev.longshore.resolver.hub.SiteCaller;
import dev.longshore.runtime.edge.rights.Caller;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The credentials of sites that this hub knows; none before the first call of {@link #know}. */
public final class SiteCredentials implements SiteAdmissions {
  private static final String CALLER = "site:";

  /** A connected site hears of it within a minute. */
  private static final Duration SYNC_FOR = Duration.ofHours(1);

  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition told = lock.newCondition();
  private volatile @Nullable Known known;

  /**
   * The latest credentials.
   *
   * @param byHash the owner of a hash: the time of a look-up reveals nothing that leads to a secret
   */
  private record Known(Map<SiteName, SiteCredentialsState> sites, Map<Digest, SiteName> byHash) {
    static Known of(Collection<SiteCredentialsState> all) {
      Map<SiteName, SiteCredentialsState> sites = new HashMap<>();
      Map<Digest, SiteName> byHash = new HashMap<>();
      for (SiteCredentialsState state : all) {
        sites.put(state.site(), state);
        state.credentials().forEach(credential -> byHash.put(credential.hash(), state.site()));
      }
      return new Known(Map.copyOf(sites), Map.copyOf(byHash));
    }
  }

  /** Without any credentials yet. */
  public SiteCredentials(InstantSource clock) {
    this.clock = clock;
  }

  /** Replaces all known credentials. */
  public void know(Collection<SiteCredentialsState> all) {
    Known next = Known.of(all);
    lock.lock();
    try {
      known = next;
      told.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether the credentials are known. */
  boolean isTold() {
    return known != null;
  }

  /** Whether a site has this name. */
  boolean has(SiteName site) {
    Known now = known;
    return now != null && now.sites().containsKey(site);
  }

  /**
   * The credential, or token, that a caller shows.
   *
   * @param secret the secret shown
   * @param token whether it must be a token rather than a credential
   * @throws RefusedException when it is not valid for this site
   */
  Credential shown(SiteName site, String secret, boolean token) throws RefusedException {
    Known now = Objects.requireNonNull(known, "nothing is known before it was told");
    SiteCredentialsState state = now.sites().get(site);
    if (state == null) {
      throw new RefusedException(Refusal.UNKNOWN_SITE);
    }
    if (secret.length() > SiteSecret.LONGEST) {
      throw new RefusedException(Refusal.UNKNOWN);
    }
    Digest hash = SiteSecret.hash(secret);
    SiteName owner = now.byHash().get(hash);
    if (owner != null && !owner.equals(site)) {
      throw new RefusedException(Refusal.WRONG_SITE);
    }
    return CredentialChanges.shown(state, hash, token, clock.instant());
  }

  /**
   * Waits until a hash is known here: the caller may use it at once, here or at another hub.
   *
   * @return whether it became known within the time
   */
  boolean awaits(Digest hash, Duration within) throws InterruptedException {
    long left = within.toNanos();
    lock.lockInterruptibly();
    try {
      while (known == null || !known.byHash().containsKey(hash)) {
        if (left <= 0) {
          return false;
        }
        left = told.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** The caller name of a site's node; before it joined, that of its site. */
  static String callerName(SiteName site, @Nullable String node) {
    return CALLER + site + (node == null ? "" : "/" + node);
  }

  /**
   * {@inheritDoc}
   *
   * <p>A handler of a long answer has to ask again: the site may have been revoked meanwhile.
   */
  @Override
  public Optional<SiteCaller> of(Caller caller) {
    Known now = known;
    String name = caller.name();
    int slash = name.indexOf('/');
    if (now == null || slash < 0 || !name.startsWith(CALLER)) {
      return Optional.empty();
    }
    SiteCredentialsState state =
        now.sites().get(new SiteName(name.substring(CALLER.length(), slash)));
    if (state == null || state.revokedAt() != null) {
      return Optional.empty();
    }
    String node = name.substring(slash + 1);
    Instant at = clock.instant();
    return state.credentials().stream()
        .filter(credential -> node.equals(credential.node()) && at.isBefore(credential.expiresAt()))
        .findFirst()
        .map(
            credential ->
                new SiteCaller(
                    state.site(),
                    state.group(),
                    node,
                    Objects.requireNonNullElse(credential.joinedAt(), credential.issuedAt()),
                    state.isPaused(at),
                    lately(state.syncAt(), at)));
  }

  /** A node that joins later, or was away, must not take it for a new request. */
  private static @Nullable Instant lately(@Nullable Instant syncAt, Instant now) {
    return syncAt == null || now.isAfter(syncAt.plus(SYNC_FOR)) ? null : syncAt;
  }
}
