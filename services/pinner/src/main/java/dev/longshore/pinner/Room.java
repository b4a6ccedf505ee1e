package dev.longshore.pinner;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.kubo.Fault;
import dev.longshore.ipfs.kubo.KuboException;
import dev.longshore.model.PeerName;
import dev.longshore.settings.ByteSize;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many bytes the peers with a configured capacity can take. Several copies run at once, and a
 * peer counts only what has come, so each sets the bytes of its image aside until it has ended.
 * Layers that the peer has already are counted again: near the capacity a copy may be refused that
 * would have fitted.
 */
final class Room {
  /** How long a peer's own account of its repository is believed. */
  static final Duration BELIEVED = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(Room.class);
  private final Duration callTimeout;
  private final InstantSource clock;
  private final Map<PeerName, Account> accounts = new ConcurrentHashMap<>();

  Room(Duration callTimeout, InstantSource clock) {
    this.callTimeout = callTimeout;
    this.clock = clock;
  }

  /**
   * Whether so many bytes more keep the peer within its capacity. One that does not say how much it
   * has is sent the copy anyway.
   */
  boolean fits(Peer peer, long bytes) throws InterruptedException {
    return take(peer, bytes, 0);
  }

  /** Sets so many bytes aside; false if they do not fit. */
  boolean take(Peer peer, long bytes) throws InterruptedException {
    return take(peer, bytes, bytes);
  }

  private boolean take(Peer peer, long bytes, long more) throws InterruptedException {
    ByteSize capacity = peer.place().capacity();
    if (capacity == null) {
      return true;
    }
    look(peer);
    return account(peer).take(capacity.bytes() - bytes, more);
  }

  /** The copy that took them has ended. */
  void release(Peer peer, long bytes) {
    if (peer.place().capacity() != null) {
      account(peer).release(bytes);
    }
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
      account.has(peer.node().repoStat(Deadline.after(callTimeout)).usedBytes());
    } catch (KuboException e) {
      if (e.fault() == Fault.CANCELLED) {
        throw new InterruptedException(e.getMessage());
      }
      account.has(0);
      LOG.warn("{} did not say how much it has: {}", peer.name(), e.getMessage());
    } finally {
      account.end();
    }
  }

  /** What one peer has, as it said last, and what is set aside besides. */
  private static final class Account {
    private final ReentrantLock asking = new ReentrantLock();
    private long used;
    private long aside;
    private @Nullable Instant asked;

    /** Whether it is this caller who asks. Only the first time do others wait for the answer. */
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
      // One that does not answer is not asked by each copy in turn.
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

    synchronized void has(long bytes) {
      used = bytes;
    }

    synchronized boolean take(long most, long more) {
      boolean fits = used + aside <= most;
      aside += fits ? more : 0;
      return fits;
    }

    /** They are there by now; if not, the next look corrects it. */
    synchronized void release(long bytes) {
      aside -= bytes;
      used += bytes;
    }
  }
}
