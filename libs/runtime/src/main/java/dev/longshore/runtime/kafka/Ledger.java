package dev.longshore.runtime.kafka;

import java.util.Base64;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tracks which records of a partition are finished, and whether earlier ones were missed. Records
 * end out of order; the committed offset is that of the lowest unfinished one, with metadata of one
 * bit for each finished one above it, so that a restart repeats none of them. A mark before the
 * bits says that a gap is still open.
 */
final class Ledger {
  /** Limit of unfinished records in one partition: bounds memory and repeated work. */
  static final int UNDER_WAY_LIMIT = 256;

  /** Records that one poll may add before the partition pauses. */
  static final int POLL_LIMIT = 64;

  /**
   * Distance in offsets from the lowest unfinished record to the next one to read, at which the
   * partition pauses: one slow record does not block thousands behind it, and their bits still fit
   * into 4096 characters, the broker's {@code offset.metadata.max.bytes}.
   */
  static final int WINDOW = 16_384;

  /** Bits that fit into 4096 characters of base64. */
  private static final int BITS_LIMIT = 24_000;

  /** Precedes the bits; not a base64 character. */
  private static final String GAP = "?";

  private static final Logger log = LoggerFactory.getLogger(Ledger.class);

  private final TreeSet<Long> unfinished = new TreeSet<>();

  /** Unfinished offsets to read again later. */
  private final Set<Long> aside = new HashSet<>();

  /** Finished offsets, counted from {@link #base}. */
  private BitSet finished;

  private long gaps;
  private boolean openGap;
  private long base;
  private long next;
  private long position;

  /**
   * @param start the offset to read first
   * @param finished finished offsets above it, counted from it
   */
  Ledger(long start, BitSet finished) {
    this.base = start;
    this.next = start;
    this.position = start;
    this.finished = finished;
  }

  /** The bits of committed metadata; none if another program wrote it. */
  static BitSet bits(OffsetAndMetadata committed) {
    String bits = committed.metadata().substring(hasGap(committed) ? GAP.length() : 0);
    try {
      return BitSet.valueOf(Base64.getDecoder().decode(bits));
    } catch (IllegalArgumentException e) {
      // This only costs repeated work, which the steps find done.
      log.warn("offset metadata {} is not Longshore's: ignored", committed.metadata());
      return new BitSet();
    }
  }

  /** Whether committed metadata says that a gap is still open. */
  static boolean hasGap(OffsetAndMetadata committed) {
    return committed.metadata().startsWith(GAP);
  }

  /**
   * Opens a gap, committed with the offsets until it is closed.
   *
   * @return number of the gap
   */
  synchronized long openGap() {
    openGap = true;
    return ++gaps;
  }

  synchronized boolean hasOpenGap() {
    return openGap;
  }

  /** Closes the gap, and all earlier ones, unless a later one is open. */
  synchronized void closeGap(long gap) {
    openGap &= gap != gaps;
  }

  /**
   * Records that a record was read.
   *
   * @return whether to handle it; false if it was finished before a restart, or is read again
   *     without having been put aside
   */
  synchronized boolean accept(long offset) {
    position = offset + 1;
    next = Math.max(next, position);
    boolean known = offset < base || finished.get((int) (offset - base)) || isUnderWay(offset);
    if (!known) {
      unfinished.add(offset);
      aside.remove(offset);
    }
    advance();
    return !known;
  }

  /** Whether reading must pause until something ends. */
  boolean isFull() {
    return isFull(0);
  }

  /**
   * The same if some of the unfinished records are limited elsewhere.
   *
   * @param bounded their number
   */
  synchronized boolean isFull(int bounded) {
    return underWay() - bounded > UNDER_WAY_LIMIT - POLL_LIMIT || position - base >= WINDOW;
  }

  /** Whether all that was read is finished. */
  synchronized boolean isAtRest() {
    return unfinished.isEmpty();
  }

  /** Number of records being handled. */
  synchronized int underWay() {
    return unfinished.size() - aside.size();
  }

  synchronized boolean isUnderWay(long offset) {
    return unfinished.contains(offset) && !aside.contains(offset);
  }

  /** Puts a record aside, to be handled when it is read again. */
  synchronized void putAside(long offset) {
    aside.add(offset);
  }

  /** Sets the offset from which reading continues. */
  synchronized void readFrom(long offset) {
    position = offset;
  }

  /** The next offset to read. */
  synchronized long position() {
    return position;
  }

  /** The offset after everything read. */
  synchronized long end() {
    return next;
  }

  /** Whether the bits can record the end of a record while lower ones are unfinished. */
  synchronized boolean fits(long offset) {
    return offset - base < BITS_LIMIT;
  }

  /** What to commit when these records end too. */
  synchronized OffsetAndMetadata after(Collection<Long> ending) {
    long first = lowest(ending);
    BitSet bits = (BitSet) finished.clone();
    ending.forEach(offset -> bits.set((int) (offset - base)));
    BitSet above = bits.get((int) (first - base), (int) (first - base) + BITS_LIMIT);
    String metadata = Base64.getEncoder().encodeToString(above.toByteArray());
    return new OffsetAndMetadata(first, openGap ? GAP + metadata : metadata);
  }

  private long lowest(Collection<Long> ending) {
    for (long offset : unfinished) {
      if (!ending.contains(offset)) {
        return offset;
      }
    }
    return next;
  }

  /** Marks records as finished. */
  synchronized void finish(Set<Long> ended) {
    ended.forEach(offset -> finished.set((int) (offset - base)));
    unfinished.removeAll(ended);
    advance();
  }

  private void advance() {
    long first = unfinished.isEmpty() ? next : unfinished.first();
    int done = (int) (first - base);
    if (done > 0) {
      finished = finished.get(done, Math.max(done, finished.length()));
      base = first;
    }
  }
}
