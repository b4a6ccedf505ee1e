package dev.longshore.runtime.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Limits the active records of one name in a partition, so that one that is slow delays no other:
 * of an endpoint in {@code retry}, of a key elsewhere, whose records are handled one after another.
 * Of further records only the offsets are kept; they are read again when there is room, in their
 * order. Used by the consumer's thread.
 */
final class Turns {
  /** Of the names whose active records are looked at again only if there are this many. */
  private static final int MANY = Ledger.UNDER_WAY_LIMIT;

  private final Ledger ledger;
  private final Limits limits;
  private final Map<String, Set<Long>> underWay = new HashMap<>();
  private final Map<String, NavigableMap<Long, Instant>> aside = new HashMap<>();
  private final Set<String> withRoom = new HashSet<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private long sinceNanos;

  /**
   * What may be active, and how long reading stays where it is.
   *
   * @param each active records of a name
   * @param readAgain the same while records put aside are read again: their poll may bring more
   *     than there was room for
   * @param areAll whether no other limit holds for their number
   * @param atTheEnd pause at the end before records put aside are read again: new ones come first
   * @param withoutRoom the same while those read again have no room
   * @param awayFromTheEnd longest time among records put aside before reading the end
   */
  record Limits(
      int each,
      int readAgain,
      boolean areAll,
      Duration atTheEnd,
      Duration withoutRoom,
      Duration awayFromTheEnd) {
    /** Enough to keep an external program busy, with twelve partitions. */
    static final Limits OF_AN_ENDPOINT =
        new Limits(
            16,
            16 + Ledger.POLL_LIMIT,
            true,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5));

    /** A few, as one is handled at a time; a dozen keys that are slow leave room for others. */
    static final Limits OF_A_KEY =
        new Limits(
            16, 32, false, Duration.ofMillis(100), Duration.ofMillis(100), Duration.ofSeconds(1));
  }

  /**
   * @param nowNanos the JVM's clock
   */
  Turns(Ledger ledger, Limits limits, long nowNanos) {
    this.ledger = ledger;
    this.limits = limits;
    this.sinceNanos = nowNanos;
  }

  /** Whether a record just read begins now; otherwise it is put aside. */
  boolean begins(long offset, String name, Instant appendedAt) {
    NavigableMap<Long, Instant> behind = aside.getOrDefault(name, new TreeMap<>());
    behind.remove(offset);
    Set<Long> begun = underWay.computeIfAbsent(name, _ -> new HashSet<>());
    boolean first = behind.isEmpty() || offset < behind.firstKey();
    int limit = isBack() && withRoom.contains(name) ? limits.readAgain : limits.each;
    if (first && begun.size() >= limit) {
      begun.removeIf(before -> !ledger.isUnderWay(before));
    }
    boolean begins = first && begun.size() < limit;
    if (begins) {
      begun.add(offset);
    } else {
      behind.put(offset, appendedAt);
      ledger.putAside(offset);
    }
    if (behind.isEmpty()) {
      aside.remove(name);
    } else {
      aside.put(name, behind);
    }
    waiting.set(aside.values().stream().mapToInt(Map::size).sum());
    return begins;
  }

  /** Removes ended records; returns the number of active ones that have no other limit. */
  int look() {
    withRoom.clear();
    if (!limits.areAll && aside.isEmpty() && underWay.size() < MANY) {
      return 0;
    }
    underWay
        .values()
        .removeIf(
            offsets -> {
              offsets.removeIf(offset -> !ledger.isUnderWay(offset));
              return offsets.isEmpty();
            });
    aside.keySet().stream()
        .filter(name -> underWay.getOrDefault(name, Set.of()).size() <= limits.each / 2)
        .forEach(withRoom::add);
    return limits.areAll ? underWay.values().stream().mapToInt(Set::size).sum() : 0;
  }

  /** Number of records put aside; may be called by any thread. */
  int waiting() {
    return waiting.get();
  }

  /** Whether reading is at a place where nothing can begin. */
  boolean holdsBack() {
    return isBack() && nextTurn().isEmpty();
  }

  /** Where to continue reading, if not at the current place. */
  OptionalLong readElsewhere(long nowNanos) {
    OptionalLong next = nextTurn();
    Duration here = Duration.ofNanos(nowNanos - sinceNanos);
    OptionalLong there = OptionalLong.empty();
    if (isBack()) {
      Duration limit = next.isEmpty() ? limits.withoutRoom : limits.awayFromTheEnd;
      if (here.compareTo(limit) > 0) {
        there = OptionalLong.of(ledger.end());
      } else if (next.isPresent() && next.getAsLong() < ledger.position()) {
        return next; // what was put aside again has room meanwhile
      }
    } else if (next.isPresent() && here.compareTo(limits.atTheEnd) > 0) {
      there = next;
    }
    if (there.isPresent()) {
      sinceNanos = nowNanos;
    }
    return there;
  }

  /** Since when the record put aside has waited that has waited longest. */
  Optional<Instant> waitingSince() {
    return aside.values().stream()
        .map(waiting -> waiting.firstEntry().getValue())
        .min(Comparator.naturalOrder());
  }

  private boolean isBack() {
    return ledger.position() < ledger.end();
  }

  /** The lowest record put aside whose name has room. */
  private OptionalLong nextTurn() {
    return withRoom.stream()
        .map(aside::get)
        .filter(Objects::nonNull)
        .mapToLong(NavigableMap::firstKey)
        .min();
  }
}
