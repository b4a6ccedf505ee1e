package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.PeerState.Scrub;
import dev.longshore.model.Cid;
import dev.longshore.model.PeerName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Whether each peer's copies are read as promised: once a day, or as often as the rate allows. */
final class Proofs {
  /** A round may be slower than its rate: it waits while the peer does not answer. */
  private static final int SLOWER = 2;

  private static final Duration SPARE = Duration.ofHours(1);

  /** How long a count is reused: counting scans an index. */
  private static final Duration COUNTED = Duration.ofMinutes(5);

  private final Catalog catalog;
  private final Function<PeerName, Optional<Scrub>> scrubs;
  private final long bytesPerSecond;
  private final Duration interval;
  private final InstantSource clock;
  private final Map<PeerName, Share> shares = new ConcurrentHashMap<>();

  /**
   * The state of proofs for a peer.
   *
   * @param age time since all copies were read
   * @param unproven approximate number of copies not read in time
   */
  record Proof(Duration age, long unproven) {}

  private record Share(double left, Instant at) {}

  /**
   * @param scrubs progress on each peer that this process reads
   * @param bytesPerSecond rate for each peer; 0 promises nothing
   * @param interval minimum from the begin of a round to that of the next
   */
  Proofs(
      Catalog catalog,
      Function<PeerName, Optional<Scrub>> scrubs,
      long bytesPerSecond,
      Duration interval,
      InstantSource clock) {
    this.catalog = catalog;
    this.scrubs = scrubs;
    this.bytesPerSecond = bytesPerSecond;
    this.interval = interval;
    this.clock = clock;
  }

  /**
   * The proofs of a peer that this process reads.
   *
   * @param copies number of its copies
   * @param bytes their size
   */
  Optional<Proof> of(PeerName peer, long copies, long bytes) {
    return bytesPerSecond == 0
        ? Optional.empty()
        : scrubs.apply(peer).map(scrub -> proof(peer, scrub, copies, bytes));
  }

  private Proof proof(PeerName peer, Scrub scrub, long copies, long bytes) {
    Instant now = clock.instant();
    Instant last = scrub.completedAt() == null ? scrub.startedAt() : scrub.completedAt();
    Duration age = Duration.between(last, now);
    Duration promised =
        interval.plus(SPARE).plus(Duration.ofSeconds(bytes / bytesPerSecond).multipliedBy(SLOWER));
    boolean keeps = age.compareTo(promised) <= 0;
    return new Proof(
        age.isNegative() ? Duration.ZERO : age,
        keeps ? 0 : Math.round(copies * left(peer, scrub, now)));
  }

  /** The fraction of images not yet read in this round; all, before it begins. */
  private double left(PeerName peer, Scrub scrub, Instant now) {
    Cid cursor = scrub.cursor();
    if (cursor == null) {
      return 1;
    }
    return shares
        .compute(
            peer,
            (_, share) ->
                share != null && now.isBefore(share.at().plus(COUNTED))
                    ? share
                    : new Share(left(cursor), now))
        .left();
  }

  private double left(Cid cursor) {
    long all = catalog.fleet().after("");
    return all == 0 ? 0 : (double) catalog.fleet().after(cursor.toString()) / all;
  }
}
