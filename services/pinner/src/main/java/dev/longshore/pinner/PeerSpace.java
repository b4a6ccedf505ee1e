package dev.longshore.pinner;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.RepoStat;
import dev.longshore.model.PeerName;
import dev.longshore.settings.value.ByteSize;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many bytes the peers can take: up to the configured capacity and the node's own storage
 * limit, which is ignored if the node already exceeds it. Several copies run at once, and a peer
 * reports only what has arrived, so each copy reserves its image's bytes until it ends. Layers that
 * the peer already has are counted again: near the capacity, a copy that would fit may be refused.
 */
final class PeerSpace {
  /** How long a peer's reported disk usage is reused. */
  static final Duration BELIEVED = Duration.ofSeconds(10);

  private static final RepoStat UNKNOWN = new RepoStat(0, 0);
  private static final Logger LOG = LoggerFactory.getLogger(PeerSpace.class);
  private final Duration callTimeout;
  private final InstantSource clock;
  private final Map<PeerName, Account> accounts = new ConcurrentHashMap<>();

  PeerSpace(Duration callTimeout, InstantSource clock) {
    this.callTimeout = callTimeout;
    this.clock = clock;
  }

  /**
   * Whether this many more bytes keep the peer within its limit. A peer that does not report its
   * usage gets the copy anyway.
   */
  boolean fits(Peer peer, long bytes) throws InterruptedException {
    return take(peer, bytes, 0);
  }

  /** Reserves bytes; false if they do not fit. */
  boolean take(Peer peer, long bytes) throws InterruptedException {
    return take(peer, bytes, bytes);
  }

  private boolean take(Peer peer, long bytes, long more) throws InterruptedException {
    look(peer);
    return account(peer).take(limit(peer) - bytes, more);
  }

  /** The smaller of both limits. */
  private long limit(Peer peer) {
    ByteSize capacity = peer.place().capacity();
    long configured = capacity == null ? Long.MAX_VALUE : capacity.bytes();
    return Math.min(configured, account(peer).ownLimit());
  }

  /**
   * A peer's storage.
   *
   * @param free remaining bytes
   * @param total bytes in total
   */
  record Space(long free, long total) {}

  /** The peer's storage by its last report; empty without a report or a limit. */
  Optional<Space> space(Peer peer) {
    long total = limit(peer);
    OptionalLong used = account(peer).used();
    return used.isEmpty() || total == Long.MAX_VALUE
        ? Optional.empty()
        : Optional.of(new Space(Math.max(0, total - used.getAsLong()), total));
  }

  /** The reason why a peer has no room for this many bytes. */
  String objection(Peer peer, long bytes) {
    ByteSize capacity = peer.place().capacity();
    long own = account(peer).ownLimit();
    return capacity != null && capacity.bytes() <= own
        ? "peer %s has no room for %d bytes within its capacity of %s: raise that, or add a peer"
            .formatted(peer.name(), bytes, capacity)
        : "peer %s has no room for %d bytes within its Datastore.StorageMax of %s: raise that, or add a peer"
            .formatted(peer.name(), bytes, new ByteSize(own));
  }

  /** Releases the bytes of an ended copy. */
  void release(Peer peer, long bytes) {
    account(peer).release(bytes);
  }

  private Account account(Peer peer) {
    return accounts.computeIfAbsent(peer.name(), _ -> new Account());
  }

  private void look(Peer peer) throws InterruptedException {
    Account account = account(peer);
    if (!account.begin(clock.instant())) {
      return;
    }
    try {
      account.has(peer.node().repoStat(Deadline.after(callTimeout)));
    } catch (KuboException e) {
      if (e.fault() == Fault.CANCELLED) {
        throw new InterruptedException(e.getMessage());
      }
      account.has(UNKNOWN);
      LOG.warn("{} did not say how much it has: {}", peer.name(), e.getMessage());
    } finally {
      account.end();
    }
  }

  /** One peer's last reported usage, and the reserved bytes. */
  private static final class Account {
    private final ReentrantLock asking = new ReentrantLock();
    private long used;
    private boolean known;
    private long ownLimit = Long.MAX_VALUE;
    private long aside;
    private @Nullable Instant asked;

    /** Whether this caller has to ask the peer. Others wait for the answer only the first time. */
    boolean begin(Instant now) throws InterruptedException {
      if (asked() == null) {
        asking.lockInterruptibly();
      } else if (!asking.tryLock()) {
        return false;
      }
      Instant last = asked();
      // A clock that was set back must not keep an old answer alive.
      if (last != null && !now.isBefore(last) && now.isBefore(last.plus(BELIEVED))) {
        asking.unlock();
        return false;
      }
      // So a silent peer is not asked by each copy in turn.
      ask(now);
      return true;
    }

    void end() {
      asking.unlock();
    }

    private synchronized @Nullable Instant asked() {
      return asked;
    }

    private synchronized void ask(Instant now) {
      asked = now;
    }

    synchronized void has(RepoStat stat) {
      used = stat.usedBytes();
      known = !stat.equals(UNKNOWN);
      boolean keepsToIt = stat.maxBytes() > 0 && used <= stat.maxBytes();
      ownLimit = keepsToIt ? stat.maxBytes() : Long.MAX_VALUE;
    }

    synchronized OptionalLong used() {
      return known ? OptionalLong.of(used) : OptionalLong.empty();
    }

    synchronized long ownLimit() {
      return ownLimit;
    }

    synchronized boolean take(long most, long more) {
      boolean fits = used + aside <= most;
      aside += fits ? more : 0;
      return fits;
    }

    /** The bytes have arrived by now; if not, the next report corrects it. */
    synchronized void release(long bytes) {
      aside -= bytes;
      used += bytes;
    }
  }
}
