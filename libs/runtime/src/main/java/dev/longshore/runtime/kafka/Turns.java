package dev.longshore.runtime.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whose turn it is in a partition of {@code retry}: a few records of each endpoint are under way,
 * so that one that is away, or slow, holds up no record of another. Of the others only the offsets
 * are kept; they are read again when there is room. Used by the consumer's thread.
 */
final class Turns {
  /** Enough to keep a program outside busy, with twelve partitions. */
  static final int OF_ONE_ENDPOINT = 16;

  /**
   * What is read again begins though the poll that brings it brings more than there was room for.
   */
  private static final int READ_AGAIN = OF_ONE_ENDPOINT + Ledger.POLL_LIMIT;

  /** At the end, before what was put aside is read again: new records are looked at first. */
  private static final Duration AT_THE_END = Duration.ofSeconds(1);

  /** Where records were put aside, while those read again have no room. */
  private static final Duration WITHOUT_ROOM = Duration.ofSeconds(1);

  /** Where records were put aside, at most, until the end is looked at. */
  private static final Duration AWAY_FROM_THE_END = Duration.ofSeconds(5);

  private final Ledger ledger;
  private final Map<String, Set<Long>> underWay = new HashMap<>();
  private final Map<String, TreeSet<Long>> aside = new HashMap<>();
  private final Set<String> withRoom = new HashSet<>();
  private long sinceNanos;

  /**
   * Turns of no record yet.
   *
   * @param nowNanos the JVM's clock
   */
  Turns(Ledger ledger, long nowNanos) {
    this.ledger = ledger;
    this.sinceNanos = nowNanos;
  }

  /** Whether the record that was read begins now; else it is put aside. */
  boolean begins(long offset, String endpoint) {
    TreeSet<Long> waiting = aside.computeIfAbsent(endpoint, _ -> new TreeSet<>());
    waiting.remove(offset);
    Set<Long> begun = underWay.computeIfAbsent(endpoint, _ -> new HashSet<>());
    boolean first = waiting.isEmpty() || offset < waiting.first();
    int limit = isBack() && withRoom.contains(endpoint) ? READ_AGAIN : OF_ONE_ENDPOINT;
    if (first && begun.size() < limit) {
      begun.add(offset);
      return true;
    }
    waiting.add(offset);
    ledger.putAside(offset);
    return false;
  }

  /** Looks what has ended; returns how many are under way, which their endpoints bound. */
  int look() {
    withRoom.clear();
    underWay.forEach(
        (endpoint, offsets) -> {
          offsets.removeIf(offset -> !ledger.isUnderWay(offset));
          if (offsets.size() <= OF_ONE_ENDPOINT / 2) {
            withRoom.add(endpoint);
          }
        });
    return underWay.values().stream().mapToInt(Set::size).sum();
  }

  /** Whether reading stands where nothing can begin. */
  boolean holdsBack() {
    return isBack() && nextTurn().isEmpty();
  }

  /** Where to read on, if that is somewhere else than where reading stands. */
  OptionalLong readElsewhere(long nowNanos) {
    OptionalLong next = nextTurn();
    Duration here = Duration.ofNanos(nowNanos - sinceNanos);
    OptionalLong there = OptionalLong.empty();
    if (isBack()) {
      Duration limit = next.isEmpty() ? WITHOUT_ROOM : AWAY_FROM_THE_END;
      there = here.compareTo(limit) > 0 ? OptionalLong.of(ledger.end()) : there;
    } else if (next.isPresent() && here.compareTo(AT_THE_END) > 0) {
      there = next;
    }
    if (there.isPresent()) {
      sinceNanos = nowNanos;
    }
    return there;
  }

  private boolean isBack() {
    return ledger.position() < ledger.end();
  }

  /** The lowest record that was put aside and whose endpoint has room. */
  private OptionalLong nextTurn() {
    return aside.entrySet().stream()
        .filter(entry -> !entry.getValue().isEmpty() && withRoom.contains(entry.getKey()))
        .mapToLong(entry -> entry.getValue().first())
        .min();
  }
}
