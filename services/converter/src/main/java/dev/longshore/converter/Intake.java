package dev.longshore.converter;

import dev.longshore.converter.ingest.Holds;
import dev.longshore.converter.ingest.ImageBlobs;
import dev.longshore.converter.ingest.IngestPeer;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.RepoStat;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.settings.value.ByteSize;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One ingest peer, and what this process writes to it. It stays while the peer's settings do. */
final class Intake {
  /** How long the peer's own account of its repository is believed. */
  static final Duration BELIEVED = Duration.ofSeconds(10);

  /** Part of the space that stays free while another peer has room. */
  private static final int RESERVE = 20;

  private final PeerSettings settings;
  private final IpfsNode node;
  private final IngestPeer peer;
  private final Holds holds;
  private final ImageBlobs blobs;
  private final InstantSource clock;
  private final AtomicLong underWay = new AtomicLong();
  private final ReentrantLock asking = new ReentrantLock();
  private Space space = new Space(0, 0);
  private @Nullable Instant asked;
  private volatile @Nullable TransientFailure silence;
  private volatile boolean full;

  Intake(
      PeerSettings settings,
      IpfsNode node,
      IngestPeer peer,
      Holds holds,
      ImageBlobs blobs,
      InstantSource clock) {
    this.settings = settings;
    this.node = node;
    this.peer = peer;
    this.holds = holds;
    this.blobs = blobs;
    this.clock = clock;
  }

  /**
   * What the peer may store.
   *
   * @param free bytes of it that are left
   * @param reserve bytes of these that are left for later if another peer has room
   */
  record Space(long free, long reserve) {
    private static Space of(RepoStat stat, @Nullable ByteSize capacity) {
      // One that has more than its own limit does not keep to it.
      boolean keepsToIt = stat.maxBytes() > 0 && stat.usedBytes() <= stat.maxBytes();
      long own = keepsToIt ? stat.maxBytes() : Long.MAX_VALUE;
      long limit = capacity == null ? own : Math.min(own, capacity.bytes());
      return new Space(
          Math.max(0, limit - stat.usedBytes()), limit == Long.MAX_VALUE ? 0 : limit / RESERVE);
    }
  }

  PeerSettings settings() {
    return settings;
  }

  IpfsNode node() {
    return node;
  }

  IngestPeer peer() {
    return peer;
  }

  Holds holds() {
    return holds;
  }

  ImageBlobs blobs() {
    return blobs;
  }

  PeerName name() {
    return new PeerName(peer.name());
  }

  /**
   * Name under which it gets no images while they fail there, as {@code kubo site-a ingest}: copies
   * on it may go on.
   */
  String gate() {
    return peer.endpoint() + " ingest";
  }

  /** What it may store, as it says now or said lately. */
  Space space() throws TransientFailure, PermanentFailure, InterruptedException {
    TransientFailure before = silence;
    asking.lockInterruptibly();
    try {
      TransientFailure meanwhile = silence;
      if (meanwhile != null && meanwhile != before) {
        throw meanwhile; // of who was asked while this caller waited
      }
      Instant now = clock.instant();
      // A clock that was set back must not keep an old answer alive.
      if (asked == null || now.isBefore(asked) || !now.isBefore(asked.plus(BELIEVED))) {
        space = Space.of(peer.usage(), settings.place().capacity());
        asked = now;
      }
      return space;
    } catch (TransientFailure e) {
      silence = e;
      throw e;
    } finally {
      asking.unlock();
    }
  }

  /** Whether it failed the last time for want of room: it answers all the same. */
  boolean isFull() {
    return full;
  }

  void setFull(boolean full) {
    this.full = full;
  }

  /** Bytes that this process writes to it now. */
  long underWay() {
    return underWay.get();
  }

  /** Counts bytes that are now written to it; a negative number takes them off at the end. */
  void writes(long bytes) {
    underWay.addAndGet(bytes);
  }
}
