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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What peers may take until their configured capacity is reached. Many copies begin at once, and a
 * peer counts only what has come, so each sets its bytes aside first.
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
   * has is sent the copy all the same.
   */
  boolean fits(Peer peer, long bytes) throws InterruptedException {
    return take(peer, bytes, 0);
  }

  /** Sets so many bytes aside; false where they do not fit. */
  boolean take(Peer peer, long bytes) throws InterruptedException {
    return take(peer, bytes, bytes);
  }

  private boolean take(Peer peer, long bytes, long aside) throws InterruptedException {
    ByteSize capacity = peer.place().capacity();
    return capacity == null
        || accounts
            .computeIfAbsent(peer.name(), _ -> new Account())
            .take(peer, capacity.bytes() - bytes, aside);
  }

  /** What one peer has, as it said last, and what was set aside since. */
  private final class Account {
    private long bytes;
    private Instant asked = Instant.MIN;

    synchronized boolean take(Peer peer, long most, long aside) throws InterruptedException {
      Instant now = clock.instant();
      if (!now.isBefore(asked.plus(BELIEVED))) {
        try {
          bytes = peer.node().repoStat(Deadline.after(callTimeout)).usedBytes();
          asked = now;
        } catch (KuboException e) {
          if (e.fault() == Fault.CANCELLED) {
            throw new InterruptedException(e.getMessage());
          }
          LOG.warn("{} did not say how much it has: {}", peer.name(), e.getMessage());
          return true;
        }
      }
      boolean fits = bytes <= most;
      bytes += fits ? aside : 0;
      return fits;
    }
  }
}
