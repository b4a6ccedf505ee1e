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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many bytes each peer can take: up to its configured capacity, and as far as its disk has
 * room. Many copies begin at once, and a peer counts only what has come, so each sets its bytes
 * aside first.
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
    return account(peer).take(peer, bytes, 0);
  }

  /** Sets so many bytes aside; false if they do not fit. */
  boolean take(Peer peer, long bytes) throws InterruptedException {
    return account(peer).take(peer, bytes, bytes);
  }

  /** Asks the peer, unless it was asked lately. */
  void look(Peer peer) throws InterruptedException {
    account(peer).ask(peer, LOOK);
  }

  /** What the peer said last; none if it never did. */
  Optional<Space> space(Peer peer) {
    return Optional.ofNullable(account(peer).space);
  }

  private Account account(Peer peer) {
    return accounts.computeIfAbsent(peer.name(), _ -> new Account());
  }

  /** What one peer has room for, as it said last, less what was set aside since. */
  private final class Account {
    private long room = Long.MAX_VALUE;
    private Instant asked = Instant.MIN;
    private volatile @Nullable Space space;

    synchronized boolean take(Peer peer, long bytes, long aside) throws InterruptedException {
      ask(peer, BELIEVED);
      boolean fits = bytes <= room;
      room -= fits ? aside : 0;
      return fits;
    }

    synchronized void ask(Peer peer, Duration believed) throws InterruptedException {
      Instant now = clock.instant();
      if (now.isBefore(asked.plus(believed))) {
        return;
      }
      try {
        long used = peer.node().repoStat(Deadline.after(callTimeout)).usedBytes();
        long free = peer.node().availableBytes(Deadline.after(callTimeout));
        ByteSize capacity = peer.place().capacity();
        long left = capacity == null ? free : Math.clamp(capacity.bytes() - used, 0, free);
        space = new Space(left, used + left);
        room = Math.min(left, free - (used + free) / KEPT_FREE);
        asked = now;
      } catch (KuboException e) {
        if (e.fault() == Fault.CANCELLED) {
          throw new InterruptedException(e.getMessage());
        }
        LOG.warn("{} did not say how much room it has: {}", peer.name(), e.getMessage());
      }
    }
  }
}
