package dev.longshore.oci.login;

import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.registry.Login;
import dev.longshore.oci.registry.RegistryCredentials;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Credentials that cost something to get, kept until shortly before they expire or until they are
 * refused. However many threads want them, one asks at a time, and a failure is everybody's for a
 * while.
 */
public final class KeptLogin implements Login {
  private static final Logger LOG = LoggerFactory.getLogger(KeptLogin.class);

  /** How long to keep what names no expiry. */
  static final Duration UNSAID = Duration.ofMinutes(5);

  /** Renewed so long before the end, or at four fifths of a short life. */
  static final Duration EARLY = Duration.ofMinutes(2);

  /** How long after a failure the next one may ask. */
  static final Duration REST = Duration.ofSeconds(10);

  /** A login that stays refused is asked for anew so often at most. */
  static final Duration BETWEEN_REFUSALS = Duration.ofMinutes(1);

  /** Whoever hands out credentials; may take a while. */
  @FunctionalInterface
  public interface Source {
    IssuedCredentials ask() throws NoLoginException, InterruptedException;
  }

  /**
   * What was handed out.
   *
   * @param renew when to ask for the next
   * @param until when it is of no use any more
   */
  private record Kept(RegistryCredentials credentials, Instant renew, Instant until) {
    static Kept of(IssuedCredentials grant, Instant now) throws NoLoginException {
      Instant until = grant.until().orElse(now.plus(UNSAID));
      Duration life = Duration.between(now, until);
      if (!life.isPositive()) {
        throw new NoLoginException(
            "its answer expired at %s, and it is %s here: compare the clocks"
                .formatted(until, now));
      }
      Duration fifth = life.dividedBy(5);
      Duration early = fifth.compareTo(EARLY) < 0 ? fifth : EARLY;
      return new Kept(grant.credentials(), until.minus(early), until);
    }
  }

  private record Failed(String reason, Instant until) {}

  private final String from;
  private final Source source;
  private final InstantSource clock;
  private final ReentrantLock turn = new ReentrantLock();
  private volatile @Nullable Kept kept;
  private @Nullable Failed failed;
  private Instant nextDrop = Instant.MIN;

  /**
   * Asks nothing yet.
   *
   * @param from where they come from, for messages
   */
  public KeptLogin(String from, Source source, InstantSource clock) {
    this.from = from;
    this.source = source;
    this.clock = clock;
  }

  @Override
  public RegistryCredentials current(Attempt attempt) throws RegistryException {
    Kept known = kept;
    if (known != null && clock.instant().isBefore(known.renew)) {
      return known.credentials;
    }
    try {
      turn.lockInterruptibly();
    } catch (InterruptedException e) {
      throw attempt.interrupted();
    }
    try {
      return inTurn(attempt);
    } finally {
      turn.unlock();
    }
  }

  private RegistryCredentials inTurn(Attempt attempt) throws RegistryException {
    Instant now = clock.instant();
    Kept known = kept;
    if (known != null && now.isBefore(known.renew)) {
      return known.credentials;
    }
    Failed lately = failed;
    if (lately == null || !now.isBefore(lately.until)) {
      try {
        Kept next = Kept.of(source.ask(), now);
        kept = next;
        failed = null;
        return next.credentials;
      } catch (NoLoginException e) {
        lately = new Failed(from + ": " + e.getMessage(), clock.instant().plus(REST));
        failed = lately;
        LOG.warn("no new credentials: {}", lately.reason);
      } catch (InterruptedException e) {
        throw attempt.interrupted();
      }
    }
    if (known != null && now.isBefore(known.until)) {
      return known.credentials;
    }
    throw attempt.failed(Kind.UNAUTHORIZED, lately.reason);
  }

  @Override
  public void refused(RegistryCredentials credentials) {
    turn.lock();
    try {
      Kept known = kept;
      Instant now = clock.instant();
      if (known != null && known.credentials.equals(credentials) && !now.isBefore(nextDrop)) {
        kept = null;
        nextDrop = now.plus(BETWEEN_REFUSALS);
      }
    } finally {
      turn.unlock();
    }
  }
}
