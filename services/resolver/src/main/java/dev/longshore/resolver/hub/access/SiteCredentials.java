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

/** Who may speak as a site, as this hub knows it now. It knows nothing before it was first told. */
public final class SiteCredentials implements SiteAdmissions {
  private static final String CALLER = "site:";

  /** A site that is there hears of it within a minute. */
  private static final Duration SYNC_FOR = Duration.ofHours(1);

  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition told = lock.newCondition();
  private volatile @Nullable Known known;

  /**
   * What was told last.
   *
   * @param byHash to whom a hash belongs: looked up, it reveals nothing that leads to a secret
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

  /** One that knows nothing yet. */
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

  /** Whether it was ever told. */
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
   * @param secret what it shows
   * @param token whether a token is needed, or a credential
   * @throws RefusedException when it is not good for this site
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
   * Waits until it was told of a hash: another process may be asked by then, and this one will be.
   *
   * @return whether it was told within the time
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

  /** The name by which a site's node calls; before it joined, that of its site. */
  static String callerName(SiteName site, @Nullable String node) {
    return CALLER + site + (node == null ? "" : "/" + node);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Whoever answers for long has to ask again: the site may have been revoked meanwhile.
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

  /** A node that joins later, or was away, is not to take it for something new. */
  private static @Nullable Instant lately(@Nullable Instant syncAt, Instant now) {
    return syncAt == null || now.isAfter(syncAt.plus(SYNC_FOR)) ? null : syncAt;
  }
}
