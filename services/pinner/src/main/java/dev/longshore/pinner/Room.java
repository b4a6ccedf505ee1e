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
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many bytes each peer can take: up to its configured capacity, and as far as its disk has
 * room. Many copies run at once, and a peer counts only what has come, so each sets its bytes aside
 * until it has ended.
 */
final class Room {
  /**
   * What a peer has room for.
   *
   * @param freeBytes what it may still store
   * @param totalBytes that, and what its repository takes
   */
  record Space(long freeBytes, long totalBytes) {}

  /** How long a peer's own account of its disk is believed before a copy. */
  static final Duration BELIEVED = Duration.ofSeconds(10);

  /** How often a peer is asked while it gets no copies. */
  static final Duration LOOK = Duration.ofMinutes(1);

  /** A hundredth of a disk stays free: Kubo needs some of it to remove anything at all. */
  private static final int KEPT_FREE = 100;

  private static final Logger LOG = LoggerFactory.getLogger(Room.class);
  private final Duration callTimeout;
  private final InstantSource clock;
  private final Map<PeerName, Account> accounts = new ConcurrentHashMap<>();

  Room(Duration callTimeout, InstantSource clock) {
    this.callTimeout = callTimeout;
    this.clock = clock;
  }

  /**
   * Whether the peer has room for so many bytes more. One that does not say how much it has is sent
   * the copy anyway.
   */
  boolean fits(Peer peer, long bytes) throws InterruptedException {
    look(peer, BELIEVED);
    return account(peer).take(bytes, 0);
  }

  /** Sets so many bytes aside; false if they do not fit. */
  boolean take(Peer peer, long bytes) throws InterruptedException {
    look(peer, BELIEVED);
    return account(peer).take(bytes, bytes);
  }

  /** The copy that took them has ended. */
  void release(Peer peer, long bytes) {
    account(peer).release(bytes);
  }

  /** Asks the peer, unless it was asked lately. */
  void look(Peer peer) throws InterruptedException {
    look(peer, LOOK);
  }

  /** What the peer said last; none if it never did. */
  Optional<Space> space(Peer peer) {
    return account(peer).space();
  }

  private Account account(Peer peer) {
    return accounts.computeIfAbsent(peer.name(), _ -> new Account());
  }

  private void look(Peer peer, Duration believed) throws InterruptedException {
    Account account = account(peer);
    if (!account.begin(believed, clock.instant())) {
      return;
    }
    try {
      long used = peer.node().repoStat(Deadline.after(callTimeout)).usedBytes();
      long free = peer.node().availableBytes(Deadline.after(callTimeout));
      ByteSize capacity = peer.place().capacity();
      long left = capacity == null ? free : Math.clamp(capacity.bytes() - used, 0, free);
      account.is(new Space(left, used + left), Math.min(left, free - (used + free) / KEPT_FREE));
    } catch (KuboException e) {
      if (e.fault() == Fault.CANCELLED) {
        throw new InterruptedException(e.getMessage());
      }
      LOG.warn("{} did not say how much room it has: {}", peer.name(), e.getMessage());
    } finally {
      account.end();
    }
  }

  /** What one peer has room for, as it said last, and what is set aside of that. */
  private static final class Account {
    private final ReentrantLock asking = new ReentrantLock();
    private long room = Long.MAX_VALUE;
    private long aside;
    private @Nullable Instant asked;
    private @Nullable Space space;

    /** Whether it is this caller who asks. Only the first time do others wait for the answer. */
    boolean begin(Duration believed, Instant now) throws InterruptedException {
      if (asked() == null) {
        asking.lockInterruptibly();
      } else if (!asking.tryLock()) {
        return false;
      }
      Instant last = asked();
      if (last != null && now.isBefore(last.plus(believed))) {
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

    synchronized void is(Space now, long roomNow) {
      space = now;
      room = roomNow;
    }

    synchronized Optional<Space> space() {
      return Optional.ofNullable(space);
    }

    synchronized boolean take(long bytes, long more) {
      boolean fits = bytes <= room - aside;
      aside += fits ? more : 0;
      return fits;
    }

    /** They are there by now, or the next look gives them back. */
    synchronized void release(long bytes) {
      aside -= bytes;
      room -= bytes;
    }
  }
}
