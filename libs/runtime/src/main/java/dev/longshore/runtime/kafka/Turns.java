package dev.longshore.runtime.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * Limits the active records of each endpoint in a partition of {@code retry}, so that one that is
 * away, or slow, delays no other. Of further records only the offsets are kept; they are read again
 * when there is room. Used by the consumer's thread.
 */
final class RetryTurns {
  /** Enough to keep an external program busy, with twelve partitions. */
  static final int OF_ONE_ENDPOINT = 16;

  /** Records read again may begin even if their poll brings more than there was room for. */
  private static final int READ_AGAIN = OF_ONE_ENDPOINT + Ledger.POLL_LIMIT;

  /** Pause at the end before records put aside are read again: new records come first. */
  private static final Duration AT_THE_END = Duration.ofSeconds(1);

  /** The same while records read again have no room. */
  private static final Duration WITHOUT_ROOM = Duration.ofSeconds(1);

  /** Longest time among records put aside before reading the end. */
  private static final Duration AWAY_FROM_THE_END = Duration.ofSeconds(5);

  private final Ledger ledger;
  private final Map<String, Set<Long>> underWay = new HashMap<>();
  private final Map<String, TreeSet<Long>> aside = new HashMap<>();
  private final Set<String> withRoom = new HashSet<>();
  private long sinceNanos;

  /**
   * @param nowNanos the JVM's clock
   */
  RetryTurns(Ledger ledger, long nowNanos) {
    this.ledger = ledger;
    this.sinceNanos = nowNanos;
  }

  /** Whether a record just read begins now; otherwise it is put aside. */
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

  /** Removes ended records; returns the number of active ones, limited by endpoint. */
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

  /** The lowest record put aside whose endpoint has room. */
  private OptionalLong nextTurn() {
    return aside.entrySet().stream()
        .filter(entry -> !entry.getValue().isEmpty() && withRoom.contains(entry.getKey()))
        .mapToLong(entry -> entry.getValue().first())
        .min();
  }
}
