package dev.longshore.pinner;

import dev.longshore.events.PeerState.Rot;
import dev.longshore.events.PeerState.Scrub;
import dev.longshore.model.Cid;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The progress of reading one peer's copies. Reading and mending run concurrently. */
final class PeerScrub {
  /** Files and directories remembered as read in this round, in a few megabytes. */
  private static final int PARTS = 1 << 18;

  private final CidEndSet parts = new CidEndSet(PARTS);
  private final List<Rot> rot = new ArrayList<>();
  private @Nullable Cid cursor;
  private @Nullable Instant startedAt;
  private @Nullable Instant completedAt;
  private @Nullable DagReading reading;
  private @Nullable Instant lastTurn;
  private long budget;

  /** Minimal interval between rounds: a small peer is read in minutes. */
  private final Duration interval;

  /** Resumes from the record. */
  PeerScrub(Optional<Scrub> recorded, Duration interval) {
    this.interval = interval;
    recorded.ifPresent(
        scrub -> {
          cursor = scrub.cursor();
          startedAt = scrub.startedAt();
          completedAt = scrub.completedAt();
          if (scrub.rot() != null) {
            rot.addAll(scrub.rot());
          }
        });
  }

  /** Its record; empty before the first round. */
  synchronized Optional<Scrub> record() {
    Instant started = startedAt;
    return started == null
        ? Optional.empty()
        : Optional.of(new Scrub(cursor, started, completedAt, List.copyOf(rot)));
  }

  /** Bytes that may be read now. */
  synchronized long takeTurn(long bytesPerSecond, Duration longest, Instant now) {
    Duration passed = lastTurn == null ? longest : Duration.between(lastTurn, now);
    lastTurn = now;
    Duration counted = passed.compareTo(longest) > 0 ? longest : passed;
    budget = Math.max(0, counted.toMillis()) * bytesPerSecond / 1000 + Math.min(0, budget);
    return budget;
  }

  synchronized void read(long bytes) {
    budget -= bytes;
  }

  /** Whether a round is under way, or begins now. */
  synchronized boolean isUnderWay(Instant now) {
    Instant started = startedAt;
    boolean ended = started == null || (completedAt != null && !completedAt.isBefore(started));
    if (!ended) {
      return true;
    }
    if (started != null && now.isBefore(started.plus(interval))) {
      return false;
    }
    startedAt = now;
    cursor = null;
    parts.clear();
    return true;
  }

  synchronized void endRound(Instant now) {
    completedAt = now;
    cursor = null;
  }

  synchronized @Nullable Cid cursor() {
    return cursor;
  }

  synchronized int rotCount() {
    return rot.size();
  }

  synchronized boolean hasRoomForRot() {
    return rot.size() < Scrub.ROT;
  }

  synchronized Optional<DagReading> reading() {
    return Optional.ofNullable(reading);
  }

  synchronized DagReading begin(Cid dag) {
    DagReading begun = new DagReading(dag, parts);
    reading = begun;
    return begun;
  }

  /** The image was read, as far as its blocks are there. */
  synchronized void end(DagReading ended, Instant now) {
    for (Map.Entry<Cid, Cid> found : ended.rotten().entrySet()) {
      boolean isKnown = rot.stream().anyMatch(known -> known.part().equals(found.getKey()));
      if (!isKnown && rot.size() < Scrub.ROT) {
        rot.add(new Rot(found.getKey(), found.getValue(), now, null));
      }
    }
    cursor = ended.dag();
    reading = null;
  }

  synchronized void mended(Cid part) {
    rot.removeIf(known -> known.part().equals(part));
  }

  synchronized void notMended(Cid part, String error) {
    rot.replaceAll(
        known ->
            known.part().equals(part)
                ? new Rot(part, known.block(), known.foundAt(), error)
                : known);
  }
}
